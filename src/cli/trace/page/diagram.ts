/** The sequence diagram of a trace, as SVG: time runs down, between client and server. */
import { html, Markup } from './markup.ts';
import { isSealed, type Message, type Step, timeText, titleOf } from './story.ts';

/** In units of the drawing. Text is legible down to a width of 400 pixels. */
const WIDTH = 440;
const CLIENT = 62;
const SERVER = 420;
const MIDDLE = (CLIENT + SERVER) / 2;
const ROW = 34;
const TOP = 34;
/** Characters that fit between the lines. */
const MAX_LABEL = 44;
/** Rows that are drawn. A longer trace has a picture of its beginning. */
const MAX_ROWS = 400;

const COLOURS = {
  light: { text: '#1f2328', muted: '#59636e', line: '#8c959f', plain: '#9a4a00', sealed: '#0a5c36', paper: '#ffffff' },
  dark: { text: '#e6edf3', muted: '#9ba5b0', line: '#6e7681', plain: '#f0a35e', sealed: '#56d364', paper: '#0d1117' },
};

/** The rules of the drawing, for a page or for a file of its own. */
export const DIAGRAM_STYLE: string = [
  '.d text{font:12px ui-sans-serif,system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}',
  '.d .b{font-weight:600}.d .l{stroke-width:1.5}.d .p{stroke-width:1.5;fill:none}.d .e{stroke-width:3;fill:none}',
  '.d .t{stroke-width:1.5;stroke-dasharray:5 4;fill:none}',
  ruleOf(COLOURS.light),
  `@media (prefers-color-scheme:dark){${ruleOf(COLOURS.dark)}}`,
  `@media print{${ruleOf(COLOURS.light)}}`,
].join('');

function ruleOf({ text, muted, line, plain, sealed, paper }: (typeof COLOURS)['light']): string {
  return [
    `.d .bg{fill:${paper}}.d text{fill:${text}}.d .m{fill:${muted}}.d .l,.d .t{stroke:${line}}.d .h{fill:${line}}`,
    `.d .p{stroke:${plain}}.d .hp,.d .tp{fill:${plain}}.d .e{stroke:${sealed}}.d .he,.d .te{fill:${sealed}}`,
  ].join('');
}

export function diagramOf(story: readonly Step[], { style = '' } = {}): Markup {
  const rows = story.flatMap(rowsOf);
  const drawn = rows.slice(0, MAX_ROWS);
  const left = rows.length - drawn.length;
  const bottom = TOP + drawn.length * ROW + (left > 0 ? ROW : 0) + 8;
  const height = bottom + 22;
  const more =
    left <= 0
      ? undefined
      : html`<text class="m" x="${MIDDLE}" y="${bottom - 12}" text-anchor="middle">and ${left} more</text>`;
  return html`<svg class="d" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Sequence diagram: each message between client and server, in order of time">
${style === '' ? undefined : html`<style>${new Markup(style)}</style>`}<rect class="bg" width="${WIDTH}" height="${height}" rx="6"/>
${[CLIENT, SERVER].map((x) => html`<line class="l" x1="${x}" y1="${TOP - 10}" x2="${x}" y2="${bottom}"/>`)}
<text class="b" x="${CLIENT}" y="16" text-anchor="middle">Client</text><text class="b" x="${SERVER}" y="16" text-anchor="end">Server</text>
${drawn.map((row, i) => row(TOP + i * ROW + 14))}
${more}<text class="m" x="6" y="${height - 6}"><tspan class="tp">thin: readable by anyone</tspan> | <tspan class="te">thick: encrypted</tspan> | left: milliseconds</text>
</svg>`;
}

/** Draws one row at a height. */
type Row = (y: number) => Markup;

function rowsOf(step: Step): Row[] {
  switch (step.kind) {
    case 'call':
      return [words(`The client calls ${step.event.method}`, 'b')];
    case 'open': {
      const { event, connectedAt } = step;
      const label = connectedAt === undefined ? 'no connection' : 'connection';
      const how = event.proxy === undefined ? 'TCP' : `Proxy (${event.proxy})`;
      return [(y) => html`${time(y, event.at)}${text(y, `${how} ${label}, data centre ${event.dc}`, 'm')}${both(y)}`];
    }
    case 'flight':
      return step.messages.flatMap((message) => [arrow(message), ...outcomes(message)]);
    case 'check':
      return step.event.holds ? [] : [words(`✖ ${step.event.what}`, 'b')];
    case 'close':
      return [words(`closed by the ${step.by}`, 'm')];
    default:
      return [];
  }
}

function arrow(message: Message): Row {
  const { frame } = message;
  const style = isSealed(message) ? 'e' : 'p';
  const [from, to] = frame.from === 'client' ? [CLIENT, SERVER] : [SERVER, CLIENT];
  const back = from < to ? -9 : 9;
  return (y) =>
    html`${time(y, frame.at)}${text(y, `${frame.frame}  ${titleOf(message)}`, `t${style}`)}<path class="${style}" d="M${from} ${y + 6}H${to + back}"/><path class="h${style}" d="M${to} ${y + 6}l${back} -5v10z"/>`;
}

function outcomes({ checks, conclusions }: Message): Row[] {
  const failed = checks.filter(({ holds }) => !holds).map(({ what }) => words(`✖ ${what}`, 'b'));
  const keys = conclusions.filter(({ what }) => what === 'key').map(() => words('Both sides have the auth_key', 'b'));
  return [...failed, ...keys];
}

function words(label: string, style: string): Row {
  return (y) => text(y + 6, label, style);
}

function text(y: number, label: string, style: string): Markup {
  const cut = label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL - 1)}…` : label;
  return html`<text class="${style}" x="${MIDDLE}" y="${y}" text-anchor="middle">${cut}</text>`;
}

function time(y: number, at: number): Markup {
  return html`<text class="m" x="${CLIENT - 8}" y="${y + 10}" text-anchor="end">${timeText(at).replace(' ms', '')}</text>`;
}

function both(y: number): Markup {
  const [start, end] = [CLIENT + 9, SERVER - 9];
  return html`<path class="t" d="M${start} ${y + 6}H${end}"/><path class="h" d="M${CLIENT} ${y + 6}l9 -5v10zM${SERVER} ${y + 6}l-9 -5v10z"/>`;
}

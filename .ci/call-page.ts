/** "A phone call, byte by byte": the page of two recorded calls as HTML, and as Markdown with its diagram as SVG. */
import type { Field } from '../src/cli/trace/format.ts';
import { DIAGRAM_STYLE, diagramOf } from '../src/cli/trace/page/diagram.ts';
import { pageOf } from '../src/cli/trace/page/page.ts';
import { questionsOf } from '../src/cli/trace/page/questions.ts';
import {
  flightsOf,
  isSealed,
  type Message,
  type Step,
  storyOf,
  timeText,
  titleOf,
} from '../src/cli/trace/page/story.ts';
import { CAUGHT, checkTermOf } from '../src/cli/trace/terms/checks.ts';
import { type Term, termOf } from '../src/cli/trace/terms/fields.ts';
import { meaningsOf } from '../src/cli/trace/terms/messages.ts';
import { READING, WORDS } from '../src/cli/trace/terms/term.ts';
import { ROUND_TRIP_MS, recordCalls } from './call-trace.ts';

const TITLE = 'A phone call, byte by byte';
const ABOUT = [
  'This is what `tg-auth send-call` sends and receives. It asks Telegram to call a phone number and read the login code aloud. The command runs twice. The first run has no key yet, and agrees on one with the server. The second run uses that key again.',
  'The protocol is MTProto 2.0. The page follows the messages in order. For each one, it says what the message means, what the client checks, who knows what afterwards, and what every byte is.',
  `The server is the sandbox of tg-auth, with a fixed seed, so nothing here is secret. The times are made up: a round trip takes ${ROUND_TRIP_MS} ms.`,
];
const FOLDER = '.github';
const MAX_BYTES = 16;
/** A vector with more items is cut after the first. */
const MAX_ITEMS = 4;

/** The files and their contents. They are the same bytes in every run. */
export async function callPages(): Promise<Readonly<Record<string, string>>> {
  const trace = await recordCalls();
  const story = storyOf(trace.events);
  return {
    [`${FOLDER}/call.html`]: pageOf(trace, { title: TITLE, about: ABOUT.map((text) => text.replaceAll('`', '')) }),
    [`${FOLDER}/call.md`]: markdown(story),
    [`${FOLDER}/call.svg`]: `${diagramOf(story, { style: DIAGRAM_STYLE }).text}\n`,
  };
}

function markdown(story: readonly Step[]): string {
  /** What has been said of fields. */
  const explained = new Set<string>();
  const again = story.findLastIndex(({ kind }) => kind === 'call');
  const runs = [story.slice(0, again), story.slice(again)];
  const [first, second] = runs.map((run) => flightsOf(run).flatMap(({ messages }) => messages));
  return [
    `# ${TITLE}`,
    ...ABOUT,
    'The same page in colour, with every field and every check explained in its place, is [call.html](call.html): download it and open it in a browser. `tg-auth trace html` makes such a page from any trace.',
    '![Sequence diagram: six readable messages make the key, then the call and its answer are encrypted; the second run needs only the encrypted ones](call.svg)',
    '## Short answers',
    ...questionsOf(story).flatMap(({ title, answer, items }) => [`**${title}** ${answer}`, list(items)]),
    '## Words',
    list(Object.entries(WORDS).map(([word, says]) => `**${word}**: ${says}`)),
    '## The first run: no key yet',
    'Under each message are its bytes: offset, bytes in hex, field, value. Long fields are cut. The contents of an encrypted field are indented, and their offsets begin again at 0.',
    READING,
    ...(first ?? []).flatMap((message) => messageText(message, explained)),
    '## The second run: the key is stored',
    `The client still has the auth_key. It opens a connection and sends the encrypted call at once. The answer arrives after two round trips. The messages mean the same as in the first run, from ${numbered(first?.find(isSealed))} on:`,
    list((second ?? []).map((message) => `${heading(message)}, at ${timeText(message.frame.at)}`)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function numbered(message: Message | undefined): string {
  return `message ${message?.frame.frame}`;
}

function heading(message: Message): string {
  const { frame } = message;
  const direction = frame.from === 'client' ? 'client → server' : 'server → client';
  return `${frame.frame}. \`${titleOf(message)}\`, ${direction}, ${frame.length} bytes${isSealed(message) ? ', encrypted' : ''}`;
}

function messageText(message: Message, explained: Set<string>): string[] {
  const { opened, inner, frame, checks } = message;
  const meanings = meaningsOf(titleOf(message));
  const knows = meanings.find((meaning) => meaning.knows !== undefined)?.knows;
  const middle = checks.filter(({ what }) => checkTermOf(what)?.catches === 'middle');
  // A readable message continues the frame.
  const start = frame.fields.find(({ type }) => type === 'plain')?.offset ?? 0;
  const lines = [
    ...leavesOf(frame.fields, 'frame'),
    ...leavesOf(opened?.fields ?? [], isSealed(message) ? 'encrypted' : 'plain', isSealed(message)).map((leaf) => ({
      ...leaf,
      field: { ...leaf.field, offset: start + leaf.field.offset },
    })),
    ...leavesOf(inner?.fields ?? [], 'inner', true),
  ];
  const news = new Map(lines.flatMap(({ field, term }) => (term === undefined ? [] : [[term.says, field.name]])));
  for (const says of explained) news.delete(says);
  for (const says of news.keys()) explained.add(says);
  return [
    `### ${heading(message)}, at ${timeText(frame.at)}`,
    meanings.map(({ says }) => says).join(' '),
    checks.length === 0
      ? ''
      : `The client makes ${checks.length} checks.${middle.length === 0 ? '' : ` **${CAUGHT.middle.replace(/^a/, 'A')}:**`}`,
    list(middle.map(({ what }) => `Check: ${what}. ${checkTermOf(what)?.says}`)),
    knows === undefined
      ? ''
      : `After this message, who knows what?\n\n${list([`The client: ${knows.client}`, `The server: ${knows.server}`, `Anyone on the network: ${knows.others}`])}`,
    `\`\`\`\n${lines.map(lineOf).join('\n')}\n\`\`\``,
    list([...news].map(([says, name]) => `\`${name}\`: ${says}`)),
  ];
}

interface Leaf {
  readonly field: Field;
  /** Absent for the rest of a vector. */
  readonly term?: Term;
  readonly isInside: boolean;
}

function leavesOf(fields: readonly Field[], parent: string, isInside = false, method = false): Leaf[] {
  return fields.flatMap((field) => {
    const { fields: parts, value, type } = field;
    if (type === 'plain') return [];
    if (parts === undefined) return [{ field, term: termOf(field, parent, method), isInside }];
    // Of a long vector: its head, its first item, and where the next ones are.
    const isLong = typeof value === 'number' && value > MAX_ITEMS;
    const shown = isLong ? parts.slice(0, parts.length - value + 1) : parts;
    const next = parts[shown.length];
    const leaves = leavesOf(shown, typeof value === 'string' ? value : parent, isInside, type === 'method');
    const more = { name: `${parts.length - shown.length} more`, type: 'bytes', offset: next?.offset ?? 0, length: 0 };
    return next === undefined ? leaves : [...leaves, { field: more, isInside }];
  });
}

function lineOf({ field, isInside }: Leaf): string {
  const { offset, name, value, type, bytes = '' } = field;
  const shown = bytes.match(/../g) ?? [];
  const cut = shown.length > MAX_BYTES ? [...shown.slice(0, MAX_BYTES - 2), '…'] : shown;
  const isPlain = value === bytes || (type === '#' && name !== 'constructor') || /^(?:bytes|int128|int256)$/.test(type);
  const more = shown.length > MAX_BYTES ? `, ${shown.length} bytes` : isPlain ? '' : ` = ${value}`;
  return `${isInside ? '  ' : ''}${String(offset).padStart(4)}  ${cut.join(' ').padEnd(3 * MAX_BYTES - 1)}  ${name}${more}`;
}

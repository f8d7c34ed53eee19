/** An animated SVG of a terminal. The screens are stacked, and a window shows one at a time. */
import type { Terminal } from '@xterm/headless';

/** A piece of a row in one colour. */
export interface Run {
  readonly column: number;
  readonly text: string;
  /** CSS classes: `c2` is the terminal's colour 2, `b` bold, `d` dim. */
  readonly style: string;
}

export interface Frame {
  /** Milliseconds since some moment. */
  readonly at: number;
  readonly rows: readonly (readonly Run[])[];
}

const CELL = { width: 8.4, height: 19 };
const MARGIN = 16;
/** Longer pauses are cut to this, and the last screen stays this long. */
const LONGEST_MS = 1500;
const LAST_MS = 4000;
const COLOURS = ['#484f58', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#c9d1d9'];

const STYLE = [
  'text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}',
  '.b{font-weight:bold}.d{opacity:.65}',
  ...COLOURS.map((colour, i) => `.c${i},.c${i + 8}{fill:${colour}}`),
].join('');

/** Reads what a terminal shows now. */
export function readScreen({ buffer: { active }, cols, rows }: Terminal): Run[][] {
  return Array.from({ length: rows }, (_, y) => {
    const runs: { column: number; text: string; style: string }[] = [];
    const line = active.getLine(active.viewportY + y);
    const end = Math.max(
      line?.translateToString(true).length ?? 0,
      y + active.viewportY === cursorRow() ? active.cursorX : 0,
    );
    for (let x = 0; x < Math.min(end, cols); x++) {
      const cell = line?.getCell(x);
      const colour = cell?.isFgPalette() ? `c${cell.getFgColor()}` : '';
      const style = [colour, cell?.isBold() ? 'b' : '', cell?.isDim() ? 'd' : '']
        .filter((each) => each !== '')
        .join(' ');
      const text = cell?.getChars() || ' ';
      const last = runs.at(-1);
      if (last?.style === style) last.text += text;
      else runs.push({ column: x, text, style });
    }
    return runs;
  });

  function cursorRow(): number {
    return active.baseY + active.cursorY;
  }
}

/** The animation. A reader who wants no motion sees the last screen. */
export function svgOf(frames: readonly Frame[], { cols, rows }: { cols: number; rows: number }, title: string): string {
  const screens = timed(frames);
  const [width, height] = [Math.ceil(cols * CELL.width) + 2 * MARGIN, rows * CELL.height + 2 * MARGIN];
  const total = screens.reduce((sum, { lastsMs }) => sum + lastsMs, 0);
  let passed = 0;
  const steps = screens.map(({ lastsMs }, i) => {
    const step = `${((100 * passed) / total).toFixed(2)}%{transform:translateY(${-i * height}px)}`;
    passed += lastsMs;
    return step;
  });
  const ids = new Map<string, number>();
  const body = screens.flatMap(({ rows }, i) =>
    rows.flatMap((runs, y) => {
      if (runs.length === 0) return [];
      const row = runs.map(markupOf).join('');
      const id = ids.get(row) ?? ids.size;
      ids.set(row, id);
      return `<use href="#r${id}" y="${i * height + MARGIN + y * CELL.height}"/>`;
    }),
  );
  const rest = `transform:translateY(${-(screens.length - 1) * height}px)`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}#s{${rest}}@media (prefers-reduced-motion:no-preference){#s{animation:play ${total}ms step-end infinite}}`,
    `@keyframes play{${steps.join('')}}</style>`,
    `<defs>${[...ids].map(([row, id]) => `<text id="r${id}" y="14">${row}</text>`).join('\n')}</defs>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<g id="s">${body.join('\n')}</g>`,
    '</svg>\n',
  ].join('\n');
}

/** Screens that differ from the one before, and how long each lasts. */
function timed(frames: readonly Frame[]): { rows: Frame['rows']; lastsMs: number }[] {
  const changed = frames.filter((frame, i) => JSON.stringify(frame.rows) !== JSON.stringify(frames[i - 1]?.rows));
  // A screen that lasts less than 8 ms is half-drawn.
  const seen = changed.filter(({ at }, i) => (changed[i + 1]?.at ?? Number.POSITIVE_INFINITY) - at >= 8);
  return seen.map(({ at, rows }, i) => {
    const next = seen[i + 1];
    return { rows, lastsMs: next === undefined ? LAST_MS : Math.min(next.at - at, LONGEST_MS) };
  });
}

function markupOf({ column, text, style }: Run): string {
  const x = (MARGIN + column * CELL.width).toFixed(1);
  return `<tspan x="${x}"${style === '' ? '' : ` class="${style}"`}>${escaped(text)}</tspan>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

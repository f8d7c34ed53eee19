/** Tables and lists for people. On a terminal that is too narrow for its rows, each row becomes a block of lines. */
import { MIN_ROOM, padTo, widthOf, wrap } from './wrap.ts';

interface TableOptions {
  /** The names of the columns. */
  readonly head?: readonly string[];
  /** The width of the terminal; `undefined` if the table goes elsewhere. */
  readonly columns: number | undefined;
}

export function table(rows: readonly (readonly string[])[], { head = [], columns }: TableOptions): string {
  const all = head.length === 0 ? rows : [head, ...rows];
  const widths = all[0]?.map((_, i) => Math.max(...all.map((row) => widthOf(row[i] ?? '')))) ?? [];
  const isNarrow = columns !== undefined && widths.reduce((sum, width) => sum + width + 2, -2) > columns;
  const inColumns = (row: readonly string[]) => row.map((cell, i) => padTo(cell, widths[i] ?? 0)).join('  ');
  if (!isNarrow) return all.map((row) => inColumns(row).trimEnd()).join('\n');
  const names = head.slice(1).map((name) => name.toLowerCase());
  const width = Math.max(0, ...names.map((name) => name.length + 2));
  const blocks = rows.map(([first = '', ...cells]) => [
    first,
    ...cells.map((cell, i) => `  ${(names[i] ?? '').padEnd(width)}${cell}`.trimEnd()),
  ]);
  return wrap(blocks.flat().join('\n'), columns);
}

/** Returns terms and their descriptions, two spaces apart; or one below the other if there is no room. */
export function list(items: readonly (readonly [string, string])[], columns: number): string {
  const width = Math.max(...items.map(([term]) => widthOf(term)));
  return items.map(([term, text]) => item(term, width, text, columns)).join('\n');
}

/** One line of a list, or several. */
export function item(term: string, width: number, text: string, columns: number): string {
  if (text === '') return `  ${term}`;
  const isNarrow = columns - width - 4 < MIN_ROOM;
  return wrap(isNarrow ? `  ${term}\n      ${text}` : `  ${padTo(term, width)}  ${text}`, columns);
}

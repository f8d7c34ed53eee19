/** Tables and lists for people. On a terminal that is too narrow for its rows, each row becomes a block of lines. */
import { MIN_ROOM, padTo, widthOf, wrap } from './wrap.ts';

/** `columns`: the width of the terminal; `undefined` if the table goes elsewhere. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], columns?: number): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => widthOf(row[i] ?? ''))));
  const isNarrow = columns !== undefined && widths.reduce((sum, width) => sum + width + 2, -2) > columns;
  if (!isNarrow)
    return all
      .map((row) =>
        row
          .map((cell, i) => padTo(cell, widths[i] ?? 0))
          .join('  ')
          .trimEnd(),
      )
      .join('\n');
  const names = Math.max(...head.slice(1).map((name) => name.length));
  const blocks = rows.map(([first = '', ...cells]) => [
    first,
    ...cells.map((cell, i) => `  ${(head[i + 1] ?? '').toLowerCase().padEnd(names)}  ${cell}`.trimEnd()),
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

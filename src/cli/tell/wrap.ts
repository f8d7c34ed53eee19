/**
 * Wraps text at words, for a terminal. What a person may paste is never broken: a command that follows a colon and two
 * spaces, or a single long word such as a link, stays on one line, and the terminal wraps it.
 *
 *     ✖ A long message continues     SESSION  A long last column
 *       under its text.                       continues under itself.
 */

/** Narrower terminals wrap by themselves. */
const MIN_COLUMNS = 20;
/** A column of a table gets at least this width, or its text goes below. */
export const MIN_ROOM = 24;

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours have no width
const COLOR = /\x1b\[[\d;]*m/g;
/** Narrow characters of messages, known without the tables of Unicode, which take a millisecond to load. */
const NARROW = '–—‘’“”…←→✔✖';
/** Spaces, or a mark (✔ ✖ ! –) and the space after it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the mark may have a colour
const LEAD = /^ *(?:(?:\x1b\[[\d;]*m)*[\u2714\u2716!\u2013](?:\x1b\[[\d;]*m)* +)?/;

/** Returns the columns that a text takes: two for a wide character, such as Chinese ones and most emoji. */
export function widthOf(text: string): number {
  return [...text.replace(COLOR, '')].reduce((sum, char) => sum + charWidth(char), 0);
}

function charWidth(char: string): number {
  if (char < '\u0300' || NARROW.includes(char)) return 1;
  if (/[\p{Mn}\p{Me}\u200b-\u200d]/u.test(char)) return 0;
  const isWide =
    /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
  return isWide.test(char) ? 2 : 1;
}

/** Returns the text with spaces after it, up to a width. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Returns the start of a text, at most `columns` wide. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let cut = '';
  for (const char of text) {
    if (widthOf(cut) + charWidth(char) >= columns) break;
    cut += char;
  }
  return `${cut}…`;
}

/** Wraps each line of a text. `columns`: the width of the terminal; `undefined` leaves the text as it is. */
export function wrap(text: string, columns: number | undefined): string {
  if (columns === undefined || columns < MIN_COLUMNS) return text;
  return text
    .split('\n')
    .flatMap((line) => (widthOf(line) <= columns ? [line] : wrapLine(line, columns)))
    .join('\n');
}

function wrapLine(line: string, columns: number): string[] {
  const [lead = ''] = LEAD.exec(line) ?? [];
  const indent = ' '.repeat(widthOf(lead));
  const under = (lines: readonly string[]) => lines.map((each, i) => (i === 0 ? lead : indent) + each);
  const body = line.slice(lead.length);
  const room = columns - indent.length;
  const [, words, command] = /^(.*?:) {2,}(\S.*)$/.exec(body) ?? [];
  if (words !== undefined && command !== undefined) return [...under(fold(words, room)), `${indent}  ${command}`];
  const [, start, gap = '', last = ''] = /^(\S.*?\S|\S)( {2,})(\S+(?: \S+)*)$/.exec(body) ?? [];
  if (start === undefined) return under(fold(body, room));
  const at = widthOf(start + gap);
  if (room - at >= MIN_ROOM)
    return under(fold(last, room - at).map((each, i) => (i === 0 ? start + gap : ' '.repeat(at)) + each));
  const below = fold(last, room - 4).map((each) => `    ${each}`);
  return under([...join(start.split(/ {2,}/), '  ', room), ...below]);
}

function fold(text: string, room: number): string[] {
  return join(text.split(' '), ' ', room);
}

/** Joins words or other texts to lines. One that is wider than `columns` has a line of its own. */
export function join(words: readonly string[], gap: string, columns: number): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of words)
    if (line === undefined) line = word;
    else if (widthOf(line + gap + word) <= columns) line += gap + word;
    else {
      lines.push(line.trimEnd());
      line = word;
    }
  return [...lines, line ?? ''];
}

/**
 * Makes text safe to show: nothing from a server, a proxy or another user may steer a terminal, forge a line or fill the screen.
 *
 * Everything that the program writes passes through here: text and prompts by `printable`, JSON by `printableJson` or `exactJson`.
 */

/**
 * Control characters (C0, DEL, C1), marks that change the direction of text, U+2028 and U+2029, which end a line, and halves of a surrogate pair.
 * https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** How much of a text from outside is shown, in UTF-16 units. */
const MOST = 500;

/** One line with U+FFFD for each unsafe character; what is longer than `most` is cut and ends in "…". Our own text is `Infinity` long. */
export function printable(text: string, most = MOST): string {
  return `${text.slice(0, most).replace(UNSAFE, '\ufffd')}${text.length > most ? '…' : ''}`;
}

/** Our own text of several lines, which may have tabs: whole, and safe. */
export function printableLines(text: string): string {
  return text.replace(UNSAFE, (character) => (character === '\n' || character === '\t' ? character : '\ufffd'));
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** The same value with each of its texts made `printable`. */
export function printableJson(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return printable(value);
  if (isList(value)) return value.map((each) => printableJson(each) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, printableJson(each)]));
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** JSON text that loses nothing: unsafe characters are escaped as \uXXXX. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Makes text safe to show: nothing from a server, a proxy or another user may control a terminal, forge a line or fill
 * the screen.
 *
 * All output passes through here: text and prompts through `printable`, JSON through `printableJson` or `exactJson`.
 */

/**
 * Control characters (C0, DEL, C1), marks that change the direction of text, the line ends U+2028 and U+2029, and lone
 * surrogates. https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters Written as ranges: V8 needs longer
 * for `\p{Cc}\p{Cs}`.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const UNSAFE = /[\0-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Longest text from outside that is shown whole, in UTF-16 units. */
const MAX_LENGTH = 500;

/** Whether a text is ASCII, which needs no Unicode patterns: V8 compiles each of them for up to half a millisecond. */
export function isAscii(text: string): boolean {
  return !/[\u0080-\uffff]/.test(text);
}

/** One line with U+FFFD for each unsafe character. A text over `maxLength` is cut and ends in "…". */
export function printable(text: string, maxLength = MAX_LENGTH): string {
  return `${text.slice(0, maxLength).replace(UNSAFE, '\ufffd')}${text.length > maxLength ? '…' : ''}`;
}

/** A number with its unit: `1 byte`, `2 bytes`. */
export function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Our own text of several lines: never cut, and with its newlines and tabs. */
export function printableLines(text: string): string {
  return text.replace(UNSAFE, (character) => (character === '\n' || character === '\t' ? character : '\ufffd'));
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** The same value with each string made `printable`. */
export function printableJson(value: Json | undefined): Json | undefined {
  if (typeof value === 'string') return printable(value);
  if (isList(value)) return value.map((each) => printableJson(each) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, printableJson(each)]));
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** JSON text without loss: unsafe characters are escaped as \uXXXX. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Digits of every script as ASCII digits. */

import { isAscii } from '../printable.ts';

/** Every digit of a script has its own code point, and the ten of them stand in a row. */
export function asciiDigits(text: string): string {
  if (isAscii(text)) return text;
  return text.replace(/[^\P{Nd}0-9]/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let zero = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    return String((code - zero) % 10); // the mathematical digits are five rows without a gap
  });
}

/** A login code as people type it: digits, a word, a phrase, or the number of a call; or the message that holds it. */
import { type ExitCode, lookup, type NextStep } from '../catalogue.ts';
import { UsageError } from '../errors.ts';
import { counted } from '../printable.ts';
import { asciiDigits } from './digits.ts';

/** A warning for a person who is about to enter a code. */
export const DIES_IN_CHATS = 'Enter it only here. Codes shared in a Telegram chat stop working at once.';

/** What the server said about the code: the name of its auth.sentCodeType…, and its length. */
interface ExpectedCode {
  readonly type?: string;
  readonly length?: number | undefined;
}

/**
 * Returns the code in a text. A word or a phrase stays as it is. A number loses what stands between its digits, and is
 * found in a message. Throws `UsageError` if there is no code, more than one, or one of the wrong length: a wrong code
 * would cost a try.
 */
export function parseCode(text: string, { type, length = 0 }: ExpectedCode = {}): string {
  // Marks that do not show, such as a soft hyphen, and the parts of emoji digits.
  const written = asciiDigits(text.replace(/\p{DI}|\p{Cf}|\u20e3/gu, '')).trim();
  if (written === '') throw refused('PHONE_CODE_EMPTY');
  if (type === 'smsWord' || type === 'smsPhrase') return text.trim();
  const code = /\p{L}/u.test(written) ? inMessage(written, length) : written.replace(/\D/g, '');
  if (code === '') throw refused('PHONE_CODE_EMPTY');
  const count = [...code].length;
  if (length > 0 && count !== length)
    throw refused('PHONE_CODE_INVALID', `The code must have ${counted(length, 'character')}, not ${count}.`);
  return code;
}

/** Lengths of a number in a message that may be the code, if the server named no length. */
const USUAL = { min: 4, max: 8 };

/** Returns the only number in a message that may be the code, else the whole text. */
function inMessage(text: string, length: number): string {
  const { min, max } = length > 0 ? { min: length, max: length } : USUAL;
  for (const number of [/(?<![\p{sc=Latin}\d])\d+(?![\p{sc=Latin}\d])/gu, /\d(?:[ \u00a0\p{Pd}]?\d)+/gu]) {
    const digits = [...text.matchAll(number)].map(([found]) => found.replace(/\D/g, ''));
    const [code, another] = new Set(digits.filter((each) => each.length >= min && each.length <= max));
    if (another !== undefined)
      throw refused('PHONE_CODE_INVALID', 'The text holds several numbers. Enter the code alone.');
    if (code !== undefined) return code;
  }
  return text;
}

function refused(type: 'PHONE_CODE_EMPTY' | 'PHONE_CODE_INVALID', message?: string): UsageError {
  const { sentence, exit, next }: { sentence: string; exit: ExitCode; next?: NextStep } = lookup(type, 400);
  return new UsageError(message ?? sentence, { type, exit, next });
}

/**
 * Phone numbers as people write them, and as digits for the server, country code first.
 *
 * `+7 999 123-45-67`, `79991234567` and `007 (999) 123.45.67` are the same number. Arabic, Persian and full-width
 * digits are accepted. Any other character is refused, not dropped: the remaining digits could be the number of
 * someone else.
 */
import { UsageError } from '../errors.ts';
import { counted } from '../printable.ts';

/** Spaces, dashes, dots, parentheses, and the invisible marks in copied numbers. */
const BETWEEN = /[\s\p{Cf}\p{Pd}\u2212.()]/gu;

/** Each block starts at a multiple of 16, so the last four bits are the digit. */
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g;

/** An international number has at most 15 digits (ITU-T E.164). */
const LENGTH = { min: 5, max: 15 };

const NEXT = 'Use the full number with its country code:  +7 999 123-45-67';

/** The digits of a phone number. Throws `UsageError` with the reason. */
export function parsePhone(text: string): string {
  const written = text.replace(BETWEEN, '').replace(OTHER_DIGITS, (digit) => String(digit.charCodeAt(0) & 15));
  const digits = /^[+\uff0b]/.test(written) ? written.slice(1) : written.replace(/^00/, '');
  const invalid = /[^0-9]/u.exec(digits)?.[0];
  if (invalid !== undefined) throw refused(text, `${JSON.stringify(invalid)} is not part of a phone number`);
  if (digits === '') throw new UsageError('The phone number is empty.', { next: NEXT });
  if (digits.startsWith('0')) throw refused(text, 'no country code begins with 0');
  if (digits.length < LENGTH.min || digits.length > LENGTH.max)
    throw refused(text, `it has ${counted(digits.length, 'digit')}, not ${LENGTH.min} to ${LENGTH.max}`);
  return digits;
}

function refused(text: string, why: string): UsageError {
  return new UsageError(`${JSON.stringify(text.slice(0, 40))} is not a phone number: ${why}.`, { next: NEXT });
}

/** `79991234567` → `+79991234567`. */
export function showPhone(digits: string): string {
  return `+${digits}`;
}

/**
 * Phone numbers, as people write them and as the wire has them: digits alone, country code first.
 *
 * `+7 999 123-45-67`, `79991234567` and `007 (999) 123.45.67` are one number. The digits of Arabic, Persian and full-width keyboards are
 * taken for what they are. Whatever else is in the text is refused rather than dropped: a letter is a typing error, and what is
 * left without it would be the number of somebody else.
 */
import { UsageError } from '../errors.ts';

/** Any blank, dash, dot or parenthesis, and the invisible marks that come along with a copied number. */
const BETWEEN = /[\s\p{Cf}\p{Pd}\u2212.()]/gu;

/** Each block begins at a multiple of sixteen, so that the last four bits are the digit. */
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9\uff10-\uff19]/g;

/** An international number has at most 15 digits (ITU-T E.164). */
const LENGTH = { min: 5, max: 15 };

const NEXT = 'Write it in full, with its country code:  +7 999 123-45-67';

/** The digits of a phone number. Throws `UsageError`, saying what is wrong with it. */
export function parsePhone(text: string): string {
  const written = text.replace(BETWEEN, '').replace(OTHER_DIGITS, (digit) => String(digit.charCodeAt(0) & 15));
  const digits = /^[+\uff0b]/.test(written) ? written.slice(1) : written.replace(/^00/, '');
  const stranger = /[^0-9]/u.exec(digits)?.[0];
  if (stranger !== undefined) throw refused(text, `${JSON.stringify(stranger)} is not part of a phone number`);
  if (digits === '') throw new UsageError('The phone number is empty.', { next: NEXT });
  if (digits.startsWith('0')) throw refused(text, 'no country code begins with 0');
  if (digits.length < LENGTH.min || digits.length > LENGTH.max)
    throw refused(text, `it has ${digits.length} digits, and a phone number has ${LENGTH.min} to ${LENGTH.max}`);
  return digits;
}

function refused(text: string, why: string): UsageError {
  return new UsageError(`${JSON.stringify(text.slice(0, 40))} is not a phone number: ${why}.`, { next: NEXT });
}

/** `79991234567` → `+79991234567`. */
export function showPhone(digits: string): string {
  return `+${digits}`;
}

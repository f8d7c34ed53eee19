/**
 * Phone numbers as people write them, and as digits for the server, country code first.
 *
 * `+7 999 123-45-67`, `79991234567` and `007 (999) 123.45.67` are the same number. Digits of other scripts are
 * accepted. Any other character is refused, not dropped: the remaining digits could be the number of
 * someone else.
 *
 * A number with a national prefix is doubtful: `+44 (0)20 7946 0018`, or `8 999 123-45-67` in Russia. So is one without
 * its country code: `(212) 555-0123`.
 */
import { UsageError } from '../errors.ts';
import { counted, isAscii } from '../printable.ts';
import { asciiDigits } from './digits.ts';
import { nationalReadings } from './national.ts';

/** Spaces, dashes, dots, parentheses, and the invisible marks in copied numbers. */
const between = (text: string) => (isAscii(text) ? /[\s.()-]/g : /[\s\p{Cf}\p{Pd}\u2212.()\uff08\uff09]/gu);

/** An international number has at most 15 digits (ITU-T E.164). */
const LENGTH = { min: 5, max: 15 };

const ADVICE = 'Use the full number with its country code:  +7 999 123-45-67';

/** Country codes (ITU-T E.164). The ones of one and two digits are listed, all others have three. */
const COUNTRY = /^(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|...)/;

/** Where a number may begin with 0 after the country code: Italy, San Marino, parts of Africa, and Fragment's +888. */
const KEEPS_ZERO: readonly string[] = ['39', '225', '241', '242', '378', '379', '888'];

const bracketedZero = (text: string) => (isAscii(text) ? /\(\s*0\s*\)/ : /[(\uff08][\s\p{Cf}]*0[\s\p{Cf}]*[)\uff09]/u);

const NO_ZERO = 'no country code begins with 0';

interface WrittenPhone {
  readonly digits: string;
  /** The digits of the number that the writer probably meant, if the number is doubtful. */
  readonly meant?: string;
  /** The other reading of a doubtful number, if its digits are one. */
  readonly instead?: string;
  /** More numbers that the writer may have meant. */
  readonly others?: readonly string[];
}

/** Reads a phone number, which may be doubtful. Throws `UsageError` with the reason if it is none. */
export function readPhone(text: string): WrittenPhone {
  const ascii = asciiDigits(text);
  const written = ascii.replace(between(ascii), '');
  const hasPlus = written.startsWith('+') || written.startsWith('\uff0b');
  const hasZeros = written.startsWith('00');
  const isInternational = hasPlus || hasZeros;
  const digits = written.slice(hasPlus ? 1 : hasZeros ? 2 : 0);
  const invalid = /[^0-9]/u.exec(digits)?.[0];
  if (invalid !== undefined) throw refused(text, `${JSON.stringify(invalid)} is not part of a phone number`);
  if (digits === '') throw new UsageError('The phone number is empty.', { why: [ADVICE] });
  const [guess, ...others] = isInternational ? [] : nationalReadings(ascii, digits);
  if (digits.startsWith('0')) {
    if (guess === undefined) throw refused(text, NO_ZERO);
    return { digits: guess, meant: guess, others };
  }
  if (digits.length < LENGTH.min || digits.length > LENGTH.max)
    throw refused(text, `it has ${counted(digits.length, 'digit')}, not ${LENGTH.min} to ${LENGTH.max}`);
  const national = russian(digits, isInternational);
  if (national !== undefined) return { digits, meant: national, instead: digits };
  if (guess !== undefined) return { digits, meant: guess, instead: digits, others };
  return withoutTrunkZero(ascii, digits);
}

/**
 * Returns a Russian or Kazakh number that was written with the national prefix 8. A `+` settles it, except where no
 * country has the code.
 */
function russian(digits: string, isInternational: boolean): string | undefined {
  const isNational = isInternational ? /^8[39]\d{9}$/ : /^8(?:[3479]\d|8[1-7])\d{8}$/;
  if (isNational.test(digits)) return `7${digits.slice(1)}`;
  return digits.length === 12 && digits.startsWith('78') ? `7${digits.slice(2)}` : undefined;
}

/** Finds the 0 that is dialled only within the country. */
function withoutTrunkZero(text: string, digits: string): WrittenPhone {
  const [country = ''] = COUNTRY.exec(digits) ?? [];
  const isKept = KEEPS_ZERO.includes(country);
  const zero = bracketedZero(text);
  if (zero.test(text)) {
    const without = text.replace(zero, '').replace(/\D/g, '').replace(/^00/, '');
    return isKept ? { digits, meant: digits, instead: without } : { digits, meant: without, instead: digits };
  }
  const rest = digits.slice(country.length);
  if (isKept || !rest.startsWith('0')) return { digits };
  return { digits, meant: country + rest.replace(/^0+/, ''), instead: digits };
}

/** The digits of a phone number. Throws `UsageError` with the reason, and with both readings of a doubtful number. */
export function parsePhone(text: string): string {
  const { digits, meant, instead, others = [] } = readPhone(text);
  if (meant === undefined) return digits;
  const readings = [meant, ...others, ...(instead === undefined ? [] : [instead])].map(showPhone);
  const shown = readings.join(', ').replace(/, ([^,]*)$/, ' or $1');
  const lacks = instead === undefined ? ` has no country code: ${NO_ZERO}. It` : '';
  throw new UsageError(`${quoted(text)}${lacks} may be ${shown}.`, {
    why: [`Use the full number with its country code:  ${groupedPhone(meant)}`],
  });
}

function refused(text: string, why: string): UsageError {
  return new UsageError(`${quoted(text)} is not a phone number: ${why}.`, { why: [ADVICE] });
}

/** `79991234567` → `+79991234567`. */
export function showPhone(digits: string): string {
  return `+${digits}`;
}

/** The same, a Russian or an American number in its usual groups: `+7 999 123-45-67`. */
export function groupedPhone(digits: string): string {
  const russian = digits.replace(/^7(\d{3})(\d{3})(\d\d)(\d\d)$/, '7 $1 $2-$3-$4');
  return showPhone(russian.replace(/^1(\d{3})(\d{3})(\d{4})$/, '1 $1 $2 $3'));
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

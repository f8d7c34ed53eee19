/** What an answer may say where TL's types allow more. */
import { NetworkError } from '../errors.ts';
import { isWhole } from '../tl/ranges.ts';

/** Throws `NetworkError`: the answer makes no sense. `detail`: what it says, without its words. */
export function malformed(detail: string): never {
  throw new NetworkError('ANSWER_MALFORMED', { detail });
}

/** The number. Throws `NetworkError` for one that is out of range. */
export function within(value: number, least: number, most: number, what: string): number {
  return isWhole(value, least, most) ? value : malformed(`${what} is ${value}`);
}

/** Characters of a code, or digits. */
export function codeLength(length: number): number {
  return within(length, 1, 255, 'the length of the code');
}

/** Unix seconds: TL's are positive ints. */
export function unixTime(value: number, what: string): number {
  return within(value, 0, 2 ** 31 - 1, what);
}

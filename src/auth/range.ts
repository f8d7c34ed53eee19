/** Checks values of answers that TL's types do not limit enough. */
import { NetworkError } from '../errors.ts';
import { isWhole } from '../tl/ranges.ts';

/** Throws `NetworkError` for an invalid answer. `detail`: what is wrong, without text from the server. */
export function malformed(detail: string): never {
  throw new NetworkError('ANSWER_MALFORMED', { detail });
}

/** Returns a whole number in range. Throws `NetworkError` for any other. */
export function within(value: number, min: number, max: number, what: string): number {
  return isWhole(value, min, max) ? value : malformed(`${what} is ${value}`);
}

/** The number of characters in a code. */
export function codeLength(length: number): number {
  return within(length, 1, 255, 'the length of the code');
}

/** Unix seconds, which are positive TL ints. */
export function unixTime(value: number, what: string): number {
  return within(value, 0, 2 ** 31 - 1, what);
}

/** Valid values in an answer, where TL's types allow more. */
import { NetworkError } from '../errors.ts';
import { isWhole } from '../tl/ranges.ts';

/** Throws `NetworkError` for an invalid answer. `detail` must not quote text from the server. */
export function malformed(detail: string): never {
  throw new NetworkError('ANSWER_MALFORMED', { detail });
}

/** Returns the number. Throws `NetworkError` if it is out of range. */
export function inRange(value: number, least: number, most: number, what: string): number {
  return isWhole(value, least, most) ? value : malformed(`${what} is ${value}`);
}

/** The length of a code. */
export function codeLength(length: number): number {
  return inRange(length, 1, 255, 'the length of the code');
}

/** Unix seconds, in TL a positive int. */
export function unixTime(value: number, what: string): number {
  return inRange(value, 0, 2 ** 31 - 1, what);
}

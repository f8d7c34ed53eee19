/**
 * The fields of a session file, read strictly. Each reader gets a value and the place of its field, which the error
 * names; no error quotes a value.
 */
import { fromBase64, toBase64 } from '../bytes.ts';
import { isTimeOffset, isUserId } from '../tl/ranges.ts';

/** In unix seconds, the year 2514: a `Date` can show it. */
const LATEST = 2 ** 34;

/** A field with a wrong value. */
export class Malformed extends Error {
  constructor(at: string, expected: string) {
    super(`${at} must be ${expected}`);
  }
}

export function object(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed(at, 'an object');
  return Object.fromEntries(Object.entries(value));
}

export function nothingElse(rest: Readonly<Record<string, unknown>>, at: string): void {
  const [field] = Object.keys(rest);
  if (field !== undefined)
    throw new Malformed(at === '' ? 'the file' : at, 'without fields that this version does not know');
}

export function record<T>(
  value: unknown,
  at: string,
  isKey: (key: string) => boolean,
  read: (value: unknown, at: string) => T,
): Readonly<Record<string, T>> {
  const entries = Object.entries(object(value, at));
  if (!entries.every(([key]) => isKey(key))) throw new Malformed(at, 'an object with valid keys');
  return Object.fromEntries(entries.map(([key, each]) => [key, read(each, `${at}.${key}`)]));
}

export function list<T>(value: unknown, at: string, read: (value: unknown, at: string) => T): readonly T[] {
  if (!Array.isArray(value)) throw new Malformed(at, 'a list');
  return value.map((each: unknown, i) => read(each, `${at}.${i}`));
}

export function string(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw new Malformed(at, 'a text');
  return value;
}

function finite(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Malformed(at, 'a number');
  return value;
}

export function timeOffset(value: unknown, at: string): number {
  const seconds = finite(value, at);
  if (!isTimeOffset(seconds)) throw new Malformed(at, 'a difference between two clocks, in seconds');
  return seconds;
}

export function unixTime(value: unknown, at: string): number {
  const seconds = finite(value, at);
  if (Math.abs(seconds) > LATEST) throw new Malformed(at, 'a time in unix seconds');
  return seconds;
}

export function whole(value: unknown, at: string, least: number, most = 0x7fffffff): number {
  const number = finite(value, at);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new Malformed(at, `a whole number from ${least} to ${most}`);
  return number;
}

export function long(value: unknown, at: string): bigint {
  const text = string(value, at);
  const number = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (number === undefined || BigInt.asIntN(64, number) !== number)
    throw new Malformed(at, 'a decimal number of 64 bits');
  return number;
}

export function userId(value: unknown, at: string): bigint {
  const id = long(value, at);
  if (!isUserId(id)) throw new Malformed(at, 'the id of a user');
  return id;
}

export function bytes(value: unknown, at: string, length?: number): Uint8Array {
  const text = string(value, at);
  const found = fromBase64(text);
  if (found === undefined || toBase64(found) !== text || (length !== undefined && found.length !== length))
    throw new Malformed(at, length === undefined ? 'base64' : `${length} bytes in base64`);
  return found;
}

export function base64(value: unknown, at: string, length?: number): string {
  return toBase64(bytes(value, at, length));
}

export function dcNumber(key: string): boolean {
  return /^[1-9]\d{0,8}$/.test(key);
}

/** For example `auth.sendCode +79991234567`. */
export function isWait(key: string): boolean {
  return /^[ -~]{1,200}$/.test(key);
}

export function digits(key: string): boolean {
  return /^\d+$/.test(key);
}

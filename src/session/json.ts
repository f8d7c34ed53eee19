/**
 * The session as a text: JSON. Keys are base64, and a TL `long` is a decimal text.
 *
 * Reading is strict. A damaged file that holds an auth_key is refused, not repaired. A field that this version does not
 * know would be lost with the next save, so it is refused too; a later version that adds one gets a new version number.
 * An error names the field and never quotes its value, which may be secret.
 */
import { fromBase64, toBase64 } from '../bytes.ts';
import { StoreError } from '../errors.ts';
import { isTimeOffset, isUserId } from '../tl/ranges.ts';
import { TRANSPORTS, type TransportName } from '../transport/names.ts';
import type { Sealed } from './seal.ts';
import type { PendingCode, Session, SessionAddress, SessionKey, SessionRoute, SessionUser, Wait } from './session.ts';

/** The version of the file, written and read. */
export const VERSION = 4;
const AUTH_KEY_LENGTH = 256;
/** Bytes of a stored salt with its times, and of all that a server tells at once. */
const SALT = 16;
const MAX_SALTS = 64 * SALT;
/** In unix seconds, the year 2514: a `Date` can show it. */
const LATEST = 2 ** 34;

/** The text of a session, with a newline at its end. Throws `Error` for a session that `parseSession` would refuse. */
export function formatSession(session: Session): string {
  const { keys, user, ...plain } = session;
  const texts = Object.entries(keys).map(([dc, { auth_key, server_salt, salts, ...rest }]) => [
    dc,
    {
      ...{ auth_key: toBase64(auth_key), server_salt: String(server_salt) },
      ...(salts === undefined ? {} : { salts: toBase64(salts) }),
      ...rest,
    },
  ]);
  const json = {
    ...plain,
    keys: Object.fromEntries(texts),
    ...(user === undefined ? {} : { user: { ...user, id: String(user.id) } }),
  };
  readSession(json);
  return `${JSON.stringify({ version: VERSION, ...json }, null, 2)}\n`;
}

/**
 * Reads the text of a session; `path` is for the message. Throws `StoreError` for a later version or any other text.
 */
export function parseSession(text: string, path: string): Session {
  const { version, ...json } = readRoot(text, path);
  if (typeof version === 'number' && Number.isInteger(version) && version > VERSION)
    throw new StoreError('STORE_NEWER', { path, version });
  return corruptAt(path, () => {
    if (version !== VERSION) throw new Malformed('version', `${VERSION}`);
    return readSession(json);
  });
}

/** The text of a sealed session. */
export function formatSealed(sealed: Sealed): string {
  return `${JSON.stringify({ version: VERSION, sealed }, null, 2)}\n`;
}

/** The sealed content of a text; `undefined` for a text that is not sealed. Throws `StoreError` if it is damaged. */
export function parseSealed(text: string, path: string): Sealed | undefined {
  const { version, sealed, ...rest } = readRoot(text, path);
  if (sealed === undefined || version !== VERSION) return undefined;
  return corruptAt(path, () => {
    nothingElse(rest, '');
    const { kdf, nonce, data, ...more } = object(sealed, 'sealed');
    nothingElse(more, 'sealed');
    const { N, r, p, salt, ...other } = object(kdf, 'sealed.kdf');
    nothingElse(other, 'sealed.kdf');
    const cost = { N: whole(N, 'sealed.kdf.N', 1), r: whole(r, 'sealed.kdf.r', 1), p: whole(p, 'sealed.kdf.p', 1) };
    return {
      kdf: { ...cost, salt: base64(salt, 'sealed.kdf.salt', 16) },
      nonce: base64(nonce, 'sealed.nonce', 12),
      data: base64(data, 'sealed.data'),
    };
  });
}

/**
 * The additional data that a seal authenticates: file version and network. The session's name is not part of it, so
 * that `session rename` needs no passphrase. Nor are the parameters of scrypt: other parameters give another key.
 */
export function sealContext(network: string): string {
  return JSON.stringify(['tg-auth session', VERSION, network]);
}

function readRoot(text: string, path: string): Readonly<Record<string, unknown>> {
  try {
    return object(JSON.parse(text), 'the file');
  } catch {
    // The message of JSON.parse quotes the text, which may be a piece of a key.
    throw new StoreError('STORE_CORRUPT', {
      path,
      reason: text.length === 0 ? 'it is empty' : 'it is not a JSON object',
    });
  }
}

/** A field with a wrong value. */
class Malformed extends Error {
  constructor(at: string, expected: string) {
    super(`${at} must be ${expected}`);
  }
}

function corruptAt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) throw new StoreError('STORE_CORRUPT', { path, reason: error.message });
    throw error;
  }
}

function readSession(json: Readonly<Record<string, unknown>>): Session {
  const { network, dc, keys, addresses, routes, time_offset, user, pending, dropped, waits, ...rest } = json;
  nothingElse(rest, '');
  return {
    network: string(network, 'network'),
    dc: whole(dc, 'dc', 1),
    keys: record(keys, 'keys', dcNumber, readKey),
    addresses: record(addresses, 'addresses', dcNumber, (value, at) => list(value, at, readAddress)),
    ...(routes === undefined ? {} : { routes: record(routes, 'routes', dcNumber, readRoute) }),
    time_offset: timeOffset(time_offset, 'time_offset'),
    ...(user === undefined ? {} : { user: readUser(user, 'user') }),
    pending: record(pending, 'pending', digits, readPending),
    dropped: list(dropped, 'dropped', string),
    ...(waits === undefined ? {} : { waits: record(waits, 'waits', isWait, readWait) }),
  };
}

function readKey(value: unknown, at: string): SessionKey {
  const { auth_key, server_salt, salts, made, imported, ...rest } = object(value, at);
  nothingElse(rest, at);
  if (imported !== undefined && imported !== true) throw new Malformed(`${at}.imported`, 'true');
  return {
    auth_key: bytes(auth_key, `${at}.auth_key`, AUTH_KEY_LENGTH),
    server_salt: long(server_salt, `${at}.server_salt`),
    ...(salts === undefined ? {} : { salts: readSalts(salts, `${at}.salts`) }),
    ...(made === undefined ? {} : { made: unixTime(made, `${at}.made`) }),
    ...(imported === undefined ? {} : { imported }),
  };
}

function readSalts(value: unknown, at: string): Uint8Array {
  const salts = bytes(value, at);
  if (salts.length % SALT !== 0 || salts.length > MAX_SALTS) throw new Malformed(at, 'salts in base64');
  return salts;
}

function readAddress(value: unknown, at: string): SessionAddress {
  const { host, port, ...rest } = object(value, at);
  nothingElse(rest, at);
  return { host: string(host, `${at}.host`), port: whole(port, `${at}.port`, 1, 65535) };
}

function readRoute(value: unknown, at: string): SessionRoute {
  const { address, transport, ...rest } = object(value, at);
  nothingElse(rest, at);
  return { address: readAddress(address, `${at}.address`), transport: readTransport(transport, `${at}.transport`) };
}

function readTransport(value: unknown, at: string): TransportName {
  const known = TRANSPORTS.find((name) => name === value);
  if (known === undefined) throw new Malformed(at, 'a transport');
  return known;
}

function readUser(value: unknown, at: string): SessionUser {
  const { id, bot, name, phone, ...rest } = object(value, at);
  nothingElse(rest, at);
  if (bot !== undefined && typeof bot !== 'boolean') throw new Malformed(`${at}.bot`, 'true or false');
  return {
    id: userId(id, `${at}.id`),
    ...(bot === undefined ? {} : { bot }),
    ...(name === undefined ? {} : { name: string(name, `${at}.name`) }),
    ...(phone === undefined ? {} : { phone: string(phone, `${at}.phone`) }),
  };
}

function readWait(value: unknown, at: string): Wait {
  const { asked, seconds, ...rest } = object(value, at);
  nothingElse(rest, at);
  return { asked: unixTime(asked, `${at}.asked`), seconds: whole(seconds, `${at}.seconds`, 0) };
}

function readPending(value: unknown, at: string): PendingCode {
  const { dc, phone_code_hash, type, length, next_type, deadline, asked, ...rest } = object(value, at);
  nothingElse(rest, at);
  return {
    dc: whole(dc, `${at}.dc`, 1),
    phone_code_hash: string(phone_code_hash, `${at}.phone_code_hash`),
    type: string(type, `${at}.type`),
    ...(length === undefined ? {} : { length: whole(length, `${at}.length`, 0) }),
    ...(next_type === undefined ? {} : { next_type: string(next_type, `${at}.next_type`) }),
    ...(deadline === undefined ? {} : { deadline: unixTime(deadline, `${at}.deadline`) }),
    asked: unixTime(asked, `${at}.asked`),
  };
}

function object(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Malformed(at, 'an object');
  return Object.fromEntries(Object.entries(value));
}

function nothingElse(rest: Readonly<Record<string, unknown>>, at: string): void {
  const [field] = Object.keys(rest);
  if (field !== undefined)
    throw new Malformed(at === '' ? 'the file' : at, 'without fields that this version does not know');
}

function record<T>(
  value: unknown,
  at: string,
  isKey: (key: string) => boolean,
  read: (value: unknown, at: string) => T,
): Readonly<Record<string, T>> {
  const entries = Object.entries(object(value, at));
  if (!entries.every(([key]) => isKey(key))) throw new Malformed(at, 'an object with valid keys');
  return Object.fromEntries(entries.map(([key, each]) => [key, read(each, `${at}.${key}`)]));
}

function list<T>(value: unknown, at: string, read: (value: unknown, at: string) => T): readonly T[] {
  if (!Array.isArray(value)) throw new Malformed(at, 'a list');
  return value.map((each: unknown, i) => read(each, `${at}.${i}`));
}

function string(value: unknown, at: string): string {
  if (typeof value !== 'string' || value === '') throw new Malformed(at, 'a text');
  return value;
}

function finite(value: unknown, at: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Malformed(at, 'a number');
  return value;
}

function timeOffset(value: unknown, at: string): number {
  const seconds = finite(value, at);
  if (!isTimeOffset(seconds)) throw new Malformed(at, 'a difference between two clocks, in seconds');
  return seconds;
}

function unixTime(value: unknown, at: string): number {
  const seconds = finite(value, at);
  if (Math.abs(seconds) > LATEST) throw new Malformed(at, 'a time in unix seconds');
  return seconds;
}

function whole(value: unknown, at: string, least: number, most = 0x7fffffff): number {
  const number = finite(value, at);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new Malformed(at, `a whole number from ${least} to ${most}`);
  return number;
}

function long(value: unknown, at: string): bigint {
  const text = string(value, at);
  const number = /^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined;
  if (number === undefined || BigInt.asIntN(64, number) !== number)
    throw new Malformed(at, 'a decimal number of 64 bits');
  return number;
}

function userId(value: unknown, at: string): bigint {
  const id = long(value, at);
  if (!isUserId(id)) throw new Malformed(at, 'the id of a user');
  return id;
}

function bytes(value: unknown, at: string, length?: number): Uint8Array {
  const text = string(value, at);
  const found = fromBase64(text);
  if (found === undefined || toBase64(found) !== text || (length !== undefined && found.length !== length))
    throw new Malformed(at, length === undefined ? 'base64' : `${length} bytes in base64`);
  return found;
}

function base64(value: unknown, at: string, length?: number): string {
  return toBase64(bytes(value, at, length));
}

function dcNumber(key: string): boolean {
  return /^[1-9]\d{0,8}$/.test(key);
}

/** For example `auth.sendCode +79991234567`. */
function isWait(key: string): boolean {
  return /^[ -~]{1,200}$/.test(key);
}

function digits(key: string): boolean {
  return /^\d+$/.test(key);
}

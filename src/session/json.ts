/**
 * The session as a text: JSON. Keys are base64, and a TL `long` is a decimal text.
 *
 * Reading is strict. A damaged file that holds an auth_key is refused, not repaired. A field that this version does not
 * know would be lost with the next save, so it is refused too; a later version that adds one gets a new version number.
 * An error names the field and never quotes its value, which may be secret.
 */
import { toBase64 } from '../bytes.ts';
import { StoreError } from '../errors.ts';
import { TRANSPORTS, type TransportName } from '../transport/names.ts';
import {
  base64,
  bytes,
  dcNumber,
  digits,
  isWait,
  list,
  long,
  Malformed,
  nothingElse,
  object,
  record,
  string,
  timeOffset,
  unixTime,
  userId,
  whole,
} from './fields.ts';
import type { Sealed } from './seal.ts';
import type {
  PendingCode,
  PendingQr,
  Session,
  SessionAddress,
  SessionKey,
  SessionRoute,
  SessionUser,
  UnfinishedClone,
  Wait,
} from './session.ts';

/** The version of the file. */
export const VERSION = 4;
const AUTH_KEY_LENGTH = 256;
/** Bytes of a stored salt with its times, and of all that a server tells at once. */
const SALT = 16;
const MAX_SALTS = 64 * SALT;

/** The text of a session, with a newline at its end. Throws `Error` for a session that `parseSession` would refuse. */
export function formatSession(session: Session): string {
  const { keys, user, clone, ...plain } = session;
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
    ...(clone === undefined ? {} : { clone: { ...clone, user: String(clone.user) } }),
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

function corruptAt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Malformed) throw new StoreError('STORE_CORRUPT', { path, reason: error.message });
    throw error;
  }
}

function readSession(json: Readonly<Record<string, unknown>>): Session {
  const { network, dc, keys, addresses, routes, time_offset, user, pending, qr, dropped, clone, waits, ...rest } = json;
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
    ...(qr === undefined ? {} : { qr: readQr(qr, 'qr') }),
    dropped: list(dropped, 'dropped', string),
    ...(clone === undefined ? {} : { clone: readClone(clone, 'clone') }),
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

function readClone(value: unknown, at: string): UnfinishedClone {
  const { user, exported, ...rest } = object(value, at);
  nothingElse(rest, at);
  if (exported !== undefined && exported !== true) throw new Malformed(`${at}.exported`, 'true');
  return { user: userId(user, `${at}.user`), ...(exported === undefined ? {} : { exported }) };
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

function readQr(value: unknown, at: string): PendingQr {
  const { dc, asked, link, ...rest } = object(value, at);
  nothingElse(rest, at);
  const token = link === undefined ? {} : { link: string(link, `${at}.link`) };
  return { dc: whole(dc, `${at}.dc`, 1), asked: unixTime(asked, `${at}.asked`), ...token };
}

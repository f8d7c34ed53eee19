/**
 * The contents of a session string, the same for every format.
 *
 * A session string is as secret as a password: no error quotes any part of it.
 */
import { UsageError } from '../../errors.ts';
import { counted } from '../../printable.ts';
import { isApiId, isHost, isPort, isUserId } from '../../tl/ranges.ts';
import type { SessionAddress, SessionUser } from '../session.ts';
import type { FormatName } from './names.ts';

/** The contents of a string. A field is absent if the format or this string does not have it. */
export interface Contents {
  /** The DC of the account. */
  readonly dc: number;
  /** Whether the network is Telegram's test network; `false` is production. */
  readonly test?: boolean;
  /** 256 bytes. */
  readonly auth_key: Uint8Array;
  /** The address of that DC according to the string. Nothing ever connects to it. */
  readonly address?: SessionAddress;
  readonly user?: SessionUser;
  /** Of the application that made the string. */
  readonly api_id?: number;
  /** The id of its network. Only our own format has it, and the salt. */
  readonly network?: string;
  readonly server_salt?: bigint;
}

export interface SessionString extends Contents {
  readonly format: FormatName;
}

/** The result of reading a text: its contents; what is wrong with it; `undefined` if it has another format. */
export type Reading = { readonly found: Contents } | { readonly but: string } | undefined;

export interface Format {
  readonly name: FormatName;
  read(text: string): Reading;
  /** Throws `UsageError` if a value that the format needs is missing or does not fit. */
  write(contents: Contents): string;
}

export const KEY_LENGTH = 256;

/** A base64 text without its padding. */
export function unpadded(text: string): string {
  return text.replace(/=+$/, '');
}

/** The length of so many bytes in base64, without padding. */
export function base64Length(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}

export const DAMAGED: Reading = { but: 'it is damaged' };
export const CUT: Reading = { but: 'it is cut off or damaged' };

/** For a text of the wrong length. Both lengths are without padding. */
export function offBy(length: number, expected: number): Reading {
  const count = counted(Math.abs(length - expected), 'character');
  return { but: `it is ${count} too ${length < expected ? 'short' : 'long'}` };
}

export function needed<T>(value: T | undefined, what: string, title: string): T {
  if (value !== undefined) return value;
  throw new UsageError(`A ${title} session string needs the ${what}, which is not known.`);
}

/** The number of a DC in one byte. */
export function dcByte(dc: number, title: string): number {
  if (dc >= 1 && dc <= 255) return dc;
  throw new UsageError(`A ${title} session string can only hold a DC from 1 to 255, not ${dc}.`);
}

/** The address, if it can be read back. Throws `UsageError`. */
export function addressIn({ address }: Contents, title: string): SessionAddress {
  const found = needed(address, "DC's address", title);
  if (isHost(found.host) && isPort(found.port)) return found;
  throw new UsageError(`A ${title} session string cannot hold the address of this DC.`);
}

/** The user, if its id can be read back. Throws `UsageError`. */
export function userIn({ user }: Contents, title: string): SessionUser {
  const found = needed(user, 'user id', title);
  if (isUserId(found.id)) return found;
  throw new UsageError(`A ${title} session string cannot hold the user id ${found.id}.`);
}

/** The api_id, if it can be read back. Throws `UsageError`. */
export function apiIdIn({ api_id }: Contents, title: string): number {
  const found = needed(api_id, 'api_id', title);
  if (isApiId(found)) return found;
  throw new UsageError(`A ${title} session string cannot hold the api_id ${found}.`);
}

/**
 * What a session string is, whichever library made it: one value that every format reads into and is written from.
 *
 * A string is a secret as good as a password. Nothing here, and no error, ever repeats a piece of one.
 */
import { UsageError } from '../../errors.ts';
import { isApiId, isHost, isPort, isUserId } from '../../tl/ranges.ts';
import type { SessionAddress, SessionUser } from '../session.ts';

export type FormatName = 'tg-auth' | 'telethon' | 'gramjs' | 'mtcute' | 'mtkruto' | 'pyrogram';

/** What a string holds. A field that is absent is one that the format, or this string, does not carry. */
export interface Contents {
  /** The DC that the account lives on. */
  readonly dc: number;
  /** Telegram's test network; `false` is production. */
  readonly test?: boolean;
  /** 256 bytes. */
  readonly auth_key: Uint8Array;
  /** Where that DC is, by whoever made the string. Nothing ever connects to it. */
  readonly address?: SessionAddress;
  readonly user?: SessionUser;
  /** Of the application that made it. */
  readonly api_id?: number;
  /** The id of its network; only in a string of our own, as the salt. */
  readonly network?: string;
  readonly server_salt?: bigint;
}

export interface SessionString extends Contents {
  readonly format: FormatName;
}

/** What a format makes of a text: what it holds; why it is almost one, as the end of "It looks like one, but"; nothing if it is not alike. */
export type Reading = { readonly found: Contents } | { readonly but: string } | undefined;

export interface Format {
  readonly name: FormatName;
  /** As its library is called. */
  readonly title: string;
  read(text: string): Reading;
  /** Throws `UsageError` if something is missing that the format has to hold, or does not fit in it. */
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

/** A text of another length than it should have, both counted without padding. */
export function offBy(length: number, expected: number): Reading {
  const count = Math.abs(length - expected);
  return {
    but: `it is ${count} ${count === 1 ? 'character' : 'characters'} too ${length < expected ? 'short' : 'long'}`,
  };
}

export function needed<T>(value: T | undefined, what: string, title: string): T {
  if (value !== undefined) return value;
  throw new UsageError(`A ${title} session string holds the ${what}, which is not known.`);
}

/** The number of a DC in one byte. */
export function dcByte(dc: number, title: string): number {
  if (dc >= 1 && dc <= 255) return dc;
  throw new UsageError(`A ${title} session string has room for a DC from 1 to 255, not for ${dc}.`);
}

/** The address, where it is one that can be read again. Throws `UsageError`. */
export function addressIn({ address }: Contents, title: string): SessionAddress {
  const found = needed(address, "DC's address", title);
  if (isHost(found.host) && isPort(found.port)) return found;
  throw new UsageError(`A ${title} session string cannot hold the address of this DC.`);
}

/** The user, where the id is one that can be read again. Throws `UsageError`. */
export function userIn({ user }: Contents, title: string): SessionUser {
  const found = needed(user, 'user id', title);
  if (isUserId(found.id)) return found;
  throw new UsageError(`A ${title} session string cannot hold the user id ${found.id}.`);
}

/** The api_id, where it is one that can be read again. Throws `UsageError`. */
export function apiIdIn({ api_id }: Contents, title: string): number {
  const found = needed(api_id, 'api_id', title);
  if (isApiId(found)) return found;
  throw new UsageError(`A ${title} session string cannot hold the api_id ${found}.`);
}

/**
 * What a session string is, whichever library made it: one value that every format reads into and is written from.
 *
 * A string is a secret as good as a password. Nothing here, and no error, ever repeats a piece of one.
 */
import { UsageError } from '../../errors.ts';
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

/** Whether this may be the host of a DC: an IP address or a name. */
export function isHost(text: string): boolean {
  return /^[0-9a-z.:-]{3,100}$/i.test(text);
}

export function isPort(port: number): boolean {
  return port >= 1 && port <= 65535;
}

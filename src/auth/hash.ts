/**
 * The phone_code_hash: identifies one request for a code (https://core.telegram.org/api/auth).
 *
 * It is opaque text, valid only for its phone number and for the auth key that asked for the code, that is, for one
 * stored session. A resend may replace it. Telegram answers PHONE_CODE_EXPIRED both for an expired hash and for the
 * hash of another session.
 */
import { UsageError, usageErrorOf } from '../errors.ts';

/** A hash as typed or piped. Throws `UsageError` if it is empty or not one word of ASCII. */
export function parseHash(text: string): string {
  const hash = text.trim();
  if (hash === '') throw usageErrorOf('PHONE_CODE_HASH_EMPTY');
  if (!isHash(hash)) throw new UsageError('A phone_code_hash is one word of ASCII letters, digits and symbols.');
  return hash;
}

/** Whether a server may have issued this text. Telegram's hashes have 18 characters. */
export function isHash(text: string): boolean {
  return /^[\x21-\x7e]{1,1000}$/.test(text);
}

/**
 * The likely cause of PHONE_CODE_EXPIRED if this session did not get the hash from its last request for the number.
 * `asked`: the hash that it did get.
 */
export function expiredCause(hash: string, asked: string | undefined): string | undefined {
  if (hash === asked) return undefined;
  const known = asked === undefined ? 'has not asked for a code for this number' : 'last got a different hash';
  return `This hash probably belongs to another session: this session ${known}. A hash works only in the session that asked for it.`;
}

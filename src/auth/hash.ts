/**
 * The phone_code_hash, which identifies a requested code (https://core.telegram.org/api/auth).
 *
 * It is opaque text, valid only for its phone number and for the auth_key that requested it, so for one stored session.
 * A resend may replace it, and it expires with its code. For an expired hash or one of another session, Telegram
 * answers PHONE_CODE_EXPIRED.
 */
import { UsageError, usageErrorOf } from '../errors.ts';

/** Parses a hash from a person or a pipe. Throws `UsageError` if it is empty or not one word of ASCII. */
export function parseHash(text: string): string {
  const hash = text.trim();
  if (hash === '') throw usageErrorOf('PHONE_CODE_HASH_EMPTY');
  if (!isHash(hash)) throw new UsageError('A phone_code_hash must be one word of letters and digits.');
  return hash;
}

/** Whether a server may have issued this hash. Telegram's have 18 characters. */
export function isHash(text: string): boolean {
  return /^[\x21-\x7e]{1,1000}$/.test(text);
}

/**
 * Why PHONE_CODE_EXPIRED is the likely answer to this hash, if it is not the hash of the session's last request for the
 * number, `asked`.
 */
export function expiredCause(hash: string, asked: string | undefined): string | undefined {
  if (hash === asked) return undefined;
  const known = asked === undefined ? 'never requested a code for this number' : 'got another hash for this number';
  return `This hash probably belongs to another session. The current session ${known}. A hash works only in the session that requested it.`;
}

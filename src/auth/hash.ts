/**
 * The phone_code_hash: the handle of one asked-for code (https://core.telegram.org/api/auth).
 *
 * It is opaque text, good only for the phone number it was issued for and for the auth key that asked, that is, for one stored session.
 * A resend may replace it, and it dies with its code; to a hash of another session, as to one that has died, Telegram answers
 * PHONE_CODE_EXPIRED.
 */
import { lookup } from '../catalogue.ts';
import { UsageError } from '../errors.ts';

/** A hash as given by hand or by a pipe. Throws `UsageError` if it is empty, as the server would refuse it, or is not one word of ASCII. */
export function parseHash(text: string): string {
  const hash = text.trim();
  if (hash === '') {
    const { sentence, exit, next } = lookup('PHONE_CODE_HASH_EMPTY', 400);
    throw new UsageError(sentence, { type: 'PHONE_CODE_HASH_EMPTY', exit, ...(next === undefined ? {} : { next }) });
  }
  if (!isHash(hash)) throw new UsageError('A phone_code_hash is one word of plain letters and digits.');
  return hash;
}

/** Whether a server may have issued it: Telegram's have 18 characters. */
export function isHash(text: string): boolean {
  return /^[\x21-\x7e]{1,1000}$/.test(text);
}

/**
 * Why PHONE_CODE_EXPIRED is the likely answer to this hash, when that can be known beforehand: this session did not get it from its last
 * request for the number. `asked` is the hash that it did get.
 */
export function expiredCause(hash: string, asked: string | undefined): string | undefined {
  if (hash === asked) return undefined;
  const known = asked === undefined ? 'has asked for no code for this number' : 'got another hash for this number last';
  return `Most likely: this hash belongs to another session. The session in use ${known}, and a hash is good only for the session that asked.`;
}

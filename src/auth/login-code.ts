/** The login code as people type it: digits, a word, a phrase, or a caller's number. */
import { usageErrorOf } from '../errors.ts';

/** A warning to show before the user types a code. */
export const DIES_IN_CHATS = 'Enter it only here. Codes shared in a Telegram chat stop working at once.';

/** Removes the spaces around a code and between its digits. Throws `UsageError` if nothing is left. */
export function parseCode(text: string): string {
  const code = text.trim();
  if (code === '') throw usageErrorOf('PHONE_CODE_EMPTY');
  return /^[+\d\s().-]+$/.test(code) ? code.replace(/\D/g, '') : code;
}

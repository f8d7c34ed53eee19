/** A login code as people type it: digits, a word, a phrase, or the number of a call. */
import { usageErrorOf } from '../errors.ts';

/** A warning for a person who is about to enter a code. */
export const DIES_IN_CHATS = 'Enter it only here. Codes shared in a Telegram chat stop working at once.';

/** Removes spaces around a code, and separators between digits. Throws `UsageError` if nothing is left. */
export function parseCode(text: string): string {
  const code = text.trim();
  if (code === '') throw usageErrorOf('PHONE_CODE_EMPTY');
  return /^[+\d\s().-]+$/.test(code) ? code.replace(/\D/g, '') : code;
}

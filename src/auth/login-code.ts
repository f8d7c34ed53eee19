/** A login code as people type it, and how it must be given: digits, a word, a phrase, or a number that called. */
import { lookup } from '../catalogue.ts';
import { UsageError } from '../errors.ts';

/** What a person should know who is about to type a code somewhere. */
export const DIES_IN_CHATS =
  'Type it here and nowhere else: a code that is sent or forwarded in a Telegram chat is void at once.';

/** Without the blanks around it, and without those between digits. Throws `UsageError` if nothing is left, as the server would refuse it. */
export function parseCode(text: string): string {
  const code = text.trim();
  if (code === '') {
    const { sentence, exit, next } = lookup('PHONE_CODE_EMPTY', 400);
    throw new UsageError(sentence, { type: 'PHONE_CODE_EMPTY', exit, ...(next === undefined ? {} : { next }) });
  }
  return /^[+\d\s().-]+$/.test(code) ? code.replace(/\D/g, '') : code;
}

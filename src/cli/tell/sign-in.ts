/**
 * The words of a sign-in: its options, and the code as they give it. They are apart from what acts on them, which every start of the program
 * would pay for otherwise.
 */
import { DIES_IN_CHATS, parseCode } from '../../auth/login-code.ts';
import type { Secret } from '../ask/secret.ts';
import type { Word } from '../command.ts';

export const CODE_WORD: Word = {
  name: '--code <code>',
  help: 'the code, or - for stdin [TG_AUTH_CODE]; else asked for',
};

export const CODE: Secret = {
  message: 'Code',
  option: 'code',
  flag: '--code CODE, or --code - for stdin,',
  variable: 'TG_AUTH_CODE',
  plain: true, // it is good for one use, by the key of this session, and is short-lived
  note: DIES_IN_CHATS,
  check: parseCode,
};

export const PASSWORD_WORD: Word = {
  name: '--password <->',
  help: 'only as -: the password of two-step verification from stdin [TG_AUTH_PASSWORD]',
};

export const SIGN_UP_WORDS: readonly Word[] = [
  { name: '--first-name <name>', help: 'where the number is new: the first name of the account to make' },
  { name: '--last-name <name>', help: 'its last name (default: none)' },
  { name: '--accept-terms', help: "accept Telegram's terms of service for it" },
];

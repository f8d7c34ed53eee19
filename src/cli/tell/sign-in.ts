/** The options of a sign-in and its code. They are apart from the code that uses them, so that help loads fast. */
import { DIES_IN_CHATS, parseCode } from '../../auth/login-code.ts';
import type { Secret } from '../ask/secret.ts';
import type { Word } from '../command.ts';

export const CODE_WORD: Word = {
  name: '--code <code>',
  help: 'the code, or - for stdin [TG_AUTH_CODE] (default: prompt)',
};

export const CODE: Secret = {
  message: 'Code',
  option: 'code',
  flag: '--code CODE, or --code - for stdin,',
  variable: 'TG_AUTH_CODE',
  plain: true, // works once, soon, and only with the key of this session
  note: DIES_IN_CHATS,
  check: parseCode,
};

export const PASSWORD_WORD: Word = {
  name: '--password <->',
  help: 'must be -: read the password of two-step verification from stdin [TG_AUTH_PASSWORD]',
};

export const SIGN_UP_WORDS: readonly Word[] = [
  { name: '--first-name <name>', help: 'first name for a new account, if the number has none' },
  { name: '--last-name <name>', help: 'last name for a new account (default: none)' },
  { name: '--accept-terms', help: "accept Telegram's terms of service for a new account" },
];

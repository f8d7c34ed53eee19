/** The login code as a command takes it: `--code C`, `--code -`, TG_AUTH_CODE, or a prompt. */
import { DIES_IN_CHATS, parseCode } from '../auth/login-code.ts';
import type { Word } from './command.ts';
import type { Secret } from './secret.ts';

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

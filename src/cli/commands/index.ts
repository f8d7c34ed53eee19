/** All commands as data. The parser, the help and the completion read this table. */
import type { Command, CommandWords } from '../command.ts';
import { ACCOUNT } from './words/account.ts';
import { PASSWORDS } from './words/password.ts';
import { SESSIONS } from './words/sessions.ts';
import { SIGN_IN } from './words/sign-in.ts';
import { HELP, TEST } from './words/tools.ts';
import { TRACE } from './words/trace.ts';

/** Defined here because its code reads this table. */
const completion: Command = {
  name: 'completion',
  summary: 'Print a completion script for your shell',
  args: [
    {
      name: '<shell>',
      help: 'bash, zsh, fish or powershell',
      completes: ['bash', 'zsh', 'fish', 'powershell'],
    },
  ],
  examples: [
    'source <(tg-auth completion bash)',
    'source <(tg-auth completion zsh)',
    'tg-auth completion fish > ~/.config/fish/completions/tg-auth.fish',
    'tg-auth completion powershell | Out-String | Invoke-Expression',
  ],
  withoutConfig: () => true,
  async load() {
    const { complete } = await import('./tools/completion.ts');
    return { run: async (_, { args: [shell = ''] }) => complete(shell, [...COMMANDS, HELP_COMMAND], GROUPS) };
  },
};

/** The commands by topic, in the order of the help. */
export const TOPICS: Readonly<Record<string, readonly Command[]>> = {
  'Sign in': [...SIGN_IN, ...PASSWORDS],
  Account: ACCOUNT,
  Sessions: SESSIONS,
  Test: [...TEST, ...TRACE],
  Help: [...HELP, completion],
};

/** `help` needs no code: the parser answers it. */
export const HELP_COMMAND: CommandWords = {
  name: 'help',
  summary: 'Print help on a command or a topic',
  args: [
    {
      name: '[topic...]',
      help: 'a command, options, json or exit-codes (default: all commands)',
      completes: ['options', 'json', 'exit-codes'],
    },
  ],
  examples: ['tg-auth help', 'tg-auth help session export', 'tg-auth help options'],
};

export const COMMANDS: readonly Command[] = Object.values(TOPICS).flat();

/** Summaries of the groups, by the first word of their commands. */
export const GROUPS: Readonly<Record<string, string>> = {
  password: 'Show, set, change, remove, recover or reset the password of two-step verification',
  devices: 'List, confirm and sign out the devices of the account',
  session: 'Manage stored sessions and session strings',
  trace: 'Read what --trace wrote',
  tl: 'Convert between TL values and 32-bit words in hex',
};

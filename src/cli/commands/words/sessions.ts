/** The words of the commands on stored sessions. */
import { FORMAT_TITLES } from '../../../session/formats/names.ts';
import type { Argument, Command } from '../../command.ts';

const FORMATS = Object.keys(FORMAT_TITLES);
const NAME: Argument = {
  name: '[name]',
  help: 'name of the session (default: the one that --session names)',
  completes: 'sessions',
};

export const SESSIONS: readonly Command[] = [
  {
    name: 'session list',
    byDefault: true,
    summary: 'List the stored sessions of this network, each with its account and state',
    examples: ['tg-auth session list', 'tg-auth session list | cut -f1', 'tg-auth session list --test --json'],
    load: async () => ({ run: (await import('../session/stored.ts')).list }),
  },
  {
    name: 'session show',
    summary: 'Print the contents of a stored session, without secrets',
    args: [NAME],
    examples: ['tg-auth session show', 'tg-auth session show work --json'],
    readOnly: true,
    load: async () => ({ run: (await import('../session/stored.ts')).show }),
  },
  {
    name: 'session clone',
    summary: 'Make a second session of the account, with a key of its own, for another program',
    args: [{ name: '[name]', help: 'name of the new session (default: a free one, such as default-2)' }],
    options: [
      {
        flags: '--format <name>',
        help: `print it as a string instead of storing it: ${FORMATS.join(', ')}`,
        values: FORMATS,
      },
      { flags: '--output <file>', help: 'write the string to a new file that only you can read' },
      { flags: '--force', help: 'replace an existing file' },
      { flags: '--show', help: 'allow printing to a terminal' },
      {
        flags: '--password <->',
        help: 'must be -: read the password from stdin [TG_AUTH_PASSWORD] (default: prompt, if the account has one)',
      },
    ],
    examples: [
      'tg-auth session clone ci',
      'tg-auth session clone --format telethon --output telethon.txt',
      'TG_AUTH_PASSWORD=$(pass telegram) tg-auth session clone ci --json',
    ],
    load: () => import('../session/clone.ts'),
  },
  {
    name: 'session export',
    summary: 'Print the session as a string for another library or machine',
    options: [
      {
        flags: '--format <name>',
        help: `${FORMATS.join(', ')} (default: tg-auth); teleproto reads the gramjs format`,
        values: FORMATS,
      },
      { flags: '--output <file>', help: 'write to a new file that only you can read' },
      { flags: '--force', help: 'replace an existing file' },
      { flags: '--show', help: 'allow printing to a terminal' },
    ],
    examples: [
      'tg-auth session export --output session.txt',
      'tg-auth session export --format telethon --output telethon.txt',
      'tg-auth session export --format pyrogram --api-id 12345 | ssh host tg-auth session import -',
    ],
    readOnly: true,
    load: () => import('../session/export.ts'),
  },
  {
    name: 'session import',
    summary: 'Store a session string from another library or machine',
    args: [
      {
        name: '[-]',
        help: 'read the string from stdin (default: [TG_AUTH_SESSION_STRING], then stdin if it is a pipe, then prompt)',
      },
    ],
    options: [
      { flags: '--file <file>', help: 'read the string from this file' },
      { flags: '--force', help: 'replace a signed-in session of this name' },
    ],
    examples: [
      'tg-auth session import',
      'tg-auth session import --file telethon.txt --session work',
      'ssh host tg-auth session export | tg-auth session import -',
    ],
    load: () => import('../session/import.ts'),
  },
  {
    name: 'session rename',
    summary: 'Rename a stored session',
    args: [
      { name: '<from>', help: 'the current name', completes: 'sessions' },
      { name: '<to>', help: 'the new name' },
    ],
    examples: ['tg-auth session rename default work'],
    load: async () => ({ run: (await import('../session/stored.ts')).rename }),
  },
  {
    name: 'session delete',
    summary: 'Delete a stored session from this machine',
    args: [NAME],
    options: [{ flags: '--yes', help: 'do not ask for confirmation' }],
    examples: ['tg-auth session delete work --yes'],
    load: async () => ({ run: (await import('../session/stored.ts')).remove }),
  },
  {
    name: 'session passphrase',
    summary: 'Encrypt a stored session, change its passphrase, or decrypt it',
    options: [
      {
        flags: '--new <->',
        help: 'must be -: read the new passphrase from stdin [TG_AUTH_NEW_PASSPHRASE] (default: prompt)',
        conflicts: ['remove'],
      },
      { flags: '--remove', help: 'remove the passphrase and store the session unencrypted' },
    ],
    examples: [
      'tg-auth session passphrase',
      'TG_AUTH_NEW_PASSPHRASE=$(pass tg-auth) tg-auth session passphrase --session work',
      'TG_AUTH_PASSPHRASE=$(pass tg-auth) tg-auth session passphrase --remove',
    ],
    load: async () => ({ run: (await import('../session/stored.ts')).passphrase }),
  },
];

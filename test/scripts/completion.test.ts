/** `completion`: the scripts in real shells, with what a person types. PowerShell's is only read. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from '../../src/cli/settings/options.ts';
import { VECTORS } from '../session/formats/samples.ts';
import { BIN, checkFailure, cleanEnv, type Env, folder, POSIX } from './cli.ts';
import { runs, tgAuth } from './in-process.ts';
import { Person } from './person.ts';

function has(shell: string): { skip?: string } {
  return spawnSync(shell, ['--version']).status === 0 ? {} : { skip: `${shell} is not installed` };
}

async function scriptOf(shell: string): Promise<string> {
  const file = join(folder(), `tg-auth.${shell}`); // fish cannot parse stdin where that is a socket
  writeFileSync(file, await runs(['completion', shell], cleanEnv()));
  return file;
}

/** A folder with a file to complete, and commands: tg-auth and one other. */
function workplace(): { place: string; bin: string } {
  const [place, bin] = [folder(), folder()];
  writeFileSync(join(place, 'my session.txt'), '');
  writeFileSync(join(bin, 'tg-auth'), `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`, { mode: 0o755 });
  writeFileSync(join(bin, 'probe-command'), '#!/bin/sh\n', { mode: 0o755 });
  return { place, bin };
}

describe('completion', POSIX, () => {
  const cases = [
    [
      ['tg-auth', 'send-c'],
      ['send-call', 'send-code'],
    ],
    [['tg-auth', 'session', 'ex'], ['export']],
    [['tg-auth', 'session', 'export', '--format', 'py'], ['pyrogram']],
    [['tg-auth', 'session', 'export', '--format', '=', 'te'], ['telethon']],
    [['tg-auth', 'session', 'export', '--format=te'], ['--format=telethon']], // without "=" in COMP_WORDBREAKS
    [
      ['tg-auth', 'completion', '--transport', '='],
      [
        'abridged',
        'full',
        'intermediate',
        'obfuscated',
        'obfuscated-abridged',
        'obfuscated-padded',
        'padded',
        'websocket',
      ],
    ],
    [['tg-auth', '--session', 'work', 'send-call', '--method', 's'], ['sendCall']],
    [['tg-auth', '--session', '=', 'work', 'send-sms', '--method', 's'], ['sendSms']],
    [['tg-auth', '--transport', 'f'], ['full']],
    [['tg-auth', 'sign-in', '--acc'], ['--accept-terms']],
    [['tg-auth', 'login', '--api-id', ''], []],
    [['tg-auth', 'login', '--password', ''], ['-']],
    [['tg-auth', 'completion', 'f'], ['fish']],
    [
      ['tg-auth', 'help', 'e'],
      ['exit-codes', 'explain'],
    ],
    [['tg-auth', 'help', 'session', 'ex'], ['export']],
    [['tg-auth', 'sandbox', '--fault', 'wrong'], ['wrong-salt']],
    [['tg-auth', 'session', 'import', '--file', 'my'], ['my session.txt']],
    [['tg-auth', 'trace', 'show', 'my'], ['my session.txt']],
    [['tg-auth', 'session', 'import', '--file', '=', 'my\\ s'], ['my session.txt']],
    [['tg-auth', '--server-key', '"my s'], ['my session.txt']],
    [['tg-auth', 'sandbox', 'au'], ['audit']],
    [['tg-auth', 'sandbox', 'audit', '--', 'probe-c'], ['probe-command']],
    [['tg-auth', 'sandbox', '--', 'probe-c'], ['probe-command']],
    [['tg-auth', 'sandbox', '--', 'cat', 'my'], ['my session.txt']],
    [
      ['tg-auth', '--session', ''],
      ['home', 'work'],
    ],
    [['tg-auth', 'session', 'delete', 'w'], ['work']],
  ] as const;
  test('completes in bash', has('bash'), async () => {
    const file = await scriptOf('bash');
    const { place: cwd, bin } = workplace();
    const env = await withSessions(bin);
    const script = `source ${file}\n${cases
      .map(([words]) => {
        const line = words.map((word) => `'${word}'`).join(' ');
        return `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _tg_auth; printf '%s\\n' "\${COMPREPLY[@]}"; echo .`;
      })
      .join('\n')}`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd, env });
    assert.equal(stderr, '');
    const replies = stdout.split('.\n').map((reply) => reply.split('\n').filter((word) => word !== ''));
    for (const [i, [words, expected]] of cases.entries())
      assert.deepEqual(replies[i]?.sort(), [...expected], words.join(' '));
  });

  const START = {
    bash: { args: ['--noprofile', '--norc', '-i'], first: "PS1='$ '; bind 'set bell-style none'" },
    zsh: { args: ['-f', '-i'], first: "PS1='$ '; unsetopt beep; autoload -U compinit; compinit -u" },
    fish: { args: ['--no-config', '-i'], first: "function fish_prompt; echo -n '$ '; end; set -g fish_greeting" },
  };
  const LINES: readonly (readonly [string, RegExp])[] = [
    ['who', /whoami/],
    ['session export --format=te', /--format=telethon/],
    ['--transport=fu', /--transport=full/],
    ['--session=wo', /--session=work/],
    ['session show ho', /session show home/],
    ['--session work session pass', /session passphrase/],
    ['session import --file my', /--file my\\ session\.txt/],
    ['session import --file=my', /--file=my\\ session\.txt/],
    ['sandbox --fault wro', /--fault wrong-salt/],
    ['sandbox -- probe-c', /-- probe-command/],
    ['sandbox -- cat my', /-- cat my\\ session\.txt/],
    ['help exit', /help exit-codes/],
    ['completion pow', /completion powershell/],
    ['sign-in --acc', /--accept-terms/],
  ];
  for (const shell of ['bash', 'zsh', 'fish'] as const)
    test(`completes what a person types in ${shell}`, has(shell), async () => {
      const file = await scriptOf(shell);
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
      const { place, bin } = workplace();
      const { args, first } = START[shell];
      const person = new Person(shell, args, await withSessions(bin));
      person.types(`cd '${place}'; ${first}; source '${file}'; clear; echo is-ready\r`);
      await person.sees(/^is-ready\n\$ ?$/m);
      for (const [line, completed] of LINES) {
        person.types(`tg-auth ${line}\t`);
        await person.sees(completed);
        person.types('\x15'); // erases the line
      }
      person.types('exit\r');
      await person.ended;
    });

  test('the script of PowerShell has every word, and quotes that are closed', async () => {
    const script = readFileSync(await scriptOf('powershell'), 'utf8');
    const code = script.replace(/'(?:[^'\u2018-\u201b]|(['\u2018-\u201b])\1)*'/g, '_').replace(/#.*$/gm, '');
    assert.doesNotMatch(code, /['\u2018-\u201b]/);
    for (const [open, close] of ['{}', '()', '[]'])
      assert.equal(code.split(open ?? '').length, code.split(close ?? '').length, `${open}${close}`);
    assert.match(script, /^ {4}'session export --format' = @\('tg-auth', 'telethon'/m);
    for (const [, rows = ''] of script.matchAll(/@\{\n([^}]*)\n {2}\}/g)) {
      const keys = [...rows.matchAll(/^ {4}'([^']*)' = /gm)].map(([, key = '']) => key.toLowerCase());
      assert.deepEqual([...new Set(keys)], keys, 'PowerShell refuses a key that is there twice');
    }
    assert.match(script, /^ {4}'session show' = @\('<sessions>'\)$/m);
    assert.match(script, /^ {4}'--server-key' = @\('<files>'\)$/m);
    assert.match(script, /^ {4}'trace show' = @\('<files>'\)$/m);
  });

  test('names every command and option', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { stdout } = await tgAuth(['completion', shell]);
      for (const { name } of COMMANDS) for (const word of name.split(' ')) assert.ok(stdout.includes(word), name);
      for (const { flags } of [...SETTINGS, ...NOT_IN_CONFIG, ...SWITCHES]) {
        const name = /--([a-z-]+)/.exec(flags)?.[1] ?? '';
        assert.ok(stdout.includes(name), `${shell}: ${name}`);
      }
    }
  });

  test('refuses another shell', async () => {
    checkFailure(await tgAuth(['completion', 'tcsh', '--json']), 2, 'USAGE');
  });
});

/** An environment with the commands in `bin` and two stored sessions. */
async function withSessions(bin: string): Promise<Env> {
  const env = cleanEnv({ PATH: `${bin}:${process.env.PATH}` });
  const string = VECTORS[0]?.strings.telethon;
  for (const name of ['home', 'work']) await runs(['session', 'import', '-', '--session', name], env, `${string}\n`);
  return env;
}

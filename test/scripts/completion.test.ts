/** `completion`: bash completes with its script; zsh and fish can parse theirs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { NOT_IN_CONFIG, SETTINGS, SWITCHES } from '../../src/cli/settings/options.ts';
import { checkFailure, folder, POSIX, tgAuth } from './cli.ts';

function has(shell: string): { skip?: string } {
  return spawnSync(shell, ['--version']).status === 0 ? {} : { skip: `${shell} is not installed` };
}

describe('completion', POSIX, () => {
  const cases = [
    [
      ['tg-auth', 'send-c'],
      ['send-call', 'send-code'],
    ],
    [['tg-auth', 'session', 'ex'], ['export']],
    [['tg-auth', 'session', 'export', '--format', 'py'], ['pyrogram']],
    [
      ['tg-auth', '--session', 'work', 'send-call', '--method', 's'],
      ['sendCall', 'sendSms'],
    ],
    [['tg-auth', '--transport', 'f'], ['full']],
    [['tg-auth', 'sign-in', '--acc'], ['--accept-terms']],
    [['tg-auth', 'login', '--session', ''], []],
    [['tg-auth', 'completion', 'f'], ['fish']],
  ] as const;
  test('completes in bash', has('bash'), async () => {
    const { code, stdout } = await tgAuth(['completion', 'bash']);
    assert.equal(code, 0);
    for (const [words, expected] of cases) {
      const line = words.map((word) => `'${word}'`).join(' ');
      const script = `${stdout}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _tg_auth; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout: replies, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
      assert.equal(stderr, '');
      assert.deepEqual(
        replies
          .split('\n')
          .filter((word) => word !== '')
          .sort(),
        [...expected],
        line,
      );
    }
  });

  for (const shell of ['zsh', 'fish'] as const)
    test(`${shell} parses its script`, has(shell), async () => {
      const { stdout } = await tgAuth(['completion', shell]);
      const file = join(folder(), 'script'); // fish cannot parse stdin where that is a socket
      writeFileSync(file, stdout);
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
    });

  test('names every command and option', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
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

/** No secret is printed, even with --verbose. `cli.ts` checks the output of every process of the suite. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { envOf } from './cli.ts';
import { tgAuth } from './in-process.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

describe('with --verbose and --json', () => {
  test('a whole login prints no codes, passwords or tokens', async () => {
    const password = 'a wrong but secret password';
    const env = envOf(sandbox, { TG_AUTH_PASSWORD: password, TG_AUTH_CODE: '22222' });
    const token = `555:${'q'.repeat(35)}`;
    const runs = [
      await tgAuth(['send-code', '9996621002', '-v', '--json'], env),
      await tgAuth(['sign-in', '9996621002', '-v', '--json'], env),
      await tgAuth(['whoami', '-v', '--json'], env),
      await tgAuth(['login', '--bot', '-v', '--json', '--session', 'bot'], { ...env, TG_AUTH_BOT_TOKEN: token }),
      await tgAuth(['devices', '-v', '--json', '--session', 'bot'], env),
      await tgAuth(['logout', '-v', '--json'], env),
    ];
    assert.deepEqual(
      runs.map(({ code }) => code),
      [0, 14, 14, 0, 21, 0],
    );
    for (const { stdout, stderr } of runs)
      for (const secret of [password, token, token.slice(4), '22222'])
        assert.ok(!(stdout + stderr).includes(secret), secret);
    assert.ok(runs.every(({ stderr }) => /→ \w+\.\w+, \d+ bytes/.test(stderr)));
  });
});

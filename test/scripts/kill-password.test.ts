/**
 * `password change`, killed at random moments. The stored session stays readable, exactly one of the two passwords is
 * right, and it also signs in. The variable TG_AUTH_TEST_RUNS is the number of runs.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startSandbox } from '../../src/sandbox/index.ts';
import { parseSession } from '../../src/session/json.ts';
import { runInside } from '../cli/inside.ts';
import { BIN, type Env, envOf, lasting, POSIX, start, times } from './cli.ts';

const RUNS = times(4);
const LANES = RUNS > 10 ? 2 : 1;

/** The stored sessions, read as the program reads them. */
function readable(env: Env): void {
  const home = join(env.XDG_STATE_HOME ?? '', 'tg-auth');
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  assert.ok(files.length > 0);
  for (const file of files) parseSession(readFileSync(join(home, file), 'utf8'), file);
}

test(`a change of the password is whole after each of ${RUNS} kills`, {
  ...POSIX,
  timeout: 1000 * (60 + RUNS * 10),
}, async () => {
  const sandbox = await lasting(startSandbox());
  const lane = async (index: number) => {
    const phone = sandbox.addAccount({ password: 'from the start 0' });
    let password = 'from the start 0';
    const env = envOf(sandbox);
    const run = async (line: string) => {
      const { exit, said } = await runInside(line, { env: { ...env, TG_AUTH_PASSWORD: password } });
      assert.equal(exit, 0, said);
    };
    const signIn = async (session: string) => {
      await run(`send-code ${phone} --session ${session}`);
      await run(`sign-in ${phone} --code ${sandbox.said(phone).at(-1)?.code} --session ${session}`);
    };
    const isRight = async (each: string) => {
      const { exit, said } = await runInside('password status --check', { env: { ...env, TG_AUTH_PASSWORD: each } });
      assert.ok(exit === 0 || exit === 14, said);
      return exit === 0;
    };
    await signIn('default');

    let took = 0;
    for (let round = 0; round * LANES + index < RUNS; round++) {
      const next = `from the start ${round + 1}`;
      const secrets = { ...env, TG_AUTH_PASSWORD: password, TG_AUTH_NEW_PASSWORD: next };
      const began = performance.now();
      const { child, ended } = start(process.execPath, [BIN, 'password', 'change'], secrets, '');
      if (round > 0) {
        await Promise.race([setTimeout(Math.random() * took), ended]);
        child.kill('SIGKILL');
      }
      await ended;
      took = Math.max(took, performance.now() - began); // the first one is not killed
      readable(env);
      const [old, renewed] = [await isRight(password), await isRight(next)];
      assert.notEqual(old, renewed, 'one of them is right, and the other is not');
      assert.ok(round > 0 || renewed, 'a change that nobody kills is made');
      password = renewed ? next : password;
    }

    await signIn('other');
  };
  await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
});

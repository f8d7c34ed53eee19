/** The session loses nothing when a process is killed, or when several run at once. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { parseSession } from '../../src/session/json.ts';
import { type Env, envOf, POSIX, PROGRAM, start, tgAuth, times } from './cli.ts';

const [program, ...words] = PROGRAM;

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

/** The stored sessions, read as the program reads them. */
function readable(env: Env): void {
  const home = join(env.XDG_STATE_HOME ?? '', 'tg-auth');
  if (!existsSync(home)) return;
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  for (const file of files) parseSession(readFileSync(join(home, file), 'utf8'), file);
}

describe('a session', POSIX, () => {
  const [LANES, ROUNDS] = [4, Math.ceil(times(40) / 4)];
  test(`is readable after each of ${LANES * ROUNDS} sign-ins killed at random moments`, async () => {
    const took: number[] = [];
    const lane = async (index: number) => {
      const env = envOf(sandbox, { TG_AUTH_BOT_TOKEN: `${1000 + index}:${'s'.repeat(35)}` });
      const began = performance.now();
      assert.equal((await tgAuth(['login', '--bot'], env)).code, 0);
      took[index] = performance.now() - began;
      for (let round = 0; round < ROUNDS; round++) {
        // Start again from nothing, without a key.
        if (round % 10 === 0) await tgAuth(['session', 'delete', '--yes', '-q'], env);
        const { child, ended } = start(program, [...words, 'login', '--bot'], env, '');
        await Promise.race([setTimeout(Math.random() * (took[index] ?? 300)), ended]);
        child.kill('SIGKILL');
        await ended;
        readable(env);
      }
      const { code, stderr } = await tgAuth(['login', '--bot'], env);
      assert.equal(code, 0, `the lock of a dead process is no obstacle: ${stderr}`);
    };
    await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
  });

  test('keeps what two simultaneous processes learnt', async () => {
    const env = envOf(sandbox);
    const phones = ['9996620001', '9996620002', '9996620003'];
    const ended = await Promise.all(phones.map((phone) => tgAuth(['send-code', phone], env)));
    assert.deepEqual(
      ended.map(({ code }) => code),
      [0, 0, 0],
    );
    const { pending } = JSON.parse((await tgAuth(['session', 'show', '--json'], env)).stdout).result;
    assert.deepEqual(
      pending.map((each: { phone: string }) => each.phone).sort(),
      phones.map((phone) => `+${phone}`),
    );
  });
});

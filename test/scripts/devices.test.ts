/** `devices` and `whoami --check` as a script and a person use them, against one sandbox. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Env, envOf, POSIX, runs, tgAuth } from './cli.ts';
import { atTerminal } from './person.ts';

let sandbox: Sandbox;
let env: Env;
before(async () => {
  sandbox = await startSandbox();
  env = envOf(sandbox);
});
after(() => sandbox.close());

async function signIn(phone: string, session: string): Promise<void> {
  const hash = await runs(['send-code', phone, '--session', session], env);
  await runs(['sign-in', phone, '--hash', hash, '--code', '22222', '--session', session], env);
}

test('two sessions of one account: a script and a person change what is unconfirmed', POSIX, async () => {
  for (const session of ['one', 'two']) await signIn('9996621012', session);
  const one = ['--session', 'one'];

  const { result, next } = JSON.parse(await runs(['devices', '--json', ...one], env));
  assert.deepEqual(
    result.map((each: { unconfirmed: boolean }) => each.unconfirmed),
    [true, false, true],
  );
  const [, , { hash }] = result;
  assert.deepEqual(
    next.map(({ run }: { run: string }) => run),
    [`tg-auth --session one devices confirm ${hash}`, `tg-auth --session one devices terminate ${hash}`],
  );

  const confirming = atTerminal(['devices', 'confirm', '3', ...one], env);
  await confirming.sees(/\? Confirm tg-auth, Application 12345 .*\(127\.0\.0\.1 Loopback, active .*\)\? /);
  confirming.types('y\r');
  const { code, screen } = await confirming.ended;
  assert.deepEqual([code, /✔ Confirmed tg-auth, /.test(screen)], [0, true], screen);
  const devices = await runs(['devices', ...one], env);
  assert.match(devices, /^ROW +HASH +ACTIVE +APP +DEVICE +FROM\n1 +0 +this session, unconfirmed +Application 12345 /);
  assert.doesNotMatch(devices, /^3 .*unconfirmed/m);

  assert.equal(await runs(['devices', 'ttl', '30', ...one], env), 'true');
  assert.equal(await runs(['devices', 'ttl', '--session', 'two'], env), '30');

  const keeping = atTerminal(['devices', 'terminate', '3', ...one], env);
  await keeping.sees(/\? Sign out tg-auth, Application 12345 .*\? /);
  keeping.types('n\r');
  assert.equal((await keeping.ended).code, 1);
  const ended = JSON.parse(await runs(['devices', 'terminate', '3', '--yes', '--json', ...one], env));
  assert.deepEqual([ended.result, ended.device.hash], [true, hash]);
  assert.equal((await tgAuth(['whoami', '--session', 'two'], env)).code, 15);
  assert.equal(await runs(['devices', 'terminate', '--others', '--yes', ...one], env), 'true');
});

test('a bot is refused in words, and can check itself', POSIX, async () => {
  const bot = { ...env, TG_AUTH_BOT_TOKEN: `12345:${'t'.repeat(35)}`, TG_AUTH_SESSION: 'bot' };
  await runs(['login', '--bot'], bot);
  const { code, stderr } = await tgAuth(['devices', 'ttl', '9'], bot);
  assert.equal(code, 21);
  assert.match(stderr, /✖ Telegram does not allow bots to do this\. \(400 BOT_METHOD_INVALID\)/);
  const { check } = JSON.parse(await runs(['whoami', '--check', '--json'], bot));
  assert.deepEqual([check.state, check.frozen], ['ok', null]);
});

test('a frozen account says so', POSIX, async () => {
  await signIn('9996629221', 'frozen');
  const { check } = JSON.parse(await runs(['whoami', '--check', '--json', '--session', 'frozen'], env));
  assert.deepEqual([check.state, check.deletedAfter - check.frozenSince], ['frozen', 30 * 86_400]);
  const { code, stderr } = await tgAuth(['devices', 'ttl', '9', '--session', 'frozen'], env);
  assert.equal(code, 21);
  assert.match(stderr, /See since when: {2}tg-auth --session frozen whoami --check/);
});

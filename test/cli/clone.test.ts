/** `session clone` when the server refuses a step, or an answer is lost: no session is left that nobody holds. */
import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { type Lies, lied, refuses, sandbox, says } from './liar.ts';

const HONEST: Lies = {};

async function signIn(phone: string, name: string): Promise<void> {
  await lied(`send-code ${phone} --session ${name}`, HONEST);
  assert.equal((await lied(`sign-in ${phone} --code 22222 --session ${name}`, HONEST)).exit, 0);
}

/** The hashes of the devices that the account of session `src` has at the server. */
async function hashes(): Promise<string[]> {
  const { said } = await lied('devices --session src', HONEST);
  return [...said.matchAll(/^(-?\d+) .*Application/gm)].map(([, hash = '']) => hash).filter((hash) => hash !== '0');
}

/** What `session list` says of the session `ci`. */
async function stateOf(): Promise<string | undefined> {
  const { said } = await lied('session list', HONEST);
  return /^ci\t.*\t(.*)$/m.exec(said)?.[1];
}

const clone = (answers: Lies, line = 'ci') => lied(`session clone ${line} --session src`, answers);

/** Changes only the answer to call number `n`. */
function at(n: number, lies: Lies): Lies {
  let count = 0;
  return Object.fromEntries(
    Object.entries(lies).map(([method, lie]) => [method, (truth) => (++count === n ? lie(truth) : truth)]),
  );
}

const FALSE_TOKEN = says('auth.exportLoginToken', {
  _: 'auth.loginToken',
  expires: 2_000_000_000,
  token: Uint8Array.of(1),
});
const STUCK = { ...refuses('auth.logOut', 'WORSE'), ...refuses('account.resetAuthorization', 'WORSE') };

suite('session clone', () => {
  before(() => signIn('9996620011', 'src'));

  test('leaves nothing if a step is refused', async () => {
    const known = await hashes();
    const cases: readonly (readonly [answers: Lies, exit: number, said: RegExp])[] = [
      [refuses('users.getUsers', 'SESSION_REVOKED', 401), 15, /SESSION_REVOKED/],
      [refuses('auth.exportLoginToken', 'API_ID_INVALID'), 17, /API_ID_INVALID/],
      [FALSE_TOKEN, 21, /AUTH_TOKEN_INVALID/],
      [{ ...FALSE_TOKEN, ...refuses('auth.acceptLoginToken', 'FLOOD_WAIT_9', 420) }, 20, /FLOOD_WAIT_9/],
      [{ ...FALSE_TOKEN, ...refuses('auth.acceptLoginToken', 'AUTH_TOKEN_EXCEPTION') }, 21, /AUTH_TOKEN_EXCEPTION/],
      [at(2, refuses('auth.exportLoginToken', 'MOON')), 21, /MOON[\s\S]*The new session was signed out again\./],
    ];
    for (const [answers, exit, words] of cases) {
      const run = await clone(answers);
      assert.deepEqual([run.exit, await stateOf(), await hashes()], [exit, undefined, known], run.said);
      assert.match(run.said, words);
    }
  });

  test('succeeds although one answer is lost at any step', async () => {
    const known = await hashes();
    for (const moment of ['a1', 'a3', 'every-a2', 'every-a3', 'every-a4']) {
      sandbox.fault(`close@${moment}`);
      const run = await clone(HONEST);
      sandbox.fault();
      assert.equal(run.exit, 0, run.said);
      assert.equal((await hashes()).length, known.length + 1);
      assert.equal((await lied('logout --session ci', HONEST)).exit, 0);
    }
    assert.deepEqual(await hashes(), known);
  });

  test('keeps a session that it could not end, says how to end it, and goes on with it', async () => {
    await signIn('9996620012', 'other');
    const failed = await clone({ ...at(2, refuses('auth.exportLoginToken', 'MOON')), ...STUCK });
    assert.equal(failed.exit, 21, failed.said);
    assert.match(failed.said, /The new session may still be signed in: tg-auth could not end it\.$/m);
    assert.match(failed.said, /Find it among the devices: {2}tg-auth devices$/m);
    assert.match(failed.said, /End it: {2}tg-auth devices terminate -?\d+$/m);
    assert.match(failed.said, /Or end it with its own key: {2}tg-auth logout --session ci$/m);
    assert.equal(await stateOf(), 'clone not finished, may be signed in');
    assert.match((await lied('session show ci', HONEST)).said, /^clone: unfinished$/m);
    for (const line of ['session list', 'session show ci'])
      assert.match((await lied(line, HONEST)).said, /Finish "ci": {2}tg-auth session clone ci --session src$/m);
    const early = await lied('whoami --session ci', refuses('users.getUsers', 'SESSION_PASSWORD_NEEDED', 401));
    assert.match(early.said, /See how to finish this clone: {2}tg-auth session list$/m);
    assert.match((await lied('doctor --session ci', HONEST)).said, /the server knows its key; may be signed in/);
    const other = await lied('session clone ci --session other', HONEST);
    assert.deepEqual([other.exit, /unfinished clone of another account/.test(other.said)], [2, true]);
    assert.match((await lied('session delete ci', HONEST)).said, /Telegram keeps this session signed in, if it is\./);
    const done = await clone(HONEST);
    assert.equal(done.exit, 0, done.said);
    assert.equal(await stateOf(), 'signed in');
    const taken = await clone(HONEST);
    assert.deepEqual([taken.exit, /A session "ci" already exists\./.test(taken.said)], [2, true]);
    assert.equal((await lied('logout --session ci', HONEST)).exit, 0);
  });

  test('says how to confirm the new session, if the server wants that', async () => {
    const DEVICE = { _: 'authorization', unconfirmed: true, hash: 77n, device_model: '', platform: '' } as const;
    const rest = { system_version: '', app_name: '', app_version: '', ip: '', country: '', region: '' };
    const numbers = { api_id: 1, date_created: 1, date_active: 1 };
    const run = await clone(says('auth.acceptLoginToken', { ...DEVICE, ...rest, ...numbers }));
    assert.match(run.said, /Confirm the new session: {2}tg-auth devices confirm 77$/m);
    assert.equal((await lied('logout --session ci', HONEST)).exit, 0);
  });

  test('takes a session string as its source, and stores nothing without a name', async () => {
    const [string = ''] = /^tgauth1-\S+$/m.exec((await lied('session export --session src', HONEST)).said) ?? [];
    const exported = await lied(`session clone --format telethon --session-string ${string}`, HONEST);
    assert.match(exported.said, /^1[\w-]{300,}=*$/m);
    assert.match((await lied(`session clone --session-string ${string}`, HONEST)).said, /^tgauth1-/m);
    assert.equal(await stateOf(), undefined);
    const named = await lied(`session clone ci --session-string ${string}`, HONEST);
    assert.deepEqual([named.exit, await stateOf()], [0, 'signed in']);
    assert.equal((await lied('logout --session ci', HONEST)).exit, 0);
  });

  test('is refused for bots, for a session that is not signed in, and for a name or file that exists', async () => {
    await lied('login --bot --session bot', HONEST);
    const bot = await lied('session clone ci --session bot', HONEST);
    assert.deepEqual([bot.exit, bot.type], [21, 'BOT_METHOD_INVALID']);
    assert.match(bot.said, /Sign the bot in again with its token: {2}tg-auth login --bot --session ci$/m);
    const none = await lied('session clone ci --session none', HONEST);
    assert.deepEqual([none.exit, none.type], [15, 'AUTH_KEY_UNREGISTERED']);
    for (const line of ['src', '--output package.json', 'x --format gramjs', 'x --output x', 'x/y'])
      assert.equal((await clone(HONEST, line)).exit, 2, line);
  });

  test('makes nothing if the password is a plain argument or empty', async () => {
    for (const [password, code] of [
      ['secret', 2],
      ['-', 14],
    ]) {
      const { exit, said } = await clone(HONEST, `ci --password ${password}`);
      assert.equal(exit, code, said);
      assert.doesNotMatch(said, /auth\.exportLoginToken/);
    }
  });

  test('does not ask for the passphrase of a session that has the name', async () => {
    await signIn('9996620013', 'locked');
    assert.equal((await lied('session passphrase --session locked --new -', HONEST, 'words\n')).exit, 0);
    const { exit, said } = await clone(HONEST, 'locked');
    assert.deepEqual([exit, /A session "locked" already exists\./.test(said)], [2, true]);
  });

  test('ends the clone if its file cannot be written', { skip: process.platform === 'win32' }, async () => {
    const known = await hashes();
    const { exit, type, said } = await clone(HONEST, '--output /dev/full');
    assert.deepEqual([exit, type, await hashes()], [32, 'FILE_UNWRITABLE', known]);
    assert.match(said, /The new session was signed out again\.$/m);
    assert.doesNotMatch((await lied('session list', HONEST)).said, /export/);
  });
});

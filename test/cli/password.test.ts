/** The password commands without a terminal: what they send, say and refuse, and answers that are lost. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { InterruptedError } from '../../src/errors.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { checkStdout } from '../json-schema.ts';
import { type Relay, startRelay } from '../relay.ts';
import { removeFolder, temporaryFolder } from '../session/folder.ts';
import { type Run, runInside } from './inside.ts';

const PHONE = '9996620001';
const WEEK = 7 * 24 * 3600;
const home = temporaryFolder();

let sandbox: Sandbox;
let relay: Relay;
/** The connection is cut when this method has been answered, before the answer reaches the client. */
let lost = '';
/** Then no connection works any more. */
let isDown = false;
let isCut = false;
let interrupt = () => {};
before(async () => {
  sandbox = await startSandbox({
    onEvent(event) {
      if (event.event !== 'request' || event.method !== lost) return;
      isCut = true;
      interrupt();
    },
  });
  relay = await startRelay({
    target: sandbox.dcs[1]?.port ?? 0,
    change(chunk, { direction }) {
      const cuts = isCut && direction === 'down';
      if (cuts) [isCut, lost] = [isDown, ''];
      return cuts ? undefined : chunk;
    },
  });
  writeFileSync(join(home, 'key.pem'), sandbox.publicKey);
});
after(async () => {
  await relay.close();
  await sandbox.close();
  removeFolder(home);
});

const BASE = {
  HOME: home,
  XDG_CONFIG_HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  TG_AUTH_SERVER_KEY: join(home, 'key.pem'),
  TG_API_ID: '12345',
  TG_API_HASH: '0123456789abcdef0123456789abcdef',
};

async function run(line: string, secrets: Readonly<Record<string, string>> = {}, stdin?: string): Promise<Run> {
  const env = { ...BASE, TG_AUTH_SERVER: `127.0.0.1:${relay.port}`, ...secrets };
  const ended = await runInside(line, { env, ...(stdin !== undefined && { stdin }) });
  for (const secret of Object.values(secrets)) assert.ok(!ended.said.includes(secret), `${line} printed a secret`);
  if (line.includes('--json')) await checkStdout(ended.json);
  return ended;
}

async function is(
  exit: number,
  line: string,
  secrets?: Readonly<Record<string, string>>,
  stdin?: string,
): Promise<Run> {
  const ended = await run(line, secrets, stdin);
  assert.equal(ended.exit, exit, `${line}: ${ended.said}`);
  return ended;
}

/** The answer to --json, and the commands in `next`. */
async function answer(line: string, secrets?: Readonly<Record<string, string>>, stdin?: string) {
  const { ok: _, command: __, next, ...rest } = JSON.parse((await is(0, `${line} --json`, secrets, stdin)).json);
  return { ...rest, next: next.map(({ run }: { run: string }) => run) };
}

async function fresh(): Promise<void> {
  sandbox.reset();
  [lost, isDown, isCut] = ['', false, false];
  await is(0, `send-code ${PHONE}`);
  await is(0, `sign-in ${PHONE} --code 22222`);
}

const OLD = { TG_AUTH_PASSWORD: ' old one ' };
const NEW = { TG_AUTH_NEW_PASSWORD: 'brand-new secret' };
const UPDATE = 'account.updatePasswordSettings';

test('the journey of a password, from nothing to nothing', async () => {
  await fresh();
  const none = await answer('password');
  assert.deepEqual([none.result, none.next], [false, ['tg-auth password set --new-password -']]);
  await is(21, 'password change', { ...OLD, ...NEW });
  await is(21, 'password remove --yes', OLD);
  await is(21, 'password email ada@example.com', OLD);
  await is(21, 'password reset --yes');
  await is(21, 'password status --check', OLD);

  const set = await answer('password set --new-password - --hint h', {}, ' old one \r\n');
  assert.deepEqual(set, { method: UPDATE, result: true, next: ['tg-auth password email - --password -'] });
  const again = await is(14, 'password set', NEW);
  assert.equal(again.type, 'PASSWORD_ALREADY_SET');
  assert.equal(
    (await is(14, 'password status --check', { TG_AUTH_PASSWORD: 'old one' })).type,
    'PASSWORD_HASH_INVALID',
  );

  const email = await answer('password email ada@example.com', OLD);
  const next = ['tg-auth password email --code -'];
  assert.deepEqual(email, { method: UPDATE, result: 'a***@example.com', length: 6, next });
  await is(13, 'password email --code 1');
  await is(0, 'password email --resend');
  assert.deepEqual(await answer('password email', { TG_AUTH_CODE: '222222' }), {
    method: 'account.confirmPasswordEmail',
    result: true,
    next: [],
  });
  const checked = await answer('password status --check', OLD);
  const { hint, hasRecoveryEmail, recoveryEmail, checked: isChecked } = checked;
  assert.deepEqual([hint, hasRecoveryEmail, recoveryEmail, isChecked], ['h', true, 'ada@example.com', true]);

  await is(14, 'password change --new-password -', { TG_AUTH_PASSWORD: 'wrong one' }, 'brand-new secret');
  const changed = await answer('password change --password - --new-password -', {}, ' old one \nbrand-new secret\n');
  assert.deepEqual(changed, { method: UPDATE, result: true, next: [] });
  await is(0, 'password remove --yes', { TG_AUTH_PASSWORD: 'brand-new secret' });
  assert.match((await is(0, 'password')).said, /^password: not set\nrecovery e-mail: not set$/m);
});

test('a new password that waits for its e-mail is not set yet, and can be cancelled', async () => {
  await fresh();
  const waiting = await is(21, 'password set --email ada@example.com --json', NEW);
  const { error, next } = JSON.parse(waiting.json);
  assert.deepEqual([error.type, error.parameter], ['EMAIL_UNCONFIRMED_X', 6]);
  assert.deepEqual(next[0].run, 'tg-auth password email --code -');
  const { result, unconfirmedEmail } = await answer('password status');
  assert.deepEqual([result, unconfirmedEmail], [false, 'a***@example.com']);
  await is(0, 'password email --cancel');
  assert.equal((await is(21, 'password email --cancel')).type, 'EMAIL_HASH_EXPIRED');
});

test('a reset takes a week, and can be cancelled', async () => {
  await fresh();
  await is(0, 'password set', NEW);
  const asked = await answer('password reset --yes');
  assert.deepEqual(
    [asked.result, asked.next],
    ['requested', ['tg-auth password reset --yes', 'tg-auth password reset --cancel']],
  );
  const { resetDate, next } = await answer('password status');
  assert.deepEqual(
    [resetDate, next],
    [asked.date, ['tg-auth password reset --cancel', 'tg-auth password reset --yes']],
  );
  await is(0, 'password reset --cancel');
  assert.equal((await is(21, 'password reset --cancel')).type, 'RESET_REQUEST_MISSING');
  const soon = await is(20, 'password reset --yes --json');
  assert.ok(JSON.parse(soon.json).error.retryAfter > WEEK - 3600);
  sandbox.clock({ advance: WEEK });
  await answer('password reset --yes');
  sandbox.clock({ advance: WEEK });
  const { result, date, next: after } = await answer('password reset --yes');
  assert.deepEqual([result, date, after], ['done', null, ['tg-auth password set --new-password -']]);
});

test('is refused at once if something is missing or wrong, and nothing is sent', async () => {
  await fresh();
  await is(0, 'password set', NEW);
  const before = sandbox.requests().length;
  for (const [line, words, secrets, stdin] of [
    ['password set', /New password required/],
    ['password change', /Password required.*\n.*--password - or set TG_AUTH_PASSWORD/, NEW],
    ['password change', /New password required/, OLD],
    ['password change --password - --new-password -', /stdin ended before the new password/, {}, 'one line'],
    ['password set --new-password hunter2', /accepts only "-": other users can read/],
    ['password change --password hunter2', /accepts only "-"/, NEW],
    ['password email hunter2', /^✖ That is not an e-mail address\.$/m],
    ['password set --new-password -', /The new password is empty/, {}, '\n'],
    ['password set --hint Brand-New', /The hint must not be/, { TG_AUTH_NEW_PASSWORD: 'brand-new ' }],
    ['password change --email nobody', /not an e-mail address/, { ...OLD, ...NEW }],
    ['password email nobody', /not an e-mail address/, OLD],
    ['password email', /E-mail address required[\s\S]*--code CODE or set TG_AUTH_CODE/],
    ['password email ada@example.com', /Password required/],
    ['password email ada@example.com --resend', /cannot be combined/, OLD],
    ['password remove', /Confirmation required[\s\S]*--yes/, OLD],
    ['password remove --yes', /Password required/],
    ['password reset', /Confirmation required[\s\S]*--yes/],
  ] as const)
    assert.match((await is(2, line, secrets, stdin)).said.replaceAll('TG_AUTH_NEW_PASSWORD', ''), words, line);
  await is(14, 'password status --check --password -', {}, '\n');
  assert.equal(sandbox.requests().length, before);
});

test('is refused in words for a bot and for a session that is not signed in', async () => {
  const bot = { TG_AUTH_BOT_TOKEN: `123456789:${'b'.repeat(35)}` };
  await is(0, 'login --bot --session bot', bot);
  for (const line of ['status', 'set', 'change', 'email --code 1', 'reset --yes']) {
    const { type, said } = await is(21, `password ${line} --session bot`, { ...OLD, ...NEW });
    assert.deepEqual([type, /Telegram does not allow bots to do this/.test(said)], ['BOT_METHOD_INVALID', true], line);
    assert.equal((await is(15, `password ${line} --session nobody`, { ...OLD, ...NEW })).type, 'AUTH_KEY_UNREGISTERED');
  }
});

describe('an answer that is lost', () => {
  test('is true if the account has the new password', async () => {
    await fresh();
    for (const [method, line, secrets] of [
      [UPDATE, 'password set', NEW],
      [UPDATE, 'password remove --yes', { TG_AUTH_PASSWORD: 'brand-new secret' }],
    ] as const) {
      lost = method;
      const { said } = await is(0, line, secrets);
      assert.equal(lost, '', 'it was lost');
      assert.match(said, /^true$/m);
    }
  });

  test('is unknown if the server cannot be asked, and `password status --check` says how it ended', async () => {
    await fresh();
    [lost, isDown] = [UPDATE, true];
    const { type, said } = await is(30, 'password set --timeout 2', NEW);
    assert.equal(type, 'CHANGE_UNKNOWN');
    assert.match(said, /It is unknown whether[\s\S]*tg-auth password status/);
    isCut = false;
    await is(0, 'password status --check', { TG_AUTH_PASSWORD: 'brand-new secret' });
  });

  test('is unknown after Ctrl-C too', async () => {
    await fresh();
    const stop = new AbortController();
    [lost, isDown, interrupt] = [UPDATE, true, () => stop.abort(new InterruptedError())];
    const env = { ...BASE, ...NEW, TG_AUTH_SERVER: `127.0.0.1:${relay.port}` };
    const { exit, said } = await runInside('password set', { env, interrupted: stop.signal });
    assert.equal(exit, 130, said);
    assert.match(
      said,
      /Interrupted\.\s+It is unknown whether Telegram made the change\.\s+See .*: +tg-auth password status/,
    );
  });
});

/** What a test can read and change in a running sandbox, and what its clients notice of it. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { passwordKeySync, srpAnswer } from '../../../src/crypto/srp.ts';
import { UsageError } from '../../../src/errors.ts';
import { Journal } from '../../../src/sandbox/control/journal.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { current, legacy } from '../../../src/tl/layer.ts';
import { loginLink } from '../../../src/tl/login-link.ts';
import { serverKey } from '../../pair.ts';
import { refused, sendCode, TestClient } from '../client.ts';
import { ask } from './ask.ts';

const SELF = { id: [{ _: 'inputUserSelf' as const }] };
const random = (length: number) => new Uint8Array(randomBytes(length));

/** The real clock stands still, so that waits have one length. */
const TIME = Date.now();

let sandbox: Sandbox;
let client: TestClient;
before(async () => {
  sandbox = await startSandbox({ key: serverKey, control: 0, now: () => TIME });
});
after(() => sandbox.close());
beforeEach(async () => {
  sandbox.reset();
  client = await TestClient.start(sandbox);
});
afterEach(() => client.close());

async function issue(phone_number: string) {
  const sent = await client.call(current, 'auth.sendCode', sendCode(phone_number));
  assert.ok(sent._ === 'auth.sentCode');
  return { phone_number, phone_code_hash: sent.phone_code_hash };
}

async function signIn(phone: string) {
  const sent = await issue(phone);
  return client.call(current, 'auth.signIn', { ...sent, phone_code: sandbox.said(phone).at(-1)?.code ?? '' });
}

async function checkPassword(text: string) {
  const { current_algo: kdf, srp_B, srp_id, hint } = await client.call(current, 'account.getPassword', {});
  assert.ok(kdf?._ === 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow');
  assert.ok(srp_B !== undefined && srp_id !== undefined);
  assert.equal(hint, '');
  const answer = srpAnswer(kdf, srp_B, passwordKeySync(kdf, text), random);
  return client.call(current, 'auth.checkPassword', {
    password: { _: 'inputCheckPasswordSRP' as const, srp_id, ...answer },
  });
}

async function post(path: string, body: object): Promise<unknown> {
  const answer = await ask(sandbox, path, { body });
  assert.ok(answer.status === 200 || answer.status === 201, JSON.stringify(answer.body));
  return answer.body;
}

const get = async (path: string) => (await ask(sandbox, path)).body;

test('said has every message for a number, however the number is written', async () => {
  const { phone_code_hash } = await issue('9996622001');
  await issue('9996620001');
  await client.call(current, 'auth.resendCode', { phone_number: '9996622001', phone_code_hash });
  await client.call(current, 'auth.resendCode', { phone_number: '9996622001', phone_code_hash });
  const phone = '9996622001';
  const expected = [
    { phone, delivery: 'app', code: '22222', text: 'Message in the app: "Login code: 22222."' },
    { phone, delivery: 'sms', code: '22222', text: 'SMS: "Code 22222"' },
    { phone, delivery: 'call', code: '22222', text: 'Voice call: "Your code is 2 2 2 2 2. Again: 2 2 2 2 2."' },
  ];
  assert.deepEqual(sandbox.said(phone), expected);
  for (const text of ['9996622001', '+9996622001', '%2B999%20662-20-01'])
    assert.deepEqual(await get(`/said?phone=${text}`), expected);
  assert.equal(sandbox.said().length, 4);
  assert.deepEqual(await get('/said'), sandbox.said());
  assert.deepEqual(await get('/said?phone=9996620002'), []);
});

test('requests has what clients asked and what was answered', async () => {
  await assert.rejects(issue('9996629010'), refused('PHONE_NUMBER_INVALID'));
  await issue('9996620001');
  const [failed, worked] = sandbox.requests();
  assert.deepEqual(Object.keys(failed ?? {}), ['dc', 'method', 'layer', 'params', 'answer']);
  assert.deepEqual([failed?.method, failed?.dc], ['auth.sendCode', 2]);
  assert.deepEqual(failed?.answer, { _: 'rpc_error', error_code: 400, error_message: 'PHONE_NUMBER_INVALID' });
  assert.doesNotMatch(JSON.stringify(worked), /a secret/, 'no api_hash');
  assert.deepEqual(await get('/requests'), sandbox.requests());
});

describe('the clock moves', () => {
  test('past a FLOOD_WAIT', async () => {
    await assert.rejects(issue('9996629120'), refused('FLOOD_WAIT_76543', 420));
    await post('/clock', { advance: 76_540 });
    await assert.rejects(issue('9996629120'), refused('FLOOD_WAIT_3', 420));
    sandbox.clock({ advance: 3 });
    await issue('9996629120');
  });

  test('past the FLOOD_WAIT of a sign-in', async () => {
    await assert.rejects(signIn('9996629220'), refused('FLOOD_WAIT_3600', 420));
    sandbox.clock({ advance: 3600 });
    assert.equal((await signIn('9996629220'))._, 'auth.authorization');
  });

  test('past the timeout of a delivery method', async () => {
    const sent = await issue('9996622014');
    await assert.rejects(client.call(legacy, 'auth.sendCall', sent), refused('FLOOD_WAIT_3', 420));
    sandbox.clock({ advance: 3 });
    assert.equal(await client.call(legacy, 'auth.sendCall', sent), true);
  });

  test('past the end of a code, and no further', async () => {
    const sent = await issue('9996620001');
    sandbox.clock({ advance: 290 });
    assert.equal(await client.call(legacy, 'auth.sendCall', sent), true);
    sandbox.clock({ advance: 10 });
    await assert.rejects(client.call(legacy, 'auth.sendCall', sent), refused('PHONE_CODE_EXPIRED'));
  });

  test('past the end of a recovery code', async () => {
    await assert.rejects(signIn('9996621003'), refused('SESSION_PASSWORD_NEEDED', 401));
    await client.call(current, 'auth.requestPasswordRecovery', {});
    const { delivery, code = '' } = sandbox.said('9996621003').at(-1) ?? {};
    assert.equal(delivery, 'email');
    assert.equal(await client.call(current, 'auth.checkRecoveryPassword', { code }), true);
    sandbox.clock({ advance: 900 });
    const late = client.call(current, 'auth.checkRecoveryPassword', { code });
    await assert.rejects(late, refused('PASSWORD_RECOVERY_EXPIRED'));
  });

  test('past the end of a login token', async () => {
    const exportToken = () =>
      client.call(current, 'auth.exportLoginToken', { api_id: 1, api_hash: 'a', except_ids: [] });
    const shown = await exportToken();
    assert.ok(shown._ === 'auth.loginToken');
    sandbox.clock({ advance: 30 });
    assert.throws(() => sandbox.scan(loginLink(shown.token), '9996620001'), /AUTH_TOKEN_EXPIRED/);
    const next = await exportToken();
    assert.ok(next._ === 'auth.loginToken');
    assert.notDeepEqual(next.token, shown.token);
    assert.equal(next.expires, Math.ceil(TIME / 1000 + 30), 'in real time');
  });

  test('years away, and messages are still accepted by a strict client', async () => {
    const before = await client.call(current, 'help.getConfig', {});
    const there = { now: Math.floor(TIME / 1000) + 400_000_000 };
    assert.deepEqual(await post('/clock', there), there);
    assert.equal((await signIn('9996620001'))._, 'auth.authorization');
    const after = await client.call(current, 'help.getConfig', {});
    assert.equal(after.date, before.date, 'the time of the server is real');
    (await TestClient.start(sandbox)).close();
    const { authorizations } = await client.call(current, 'account.getAuthorizations', {});
    assert.ok(authorizations.every(({ date_created }) => date_created === Math.floor(TIME / 1000)));
    sandbox.clock({ now: 0 });
    const shown = await client.call(current, 'auth.exportLoginToken', { api_id: 1, api_hash: 'a', except_ids: [] });
    assert.equal(shown._, 'auth.loginToken');
    assert.equal((await client.call(current, 'account.getAuthorizations', {})).authorizations.length, 2);
  });
});

describe('a new account', () => {
  test('has the name, the password and the e-mail address that were chosen', async () => {
    const details = { name: ' Ada  King Lovelace', password: 'secret', email: 'ada@example.com' };
    const made = await post('/accounts', { phone: '+999 662 7777', ...details });
    assert.deepEqual(made, { phone: '9996627777' });
    await assert.rejects(signIn('9996627777'), refused('SESSION_PASSWORD_NEEDED', 401));
    await assert.rejects(checkPassword('sandbox'), refused('PASSWORD_HASH_INVALID'));
    const { email_pattern } = await client.call(current, 'auth.requestPasswordRecovery', {});
    assert.equal(email_pattern, 'a***@example.com');
    assert.match(sandbox.said('9996627777').at(-1)?.text ?? '', /recovery code/);
    const done = await checkPassword('secret');
    assert.ok(done._ === 'auth.authorization' && done.user._ === 'user');
    assert.deepEqual([done.user.first_name, done.user.last_name], ['Ada', 'King Lovelace']);
    assert.throws(() => sandbox.addAccount({ phone: '9996627777' }), /already has an account/);
  });

  test('has a free number, and is otherwise ordinary', async () => {
    const phones = [sandbox.addAccount(), sandbox.addAccount()];
    assert.equal(new Set(phones).size, 2);
    for (const phone of phones) assert.equal((await signIn(phone))._, 'auth.authorization');
  });

  test('takes the place of the one that its number would have', async () => {
    assert.equal(sandbox.addAccount({ phone: '9996621001', name: 'Ada' }), '9996621001');
    const done = await signIn('9996621001');
    assert.ok(done._ === 'auth.authorization' && done.user._ === 'user');
    assert.deepEqual([done.user.first_name, done.user.last_name], ['Ada', undefined]);
    assert.equal(sandbox.addAccount({ phone: '9996621002' }), '9996621002');
    await assert.rejects(signIn('9996621002'), refused('SESSION_PASSWORD_NEEDED', 401));
  });
});

test('scan signs in the client that shows the code, with the account of the phone', async () => {
  const exportToken = () => client.call(current, 'auth.exportLoginToken', { api_id: 1, api_hash: 'a', except_ids: [] });
  const shown = await exportToken();
  assert.ok(shown._ === 'auth.loginToken');
  const link = loginLink(shown.token);
  assert.deepEqual(await post('/scan', { link, phone: '+9996620001' }), { phone: '+9996620001' });
  const done = await exportToken();
  assert.ok(done._ === 'auth.loginTokenSuccess' && done.authorization._ === 'auth.authorization');
  assert.ok(done.authorization.user._ === 'user' && done.authorization.user.phone === '9996620001');
  assert.throws(() => sandbox.scan(link, '9996620001'), /AUTH_TOKEN_ALREADY_ACCEPTED/);
});

test('revoke signs out every client of an account, and they can sign in again', async () => {
  await signIn('9996620001');
  assert.equal((await client.call(current, 'users.getUsers', SELF)).length, 1);
  assert.deepEqual(await post('/revoke', { phone: '+9996620001' }), { revoked: 1 });
  assert.equal(sandbox.revoke('9996620001'), 0);
  await assert.rejects(client.call(current, 'users.getUsers', SELF), refused('SESSION_REVOKED', 401));
  await signIn('9996620001');
  const { authorizations } = await client.call(current, 'account.getAuthorizations', {});
  assert.equal(authorizations.length, 2, 'this client and the phone');
});

test('fault applies to new connections until it is replaced', async () => {
  assert.deepEqual(await post('/fault', { faults: ['close@every-h1'] }), { faults: ['close@every-h1'] });
  await assert.rejects(TestClient.start(sandbox), /connection ended/);
  await issue('9996620001');
  assert.throws(() => sandbox.fault('gzip', 'rain'), UsageError);
  await assert.rejects(TestClient.start(sandbox), /connection ended/);
  await post('/fault', { faults: [] });
  (await TestClient.start(sandbox)).close();
});

test('reset restores the start, and clients stay connected', async () => {
  await using other = await startSandbox({ key: serverKey, faults: ['close@every-h2'], control: 0, now: () => TIME });
  other.fault();
  const kept = await TestClient.start(other);
  other.addAccount({ phone: '9996620001', name: 'Ada' });
  const sent = await kept.call(current, 'auth.sendCode', sendCode('9996620001'));
  assert.ok(sent._ === 'auth.sentCode');
  const code = { phone_number: '9996620001', phone_code_hash: sent.phone_code_hash };
  await assert.rejects(kept.call(current, 'auth.sendCode', sendCode('9996629020')), refused('FLOOD_WAIT_3', 420));
  other.clock({ advance: 1e9 });
  assert.equal((await ask(other, '/reset', { method: 'POST' })).status, 200);
  assert.deepEqual([other.said(), other.requests()], [[], []]);
  assert.equal(other.clock({ advance: 0 }), TIME / 1000);
  await assert.rejects(kept.call(current, 'auth.resendCode', code), refused('PHONE_CODE_EXPIRED'));
  await assert.rejects(kept.call(current, 'auth.sendCode', sendCode('9996629020')), refused('FLOOD_WAIT_3', 420));
  await assert.rejects(kept.call(current, 'users.getUsers', SELF), refused('AUTH_KEY_UNREGISTERED', 401));
  assert.equal(other.addAccount({ phone: '9996620001' }), '9996620001');
  await assert.rejects(TestClient.start(other), /connection ended/, 'the fault of the start is back');
  kept.close();
});

test('a speed divides the waits that clients are sent, and ends them sooner', async () => {
  let time = TIME;
  await using fast = await startSandbox({ key: serverKey, speed: 20, now: () => time });
  const quick = await TestClient.start(fast);
  const call = (phone: string) => quick.call(current, 'auth.sendCode', sendCode(phone));
  const sent = await call('9996620001');
  assert.ok(sent._ === 'auth.sentCode' && sent.timeout === 3);
  const old = { phone_number: '9996620001', sms_type: 0, api_id: 1, api_hash: 'h', lang_code: 'en' };
  assert.equal((await quick.call(legacy, 'auth.sendCode', old)).send_call_timeout, 3);
  await assert.rejects(call('9996629120'), refused('FLOOD_WAIT_3828', 420));
  await assert.rejects(call('9996629020'), refused('FLOOD_WAIT_1', 420));
  const shown = await quick.call(current, 'auth.exportLoginToken', { api_id: 1, api_hash: 'a', except_ids: [] });
  assert.ok(shown._ === 'auth.loginToken' && shown.expires === Math.ceil((time + 1500) / 1000));
  time += 1000;
  await call('9996629020');
  time += 14_000;
  const asked = { phone_number: '9996620001', phone_code_hash: sent.phone_code_hash };
  await assert.rejects(quick.call(legacy, 'auth.sendCall', asked), refused('PHONE_CODE_EXPIRED'));
  quick.close();
  await assert.rejects(startSandbox({ key: serverKey, speed: 0 }), UsageError);
});

test('the journal keeps the latest 1000 requests, and fewer large ones', () => {
  const journal = new Journal();
  const add = (method: string, size = 0) =>
    journal.record({ event: 'request', dc: 2, method, layer: null, params: 'a'.repeat(size), answer: true });
  for (let i = 0; i < 1001; i++) add(`m${i}`);
  assert.deepEqual([journal.requests.all().length, journal.requests.all()[0]?.method], [1000, 'm1']);
  add('large', 5 << 20);
  add('larger', 6 << 20);
  assert.deepEqual(
    journal.requests.all().map(({ method }) => method),
    ['larger'],
  );
  add('huge', 9 << 20);
  assert.deepEqual(
    journal.requests.all().map(({ method }) => method),
    ['huge'],
  );
});

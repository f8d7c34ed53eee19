/** Answers with values out of range: each is `ANSWER_MALFORMED`, and the nearest value in range is accepted. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devices, whoAmI } from '../../src/auth/account.ts';
import { sendCode } from '../../src/auth/code.ts';
import { proposeEmail } from '../../src/auth/email.ts';
import { passwordKdf, passwordQuestion } from '../../src/auth/password.ts';
import { acceptLogin, signInByQr } from '../../src/auth/qr.ts';
import { signIn } from '../../src/auth/sign-in.ts';
import { KNOWN_PRIME } from '../../src/crypto/dh.ts';
import { NetworkError } from '../../src/errors.ts';
import type { Caller } from '../../src/tl/layer.ts';
import { ADA, answer, codeOf, fake, SIGNED_IN } from './fake.ts';

const application = { phone: '79991234567', api_id: 1, api_hash: 'a' };
const issued = { phone: '79991234567', phone_code_hash: 'h1' };
const SMS = { _: 'auth.sentCodeTypeSms', length: 5 } as const;
const DEVICE = {
  _: 'authorization',
  hash: 5n,
  device_model: '',
  platform: '',
  system_version: '',
  api_id: 1,
  app_name: '',
  app_version: '',
  date_created: 0,
  date_active: 2 ** 31 - 1,
  ip: '',
  country: '',
  region: '',
} as const;
const KDF = {
  _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow',
  salt1: new Uint8Array(1),
  salt2: new Uint8Array(1024),
  g: 3,
  p: KNOWN_PRIME,
} as const;
const PASSWORD = {
  _: 'account.password',
  has_password: true,
  current_algo: KDF,
  srp_B: new Uint8Array(256),
  srp_id: 1n,
  new_algo: KDF,
  new_secure_algo: { _: 'securePasswordKdfAlgoUnknown' },
  secure_random: new Uint8Array(),
} as const;

type Journey = (caller: Caller) => Promise<unknown>;
const code: Journey = (caller) => sendCode(caller, application);
const question: Journey = async (caller) => passwordKdf((await passwordQuestion(caller)).current_algo ?? KDF);
const enter: Journey = (caller) => signIn(caller, { ...issued, code: '1' });
const byQr: Journey = (caller) =>
  signInByQr(
    { call: caller.call, onUpdate: () => () => {} },
    { api_id: 1, api_hash: 'a', onToken: () => {}, now: () => 0, signal: AbortSignal.abort('the token is shown') },
  );

const sent = (length: number) => codeOf({ ...SMS, length });
const timed = (timeout: number) => codeOf(SMS, { timeout });
const hashed = (phone_code_hash: string) => codeOf(SMS, { phone_code_hash });
const user = (id: bigint) => answer('users.getUsers', [{ ...ADA, id }]);
const listed = (dates: Partial<Record<'date_created' | 'date_active', number>>) =>
  answer('account.getAuthorizations', {
    _: 'account.authorizations',
    authorization_ttl_days: -1,
    authorizations: [DEVICE, { ...DEVICE, ...dates }],
  });
const accepted = (date_created: number) => answer('auth.acceptLoginToken', { ...DEVICE, date_created });
const salted = (salts: Partial<Record<'salt1' | 'salt2', Uint8Array>>) =>
  answer('account.getPassword', { ...PASSWORD, current_algo: { ...KDF, ...salts } });
const mailed = (length: number) =>
  answer('account.sendVerifyEmailCode', { _: 'account.sentEmailCode', email_pattern: 'a*', length });
const aged = (min_age_confirm: number) =>
  answer('auth.signIn', {
    _: 'auth.authorizationSignUpRequired',
    terms_of_service: {
      _: 'help.termsOfService',
      id: { _: 'dataJSON', data: '' },
      text: '',
      entities: [],
      min_age_confirm,
    },
  });
const token = (length: number, expires = 1) =>
  answer('auth.exportLoginToken', { _: 'auth.loginToken', expires, token: new Uint8Array(length) });
const moved = (dc_id: number, length = 1) =>
  answer('auth.exportLoginToken', { _: 'auth.loginTokenMigrateTo', dc_id, token: new Uint8Array(length) });
const success = answer('auth.exportLoginToken', { _: 'auth.loginTokenSuccess', authorization: SIGNED_IN });

const ROWS: readonly (readonly [what: string, Journey, good: readonly Uint8Array[], bad: readonly Uint8Array[]])[] = [
  ['the length of a code', code, [1, 255].map(sent), [-(2 ** 31), -1, 0, 256, 2 ** 31 - 1].map(sent)],
  ['a timeout', code, [0, 1_000_000].map(timed), [-(2 ** 31), -1, 1_000_001, 2 ** 31 - 1].map(timed)],
  ['a hash', code, ['!~', 'x'.repeat(1000)].map(hashed), ['', ' ', 'a b', 'é', '\u001b', 'x'.repeat(1001)].map(hashed)],
  ['a user id', whoAmI, [1n, 2n ** 52n - 1n].map(user), [-1n, 0n, 2n ** 52n, 2n ** 63n - 1n].map(user)],
  ['the dates of devices', devices, [listed({})], [listed({ date_created: -1 }), listed({ date_active: -1 })]],
  ['the date of a new device', (caller) => acceptLogin(caller, new Uint8Array(1)), [accepted(0)], [accepted(-1)]],
  [
    'salts',
    question,
    [salted({})],
    [0, 1025, 200_000].flatMap((length) => {
      const salt = new Uint8Array(length);
      return [salted({ salt1: salt }), salted({ salt2: salt })];
    }),
  ],
  ['a code by e-mail', (caller) => proposeEmail(caller, issued, 'a@b'), [mailed(6)], [mailed(0), mailed(-1)]],
  ['an age', enter, [1, 150].map(aged), [-1, 0, 151].map(aged)],
];
for (const [what, journey, good, bad] of ROWS)
  test(what, async () => {
    for (const each of good) await journey(fake(each));
    for (const each of bad) await assert.rejects(journey(fake(each)), malformed);
  });

test('a login token: its length, its expiry and its data centre', async () => {
  for (const each of [token(1), token(1024)]) await assert.rejects(byQr(fake(each)), /the token is shown/);
  for (const each of [token(0), token(1025), token(200_000), token(1, -1)])
    await assert.rejects(byQr(fake(each)), malformed);
  await byQr(fake(moved(999), success));
  for (const each of [moved(0), moved(-1), moved(1000), moved(2 ** 31 - 1), moved(2, 0), moved(2, 1025)])
    await assert.rejects(byQr(fake(each)), malformed);
});

test('a token is followed to a limited number of data centres', async () => {
  await byQr(fake(moved(1), moved(2), moved(3), success));
  await assert.rejects(byQr(fake(...Array.from({ length: 20 }, (_, i) => moved(1 + (i % 2))))), malformed);
});

test('an invalid phone number is left out', async () => {
  const phoneOf = async (phone: string) => (await whoAmI(fake(answer('users.getUsers', [{ ...ADA, phone }])))).phone;
  assert.equal(await phoneOf('79991234567'), '79991234567');
  for (const phone of ['', '+7', '\u001b[2J', '7'.repeat(21)]) assert.equal(await phoneOf(phone), undefined);
});

function malformed(error: unknown): true {
  assert.ok(error instanceof NetworkError, String(error));
  assert.deepEqual([error.type, error.exit], ['ANSWER_MALFORMED', 30]);
  return true;
}

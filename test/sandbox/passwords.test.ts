/** Two-step verification of a signed-in account: what the sandbox accepts as a new password, e-mails, resets. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { concat } from '../../src/bytes.ts';
import { passwordKeySync, passwordVerifier, srpAnswer } from '../../src/crypto/srp.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { current } from '../../src/tl/layer.ts';
import type { currentText } from '../../src/tl/schema/current.ts';
import type { Constructors } from '../../src/tl/types.ts';
import { serverKey } from '../pair.ts';
import { refused, sendCode, TestClient } from './client.ts';

type Settings = Constructors<typeof currentText>['account.passwordInputSettings'];

const random = (length: number) => new Uint8Array(randomBytes(length));
const EMPTY = { _: 'inputCheckPasswordEmpty' } as const;
const PHONE = '9996620001';
const TIME = Date.now();
const WEEK = 7 * 24 * 3600;

let sandbox: Sandbox;
let client: TestClient;
before(async () => {
  sandbox = await startSandbox({ key: serverKey, now: () => TIME });
  client = await TestClient.start(sandbox);
});
after(async () => {
  client.close();
  await sandbox.close();
});
beforeEach(async () => {
  sandbox.reset();
  const sent = await client.call(current, 'auth.sendCode', sendCode(PHONE));
  assert.ok(sent._ === 'auth.sentCode');
  const code = { phone_number: PHONE, phone_code_hash: sent.phone_code_hash, phone_code: '22222' };
  await client.call(current, 'auth.signIn', code);
});

async function offered() {
  const { new_algo } = await client.call(current, 'account.getPassword', {});
  assert.ok(new_algo._ !== 'passwordKdfAlgoUnknown');
  return new_algo;
}

type Algo = Awaited<ReturnType<typeof offered>>;

type More = Partial<Pick<Settings, 'email' | 'hint' | 'new_secure_settings'>>;

/** A verifier of no known password, which takes no time to compute. */
const ANY = new Uint8Array(256).fill(0x55);

/** Settings for the password "secret". */
async function secret(more: More = {}) {
  const made = await settings();
  const { new_algo } = made;
  const v = passwordVerifier(new_algo, passwordKeySync(new_algo, 'secret'));
  return { ...made, new_password_hash: v, ...more };
}

/** Settings for a new password, which `change` may spoil. */
async function settings(change: (algo: Algo) => Partial<Algo> = () => ({}), more: More = {}) {
  const algo = await offered();
  const kdf = { ...algo, salt1: concat(algo.salt1, random(32)) };
  const made = { ...kdf, ...change(kdf) };
  return { _: 'account.passwordInputSettings', new_algo: made, new_password_hash: ANY, hint: '', ...more } as const;
}

async function proof(text = 'secret') {
  const { current_algo: kdf, srp_B, srp_id } = await client.call(current, 'account.getPassword', {});
  assert.ok(kdf !== undefined && kdf._ !== 'passwordKdfAlgoUnknown' && srp_B !== undefined && srp_id !== undefined);
  return { _: 'inputCheckPasswordSRP', srp_id, ...srpAnswer(kdf, srp_B, passwordKeySync(kdf, text), random) } as const;
}

type Password = typeof EMPTY | Awaited<ReturnType<typeof proof>>;

const update = (password: Password, new_settings: Settings) =>
  client.call(current, 'account.updatePasswordSettings', { password, new_settings });
const emailOnly = (email: string): Settings => ({ _: 'account.passwordInputSettings', email });
const state = () => client.call(current, 'account.getPassword', {});

describe('a new password', () => {
  test('is stored as the client hashed it, and needed for the next change', async () => {
    assert.equal(await update(EMPTY, await secret()), true);
    assert.equal((await state()).has_password, true);
    await assert.rejects(update(EMPTY, await settings()), refused('PASSWORD_HASH_INVALID'));
    const wrong = client.call(current, 'account.getPasswordSettings', { password: await proof('sandbox') });
    await assert.rejects(wrong, refused('PASSWORD_HASH_INVALID'));
    const removed: Settings = { ...(await settings()), new_password_hash: new Uint8Array() };
    assert.equal(await update(await proof(), removed), true);
    assert.equal((await state()).has_password, undefined);
  });

  test('needs the salts that were offered last, and 32 bytes more', async () => {
    const { salt1: before } = await offered();
    for (const change of [
      ({ salt1 }: Algo) => ({ salt1: salt1.subarray(0, -1) }),
      ({ salt1 }: Algo) => ({ salt1: salt1.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) }),
      ({ salt1 }: Algo) => ({ salt1: concat(before, salt1.subarray(-32)) }),
      () => ({ salt2: random(16) }),
    ])
      await assert.rejects(
        settings(change).then((made) => update(EMPTY, made)),
        refused('NEW_SALT_INVALID'),
      );
    const { new_algo: _, ...rest } = await settings();
    const unknown = update(EMPTY, { ...rest, new_algo: { _: 'passwordKdfAlgoUnknown' } });
    await assert.rejects(unknown, refused('NEW_SALT_INVALID'));
  });

  test('needs the offered group and a verifier of its size', async () => {
    const invalid = refused('NEW_SETTINGS_INVALID');
    for (const change of [
      () => ({ g: 4 }),
      ({ p }: Algo) => ({ p: p.map((byte, i) => (i === 255 ? byte ^ 4 : byte)) }),
    ])
      await assert.rejects(
        settings(change).then((made) => update(EMPTY, made)),
        invalid,
      );
    const good = await settings();
    const { new_password_hash: v = new Uint8Array() } = good;
    const one = new Uint8Array(256).fill(1, 255);
    for (const new_password_hash of [v.subarray(1), one, new Uint8Array(256).fill(255)])
      await assert.rejects(update(EMPTY, { ...good, new_password_hash }), invalid);
    await assert.rejects(update(EMPTY, { ...good, hint: 'h'.repeat(256) }), invalid);
    for (const nothing of [emailOnly('a@b.cd'), { _: 'account.passwordInputSettings' } as const])
      await assert.rejects(update(EMPTY, nothing), refused('NEW_SETTINGS_EMPTY'));
  });

  test('keeps the secret of Telegram Passport only if that comes with it', async () => {
    const passport = {
      _: 'secureSecretSettings',
      secure_algo: { _: 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000', salt: random(40) },
      secure_secret: random(32),
      secure_secret_id: 5n,
    } as const;
    await update(EMPTY, await secret({ new_secure_settings: passport }));
    assert.equal((await state()).has_secure_values, true);
    const { secure_settings } = await client.call(current, 'account.getPasswordSettings', { password: await proof() });
    assert.deepEqual(secure_settings, passport);
    await update(await proof(), await settings());
    assert.equal((await state()).has_secure_values, undefined);
  });
});

describe('a recovery e-mail', () => {
  const confirm = (code: string) => client.call(current, 'account.confirmPasswordEmail', { code });

  test('waits for its code, and the new password with it', async () => {
    await assert.rejects(
      settings(undefined, { email: 'a@b' }).then((made) => update(EMPTY, made)),
      refused('EMAIL_INVALID'),
    );
    const made = await secret({ email: 'ada@example.com', hint: 'h' });
    await assert.rejects(update(EMPTY, made), refused('EMAIL_UNCONFIRMED_6'));
    const { has_password, email_unconfirmed_pattern } = await state();
    assert.deepEqual([has_password, email_unconfirmed_pattern], [undefined, 'a***@example.com']);
    const { delivery, code = '' } = sandbox.said(PHONE).at(-1) ?? {};
    assert.deepEqual([delivery, code.length], ['email', 6]);
    await assert.rejects(confirm('1'), refused('CODE_INVALID'));
    assert.equal(await client.call(current, 'account.resendPasswordEmail', {}), true);
    assert.equal(sandbox.said(PHONE).filter((each) => each.delivery === 'email').length, 2);
    assert.equal(await confirm(code), true);
    const after = await state();
    assert.deepEqual([after.has_password, after.has_recovery, after.hint], [true, true, 'h']);
    const { email } = await client.call(current, 'account.getPasswordSettings', { password: await proof() });
    assert.equal(email, 'ada@example.com');
    assert.equal(await update(await proof(), emailOnly('ada@example.com')), true, 'no code for the same address');
  });

  test('is forgotten if it is cancelled, or not confirmed in a quarter of an hour', async () => {
    const expired = refused('EMAIL_HASH_EXPIRED');
    const made = await settings(undefined, { email: 'ada@example.com' });
    await assert.rejects(update(EMPTY, made), refused('EMAIL_UNCONFIRMED_6'));
    assert.equal(await client.call(current, 'account.cancelPasswordEmail', {}), true);
    await assert.rejects(client.call(current, 'account.cancelPasswordEmail', {}), expired);
    await assert.rejects(client.call(current, 'account.resendPasswordEmail', {}), expired);
    await assert.rejects(update(EMPTY, made), refused('EMAIL_UNCONFIRMED_6'));
    sandbox.clock({ advance: 900 });
    await assert.rejects(confirm('222222'), expired);
    assert.equal((await state()).email_unconfirmed_pattern, undefined);
  });
});

describe('a reset', () => {
  const reset = () => client.call(current, 'account.resetPassword', {});
  const now = Math.ceil(TIME / 1000);

  test('removes the password a week after the request', async () => {
    await assert.rejects(reset(), refused('PASSWORD_EMPTY'));
    await update(EMPTY, await settings());
    const asked = { _: 'account.resetPasswordRequestedWait', until_date: now + WEEK } as const;
    assert.deepEqual(await reset(), asked);
    sandbox.clock({ advance: WEEK - 1 });
    const sooner = await reset();
    assert.ok(sooner._ === 'account.resetPasswordRequestedWait');
    assert.equal((await state()).pending_reset_date, sooner.until_date);
    sandbox.clock({ advance: 1 });
    assert.deepEqual(await reset(), { _: 'account.resetPasswordOk' });
    const { has_password, pending_reset_date } = await state();
    assert.deepEqual([has_password, pending_reset_date], [undefined, undefined]);
  });

  test('can be declined, and is then refused for a week', async () => {
    const decline = () => client.call(current, 'account.declinePasswordReset', {});
    await update(EMPTY, await settings());
    await assert.rejects(decline(), refused('RESET_REQUEST_MISSING'));
    await reset();
    assert.equal(await decline(), true);
    assert.deepEqual(await reset(), { _: 'account.resetPasswordFailedWait', retry_date: now + WEEK });
    sandbox.clock({ advance: WEEK });
    assert.equal((await reset())._, 'account.resetPasswordRequestedWait');
  });
});

test('bots and clients that are not signed in may do none of this', async () => {
  const calls = [
    () => client.call(current, 'account.getPassword', {}),
    () => client.call(current, 'account.getPasswordSettings', { password: EMPTY }),
    () => update(EMPTY, emailOnly('a@b.cd')),
    () => client.call(current, 'account.confirmPasswordEmail', { code: '1' }),
    () => client.call(current, 'account.resendPasswordEmail', {}),
    () => client.call(current, 'account.cancelPasswordEmail', {}),
    () => client.call(current, 'account.resetPassword', {}),
    () => client.call(current, 'account.declinePasswordReset', {}),
  ];
  assert.equal((await client.call(current, 'auth.logOut', {}))._, 'auth.loggedOut');
  for (const call of calls) await assert.rejects(call, refused('AUTH_KEY_UNREGISTERED', 401));
  const bot_auth_token = `123456789:${'b'.repeat(35)}`;
  await client.call(current, 'auth.importBotAuthorization', { flags: 0, api_id: 1, api_hash: 'h', bot_auth_token });
  for (const call of calls) await assert.rejects(call, refused('BOT_METHOD_INVALID'));
});

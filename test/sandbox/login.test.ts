/** The rules of signing in, over a real socket. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { passwordKeySync, passwordVerifier, srpAnswer } from '../../src/crypto/srp.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../src/sandbox/index.ts';
import { current, legacy } from '../../src/tl/layer.ts';
import { loginLink } from '../../src/tl/login-link.ts';
import { serverKey } from '../pair.ts';
import { type Options, refused, sendCode, TestClient } from './client.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const SELF = { id: [{ _: 'inputUserSelf' as const }] };
const APPLICATION = { api_id: 1, api_hash: 'a' };

let sandbox: Sandbox;
let time = Date.now();
const events: SandboxEvent[] = [];
before(async () => {
  sandbox = await startSandbox({ key: serverKey, dcs: 3, now: () => time, onEvent: (event) => events.push(event) });
});
after(() => sandbox.close());

async function withClient<T>(act: (client: TestClient) => Promise<T>, options?: Options): Promise<T> {
  const client = await TestClient.start(sandbox, options);
  try {
    return await act(client);
  } finally {
    client.close();
  }
}

async function issue(client: TestClient, phone_number: string) {
  const sent = await client.call(current, 'auth.sendCode', sendCode(phone_number));
  assert.ok(sent._ === 'auth.sentCode');
  const code =
    sandbox
      .said()
      .filter(({ phone }) => phone === phone_number)
      .at(-1)?.code ?? '';
  return { phone_number, phone_code_hash: sent.phone_code_hash, code };
}

async function signIn(client: TestClient, phone: string) {
  const { code: phone_code, ...sent } = await issue(client, phone);
  return client.call(current, 'auth.signIn', { ...sent, phone_code });
}

async function prove(client: TestClient, password: string) {
  const { current_algo: kdf, srp_B, srp_id } = await client.call(current, 'account.getPassword', {});
  assert.ok(kdf?._ === 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow');
  assert.ok(srp_B !== undefined && srp_id !== undefined);
  const answer = srpAnswer(kdf, srp_B, passwordKeySync(kdf, password), random);
  return { _: 'inputCheckPasswordSRP' as const, srp_id, ...answer };
}

describe('a code', () => {
  test('is checked, and void after it was used', () =>
    withClient(async (client) => {
      const { code, ...sent } = await issue(client, '9996620001');
      const enter = (phone_code: string) => client.call(current, 'auth.signIn', { ...sent, phone_code });
      await assert.rejects(enter(''), refused('PHONE_CODE_EMPTY'));
      await assert.rejects(enter('00000'), refused('PHONE_CODE_INVALID'));
      assert.equal((await enter(code))._, 'auth.authorization');
      await assert.rejects(enter(code), refused('PHONE_CODE_EXPIRED'));
    }));

  test('is void after five wrong codes', () =>
    withClient(async (client) => {
      const { code, ...sent } = await issue(client, '9996620002');
      const enter = (phone_code: string) => client.call(current, 'auth.signIn', { ...sent, phone_code });
      for (let i = 0; i < 5; i++) await assert.rejects(enter('00000'), refused('PHONE_CODE_INVALID'));
      await assert.rejects(enter(code), refused('PHONE_CODE_EXPIRED'));
    }));

  test('does not work with another auth key, nor as an e-mail code', () =>
    withClient(async (client) => {
      const { code: phone_code, ...sent } = await issue(client, '9996620003');
      const other = withClient((other) => other.call(current, 'auth.signIn', { ...sent, phone_code }));
      await assert.rejects(other, refused('PHONE_CODE_EXPIRED'));
      const email_verification = { _: 'emailVerificationCode' as const, code: phone_code };
      const byEmail = client.call(current, 'auth.signIn', { ...sent, email_verification });
      await assert.rejects(byEmail, refused('PHONE_CODE_EMPTY'));
    }));
});

describe('a new number', () => {
  test('signs up with the hash of its code and then has an account', () =>
    withClient(async (client) => {
      const { code, ...sent } = await issue(client, '9996621001');
      const name = { ...sent, first_name: 'Ada', last_name: 'L' };
      await assert.rejects(client.call(current, 'auth.signUp', name), refused('PHONE_CODE_INVALID'));
      const asked = await client.call(current, 'auth.signIn', { ...sent, phone_code: code });
      assert.ok(asked._ === 'auth.authorizationSignUpRequired');
      const nameless = client.call(current, 'auth.signUp', { ...name, first_name: ' ' });
      await assert.rejects(nameless, refused('FIRSTNAME_INVALID'));
      const done = await client.call(current, 'auth.signUp', name);
      assert.ok(done._ === 'auth.authorization' && done.user._ === 'user');
      assert.deepEqual([done.user.first_name, done.user.last_name, done.user.phone], ['Ada', 'L', '9996621001']);
      const id = asked.terms_of_service?.id ?? { _: 'dataJSON', data: '' };
      assert.equal(await client.call(current, 'help.acceptTermsOfService', { id }), true);
      const other = client.call(current, 'help.acceptTermsOfService', { id: { _: 'dataJSON', data: '{}' } });
      await assert.rejects(other, refused('DATA_JSON_INVALID'));
      const again = await withClient((second) => signIn(second, '9996621001'));
      assert.equal(again._, 'auth.authorization');
    }));
});

describe('a password', () => {
  test('is required after the code; a challenge ends with the right answer', () =>
    withClient(async (client) => {
      await assert.rejects(client.call(current, 'account.getPassword', {}), refused('AUTH_KEY_UNREGISTERED', 401));
      await assert.rejects(signIn(client, '9996621002'), refused('SESSION_PASSWORD_NEEDED', 401));
      await assert.rejects(client.call(current, 'users.getUsers', SELF), refused('SESSION_PASSWORD_NEEDED', 401));
      const check = (password: Awaited<ReturnType<typeof prove>> | { _: 'inputCheckPasswordEmpty' }) =>
        client.call(current, 'auth.checkPassword', { password });
      await assert.rejects(check({ _: 'inputCheckPasswordEmpty' }), refused('PASSWORD_HASH_INVALID'));
      const wrong = await prove(client, 'Sandbox');
      for (let i = 0; i < 2; i++) await assert.rejects(check(wrong), refused('PASSWORD_HASH_INVALID'));
      const right = await prove(client, 'sandbox');
      await assert.rejects(check({ ...right, A: new Uint8Array(256) }), refused('SRP_A_INVALID'));
      assert.equal((await check(right))._, 'auth.authorization');
      await assert.rejects(check(right), refused('SRP_ID_INVALID'));
      assert.equal((await client.call(current, 'users.getUsers', SELF)).length, 1);
    }));

  test('may be checked too late, and only ten times', () =>
    withClient(async (client) => {
      await assert.rejects(signIn(client, '9996621004'), refused('SESSION_PASSWORD_NEEDED', 401));
      const check = async (password: string) =>
        client.call(current, 'auth.checkPassword', { password: await prove(client, password) });
      await assert.rejects(check('sandbox'), refused('SRP_ID_INVALID'));
      for (let i = 0; i < 10; i++) await assert.rejects(check('wrong'), refused('PASSWORD_HASH_INVALID'));
      await assert.rejects(check('sandbox'), refused('PHONE_PASSWORD_FLOOD', 406));
    }));

  test('is recovered by e-mail and replaced', () =>
    withClient(async (client) => {
      await assert.rejects(signIn(client, '9996621003'), refused('SESSION_PASSWORD_NEEDED', 401));
      const { email_pattern } = await client.call(current, 'auth.requestPasswordRecovery', {});
      assert.equal(email_pattern, 's***@example.com');
      const code = sandbox.said().at(-1)?.code ?? '';
      await assert.rejects(client.call(current, 'auth.recoverPassword', { code: '1' }), refused('CODE_INVALID'));
      assert.equal(await client.call(current, 'auth.checkRecoveryPassword', { code }), true);

      const { new_algo } = await client.call(current, 'account.getPassword', {});
      assert.ok(new_algo._ !== 'passwordKdfAlgoUnknown');
      const settings = {
        _: 'account.passwordInputSettings' as const,
        hint: 'h',
        new_password_hash: new Uint8Array(256),
      };
      const unsalted = client.call(current, 'auth.recoverPassword', { code, new_settings: { ...settings, new_algo } });
      await assert.rejects(unsalted, refused('NEW_SALT_INVALID'));
      const kdf = { ...new_algo, salt1: Uint8Array.of(...new_algo.salt1, ...random(32)) };
      const new_password_hash = passwordVerifier(kdf, passwordKeySync(kdf, 'fresh'));
      const new_settings = { ...settings, new_algo: kdf, new_password_hash };
      const done = await client.call(current, 'auth.recoverPassword', { code, new_settings });
      assert.equal(done._, 'auth.authorization');

      await withClient(async (second) => {
        await assert.rejects(signIn(second, '9996621003'), refused('SESSION_PASSWORD_NEEDED', 401));
        const password = await prove(second, 'fresh');
        assert.equal((await second.call(current, 'auth.checkPassword', { password }))._, 'auth.authorization');
        await assert.rejects(
          second
            .call(current, 'auth.requestPasswordRecovery', {})
            .then(() => second.call(current, 'auth.recoverPassword', { code: '' })),
          refused('CODE_EMPTY'),
        );
      });
    }));

  test('cannot be recovered if there is none, or no e-mail address', () =>
    withClient(async (client) => {
      await signIn(client, '9996620004');
      await assert.rejects(client.call(current, 'auth.requestPasswordRecovery', {}), refused('PASSWORD_EMPTY'));
      await assert.rejects(signIn(client, '9996621002'), refused('SESSION_PASSWORD_NEEDED', 401));
      await assert.rejects(client.call(current, 'auth.requestPasswordRecovery', {}), refused('PASSWORD_RECOVERY_NA'));
    }));
});

describe('the login e-mail', () => {
  test('is set up, then the code is sent', () =>
    withClient(async (client) => {
      const { phone_number, phone_code_hash } = await issue(client, '9996629216');
      const purpose = { _: 'emailVerifyPurposeLoginSetup' as const, phone_number, phone_code_hash };
      const propose = (email: string) => client.call(current, 'account.sendVerifyEmailCode', { purpose, email });
      await assert.rejects(propose('nobody'), refused('EMAIL_INVALID'));
      assert.equal((await propose('ada@example.com')).email_pattern, 'a***@example.com');
      const verification = { _: 'emailVerificationCode' as const, code: sandbox.said().at(-1)?.code ?? '' };
      const wrong = { ...verification, code: '1' };
      const confirm = (verification: typeof wrong) =>
        client.call(current, 'account.verifyEmail', { purpose, verification });
      await assert.rejects(confirm(wrong), refused('CODE_INVALID'));
      const done = await confirm(verification);
      assert.ok(done._ === 'account.emailVerifiedLogin' && done.sent_code._ === 'auth.sentCode');
      const fresh = { phone_number, phone_code_hash: done.sent_code.phone_code_hash };
      const phone_code = sandbox.said().at(-1)?.code ?? '';
      assert.equal((await client.call(current, 'auth.signIn', { ...fresh, phone_code }))._, 'auth.authorization');
    }));

  test('is reset, then the code comes by SMS', () =>
    withClient(async (client) => {
      const { code: _, ...asked } = await issue(client, '9996622006');
      const sent = await client.call(current, 'auth.resetLoginEmail', asked);
      assert.ok(sent._ === 'auth.sentCode' && sent.type._ === 'auth.sentCodeTypeSms');
    }));
});

describe('a bot', () => {
  const token = (id: string) => `${id}:${'a'.repeat(35)}`;
  const enter = (client: TestClient, bot_auth_token: string) =>
    client.call(current, 'auth.importBotAuthorization', { flags: 0, ...APPLICATION, bot_auth_token });

  test('signs in with its token and may not call the methods of users', () =>
    withClient(async (client) => {
      const done = await enter(client, token('123456789'));
      assert.ok(done._ === 'auth.authorization' && done.user._ === 'user');
      assert.deepEqual([done.user.id, done.user.bot], [123456789n, true]);
      for (const call of [
        () => client.call(current, 'account.getAuthorizations', {}),
        () => client.call(current, 'account.setAuthorizationTTL', { authorization_ttl_days: 7 }),
        () => client.call(current, 'account.changeAuthorizationSettings', { confirmed: true, hash: 1n }),
      ])
        await assert.rejects(call, refused('BOT_METHOD_INVALID'));
      for (const text of ['', 'abc', '123:short'])
        await assert.rejects(enter(client, text), refused('ACCESS_TOKEN_INVALID'));
      await assert.rejects(enter(client, token('1')), refused('ACCESS_TOKEN_EXPIRED'));
    }));

  test('does not have its token in the events', () => {
    const requests = events.filter(
      (event) => event.event === 'request' && event.method === 'auth.importBotAuthorization',
    );
    assert.ok(requests.length > 0);
    assert.doesNotMatch(JSON.stringify(requests), /aaaaaaaaaa/);
  });
});

describe('devices', () => {
  test('are listed, signed out singly and all at once', () =>
    withClient(async (one) => {
      const phone = '9996620005';
      await signIn(one, phone);
      await withClient(async (two) => {
        await signIn(two, phone);
        const list = async () => (await one.call(current, 'account.getAuthorizations', {})).authorizations;
        const [own, ...others] = await list();
        assert.deepEqual([own?.current, own?.hash], [true, 0n]);
        assert.equal(others.length, 2, 'the phone and the second client');
        const second = others.at(-1)?.hash ?? 0n;
        await assert.rejects(one.call(current, 'account.resetAuthorization', { hash: 3n }), refused('HASH_INVALID'));
        await assert.rejects(one.call(current, 'account.resetAuthorization', { hash: 0n }), refused('HASH_INVALID'));
        assert.equal(await one.call(current, 'account.resetAuthorization', { hash: second }), true);
        await assert.rejects(two.call(current, 'users.getUsers', SELF), refused('AUTH_KEY_UNREGISTERED', 401));
        await signIn(two, phone);
        assert.equal(await one.call(current, 'auth.resetAuthorizations', {}), true);
        await assert.rejects(two.call(current, 'users.getUsers', SELF), refused('SESSION_REVOKED', 401));
        assert.equal((await list()).length, 1);
      });
    }));

  const list = (client: TestClient) => client.call(current, 'account.getAuthorizations', {});
  const change = (client: TestClient, hash: bigint, more: object) =>
    client.call(current, 'account.changeAuthorizationSettings', { hash, ...more });

  test('are unconfirmed on one number, until another device confirms them or a week is over', () =>
    withClient(async (one) => {
      const phone = '9996621012';
      await signIn(one, phone);
      await withClient(async (two) => {
        await signIn(two, phone);
        const unconfirmed = async (client: TestClient) =>
          (await list(client)).authorizations.filter((each) => each.unconfirmed).map(({ hash }) => hash);
        const [own, second = 0n, ...others] = await unconfirmed(one);
        assert.deepEqual([own, others], [0n, []], 'the phone is not in this list');
        for (const hash of [0n, 3n])
          await assert.rejects(change(one, hash, { confirmed: true }), refused('HASH_INVALID'));
        assert.equal(await change(one, second, { confirmed: true }), true);
        assert.deepEqual(await unconfirmed(one), [0n]);
        assert.equal(await change(one, 0n, { call_requests_disabled: true }), true);
        assert.equal(await change(one, second, { encrypted_requests_disabled: true }), true);
        assert.equal(await change(one, second, { call_requests_disabled: false }), true);
        const [first, , last] = (await list(one)).authorizations;
        assert.deepEqual([first?.call_requests_disabled, first?.encrypted_requests_disabled], [true, undefined]);
        assert.deepEqual([last?.call_requests_disabled, last?.encrypted_requests_disabled], [undefined, true]);
        time += 7 * 86_400_000 - 1000;
        assert.deepEqual(await unconfirmed(one), [0n]);
        time += 1000;
        assert.deepEqual(await unconfirmed(one), []);
      });
    }));

  test('end after the days without use that the account allows', () =>
    withClient(async (one) => {
      const phone = '9996620031';
      await signIn(one, phone);
      await withClient(async (two) => {
        await signIn(two, phone);
        const ttl = (days: number) =>
          one.call(current, 'account.setAuthorizationTTL', { authorization_ttl_days: days });
        assert.equal((await list(one)).authorization_ttl_days, 180);
        for (const days of [0, -1, 367]) await assert.rejects(ttl(days), refused('TTL_DAYS_INVALID'));
        assert.equal(await ttl(2), true);
        assert.equal((await list(two)).authorization_ttl_days, 2);
        time += 86_400_000;
        assert.equal((await list(one)).authorizations.length, 3);
        time += 86_400_000;
        assert.deepEqual((await list(one)).authorizations.length, 2, 'the phone and this client');
        await assert.rejects(two.call(current, 'users.getUsers', SELF), refused('SESSION_EXPIRED', 401));
      });
    }));

  test('of a session that is too new keep their days', () =>
    withClient(async (client) => {
      await signIn(client, '9996629320');
      const ttl = client.call(current, 'account.setAuthorizationTTL', { authorization_ttl_days: 7 });
      await assert.rejects(ttl, refused('FRESH_RESET_AUTHORISATION_FORBIDDEN', 406));
    }));

  test('of a frozen account cannot be changed, and its configuration says so', () =>
    withClient(async (client) => {
      await signIn(client, '9996629221');
      const frozen = refused('FROZEN_METHOD_INVALID', 420);
      const ttl = client.call(current, 'account.setAuthorizationTTL', { authorization_ttl_days: 7 });
      await assert.rejects(ttl, frozen);
      await assert.rejects(change(client, 0n, { call_requests_disabled: true }), frozen);
      await assert.rejects(client.call(current, 'auth.acceptLoginToken', { token: new Uint8Array(1) }), frozen);
      const config = await client.call(current, 'help.getAppConfig', { hash: 0 });
      assert.ok(config._ === 'help.appConfig' && config.config._ === 'jsonObject');
      const [since, until, appeal] = config.config.value.map(({ value }) => ('value' in value ? value.value : null));
      assert.ok(typeof since === 'number' && since < time / 1000 && since > time / 1000 - 2 * 86_400);
      assert.deepEqual([until, appeal], [since + 30 * 86_400, 'https://t.me/spambot']);
      const again = await client.call(current, 'help.getAppConfig', { hash: config.hash });
      assert.deepEqual(again, { _: 'help.appConfigNotModified' });
      assert.equal((await list(client)).authorizations.length, 2, 'reading is allowed');
    }));

  test('of other accounts, limited or not, are not frozen', () =>
    withClient(async (client) => {
      const freeze = async () => {
        const config = await client.call(current, 'help.getAppConfig', { hash: 0 });
        return config._ === 'help.appConfig' && config.config._ === 'jsonObject' ? config.config.value : null;
      };
      assert.deepEqual(await freeze(), [], 'signed out');
      await signIn(client, '9996621011');
      assert.deepEqual(await freeze(), []);
      const [user] = await client.call(current, 'users.getUsers', SELF);
      assert.ok(user?._ === 'user' && user.restricted);
      assert.deepEqual(
        user.restriction_reason?.map(({ platform }) => platform),
        ['all'],
      );
    }));

  test('are signed out by auth.logOut, once', () =>
    withClient(async (client) => {
      await signIn(client, '9996620006');
      assert.equal((await client.call(current, 'auth.logOut', {}))._, 'auth.loggedOut');
      await assert.rejects(client.call(current, 'auth.logOut', {}), refused('AUTH_KEY_UNREGISTERED', 401));
      await assert.rejects(client.call(current, 'updates.getState', {}), refused('AUTH_KEY_UNREGISTERED', 401));
    }));

  test('are authorised on another DC by export and import', () =>
    withClient(
      async (there) => {
        const exported = await withClient(async (here) => {
          await signIn(here, '9996620007');
          await assert.rejects(here.call(current, 'auth.exportAuthorization', { dc_id: 2 }), refused('DC_ID_INVALID'));
          return here.call(current, 'auth.exportAuthorization', { dc_id: 1 });
        });
        const { id, bytes } = exported;
        const done = await there.call(current, 'auth.importAuthorization', { id, bytes });
        assert.ok(done._ === 'auth.authorization' && done.user.id === id);
        const again = there.call(current, 'auth.importAuthorization', { id, bytes });
        await assert.rejects(again, refused('AUTH_BYTES_INVALID'));
      },
      { dc: 1 },
    ));
});

describe('a QR code', () => {
  const exportToken = (client: TestClient) =>
    client.call(current, 'auth.exportLoginToken', { ...APPLICATION, except_ids: [] });

  test('stays the same until it expires, is accepted once, and signs in', () =>
    withClient(async (client) => {
      const shown = await exportToken(client);
      assert.ok(shown._ === 'auth.loginToken');
      assert.deepEqual(await exportToken(client), shown);
      const link = loginLink(shown.token);
      assert.ok(events.some((event) => event.event === 'qr' && event.link === link));
      assert.throws(() => sandbox.scan(link, '9996621001999'), /PHONE_NUMBER_UNOCCUPIED/);
      sandbox.scan(link, '9996620008');
      assert.throws(() => sandbox.scan(link, '9996620008'), /AUTH_TOKEN_ALREADY_ACCEPTED/);
      const done = await exportToken(client);
      assert.ok(done._ === 'auth.loginTokenSuccess');
      const updates = client.events.flatMap((event) => (event._ === 'update' ? [event.body] : []));
      const [update] = updates.map((body) => current.codec.decode('Updates', body));
      assert.ok(update?._ === 'updateShort' && update.update._ === 'updateLoginToken');
      assert.equal((await client.call(current, 'users.getUsers', SELF)).length, 1);
    }));

  test("is accepted by another client, on the account's DC, and may require a password", () =>
    withClient(
      async (phone) => {
        await signIn(phone, '9996630001');
        await withClient(async (client) => {
          const shown = await exportToken(client);
          assert.ok(shown._ === 'auth.loginToken');
          const { token } = shown;
          await assert.rejects(
            withClient((signedOut) => signedOut.call(current, 'auth.acceptLoginToken', { token })),
            refused('AUTH_KEY_UNREGISTERED', 401),
          );
          assert.equal((await phone.call(current, 'auth.acceptLoginToken', { token }))._, 'authorization');
          const moved = await exportToken(client);
          assert.ok(moved._ === 'auth.loginTokenMigrateTo' && moved.dc_id === 3);
          await assert.rejects(client.call(current, 'auth.importLoginToken', { token }), refused('AUTH_TOKEN_INVALID'));
          await withClient(
            async (there) => {
              const done = await there.call(current, 'auth.importLoginToken', { token: moved.token });
              assert.equal(done._, 'auth.loginTokenSuccess');
            },
            { dc: 3 },
          );
        });
        await withClient(async (client) => {
          const shown = await exportToken(client);
          assert.ok(shown._ === 'auth.loginToken');
          sandbox.scan(loginLink(shown.token), '9996621002');
          await assert.rejects(exportToken(client), refused('SESSION_PASSWORD_NEEDED', 401));
        });
      },
      { dc: 3 },
    ));

  test('shows other devices that its password is pending, and they can end that', () => {
    const there = { dc: 3 };
    return withClient(async (phone) => {
      await assert.rejects(signIn(phone, '9996631002'), refused('SESSION_PASSWORD_NEEDED', 401));
      await phone.call(current, 'auth.checkPassword', { password: await prove(phone, 'sandbox') });
      await withClient(async (client) => {
        const shown = await exportToken(client);
        assert.ok(shown._ === 'auth.loginToken');
        const { token } = shown;
        const { hash, password_pending } = await phone.call(current, 'auth.acceptLoginToken', { token });
        assert.equal(password_pending, true);
        await assert.rejects(exportToken(client), refused('SESSION_PASSWORD_NEEDED', 401));
        const { authorizations } = await phone.call(current, 'account.getAuthorizations', {});
        const pending = authorizations.filter((each) => each.password_pending === true);
        assert.deepEqual(
          pending.map((each) => each.hash),
          [hash],
        );
        await phone.call(current, 'account.resetAuthorization', { hash });
        await assert.rejects(client.call(current, 'account.getPassword', {}), refused('AUTH_KEY_UNREGISTERED', 401));
      }, there);
    }, there);
  });

  test('is refused by its own client, by an account that it excludes, and once it was used', () =>
    withClient(async (phone) => {
      await signIn(phone, '9996620010');
      const accept = (token: Uint8Array) => phone.call(current, 'auth.acceptLoginToken', { token });
      const own = await exportToken(phone);
      assert.ok(own._ === 'auth.loginToken');
      await assert.rejects(accept(own.token), refused('AUTH_TOKEN_INVALIDX'));
      const [me] = await phone.call(current, 'users.getUsers', SELF);
      await withClient(async (client) => {
        const shown = await client.call(current, 'auth.exportLoginToken', {
          ...APPLICATION,
          except_ids: [me?._ === 'user' ? me.id : 0n],
        });
        assert.ok(shown._ === 'auth.loginToken');
        await assert.rejects(accept(shown.token), refused('AUTH_TOKEN_EXCEPTION'));
      });
      await withClient(async (client) => {
        const shown = await exportToken(client);
        assert.ok(shown._ === 'auth.loginToken');
        await accept(shown.token);
        assert.equal((await exportToken(client))._, 'auth.loginTokenSuccess');
        const { token } = shown;
        await assert.rejects(accept(token), refused('AUTH_TOKEN_ALREADY_ACCEPTED'));
        const again = client.call(current, 'auth.importLoginToken', { token });
        await assert.rejects(again, refused('AUTH_TOKEN_ALREADY_ACCEPTED'));
        const next = await exportToken(client);
        assert.ok(next._ === 'auth.loginToken');
        assert.notDeepEqual(next.token, token);
      });
    }));

  test('expires', () =>
    withClient(async (client) => {
      const shown = await exportToken(client);
      assert.ok(shown._ === 'auth.loginToken');
      time += 30_000;
      assert.throws(() => sandbox.scan(loginLink(shown.token), '9996620008'), /AUTH_TOKEN_EXPIRED/);
      const next = await exportToken(client);
      assert.ok(next._ === 'auth.loginToken');
      assert.notDeepEqual(next.token, shown.token);
    }));
});

test('layer 49 only reports whether a client is signed in', () =>
  withClient(async (client) => {
    await assert.rejects(client.call(legacy, 'updates.getState', {}), refused('AUTH_KEY_UNREGISTERED', 401));
    await signIn(client, '9996620009');
    await assert.rejects(client.call(legacy, 'updates.getState', {}), refused('UPDATE_APP_TO_LOGIN', 406));
  }));

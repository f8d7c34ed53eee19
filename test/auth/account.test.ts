import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  confirmDevice,
  devices,
  deviceTtl,
  endDevice,
  endOtherDevices,
  logOut,
  setDeviceTtl,
  whoAmI,
} from '../../src/auth/account.ts';
import { confirmEmail, proposeEmail, resetEmail } from '../../src/auth/email.ts';
import { current } from '../../src/tl/layer.ts';
import { ADA, ada, answer, bool, fake, refusal } from './fake.ts';

suite('the account', () => {
  test('whoAmI asks for the user of this session', async () => {
    const caller = fake(answer('users.getUsers', [ADA]));
    assert.deepEqual(await whoAmI(caller), ada);
    assert.deepEqual(caller.asked, [
      { layer: current.number, method: 'users.getUsers', params: { id: [{ _: 'inputUserSelf' }] } },
    ]);
    await assert.rejects(whoAmI(fake(answer('users.getUsers', []))), { type: 'ANSWER_MALFORMED' });
  });

  test('logOut returns false for a session that is already signed out', async () => {
    assert.equal(await logOut(fake(answer('auth.logOut', { _: 'auth.loggedOut' }))), true);
    assert.equal(await logOut(fake(refusal(401, 'AUTH_KEY_UNREGISTERED', 'auth.logOut'))), false);
    assert.equal(await logOut(fake(refusal(401, 'SESSION_REVOKED', 'auth.logOut'))), false);
    assert.equal(await logOut(fake(refusal(406, 'AUTH_KEY_DUPLICATED', 'auth.logOut'))), false);
    await assert.rejects(logOut(fake(refusal(500, 'INTERNAL', 'auth.logOut'))), { text: 'INTERNAL' });
  });

  test('devices are listed and signed out', async () => {
    const device = {
      hash: 5n,
      device_model: 'D',
      platform: 'P',
      system_version: '1',
      api_id: 1,
      app_name: 'A',
      app_version: '2',
      date_created: 3,
      date_active: 4,
      ip: '127.0.0.1',
      country: 'ZZ',
      region: '',
    };
    const list = answer('account.getAuthorizations', {
      _: 'account.authorizations',
      authorization_ttl_days: 180,
      authorizations: [{ _: 'authorization', current: true, ...device }],
    });
    assert.deepEqual(await devices(fake(list)), [{ current: true, ...device }]);
    assert.equal(await deviceTtl(fake(list)), 180);
    const never = answer('account.getAuthorizations', {
      _: 'account.authorizations',
      authorization_ttl_days: 0,
      authorizations: [],
    });
    await assert.rejects(deviceTtl(fake(never)), { type: 'ANSWER_MALFORMED' });
    const caller = fake(bool(true), bool(true), bool(true), bool(false));
    assert.deepEqual([await endDevice(caller, 5n), await endOtherDevices(caller)], [true, true]);
    assert.deepEqual([await confirmDevice(caller, 5n), await setDeviceTtl(caller, 7)], [true, false]);
    assert.deepEqual(
      caller.asked.map(({ method, params }) => [method, params]),
      [
        ['account.resetAuthorization', { hash: 5n }],
        ['auth.resetAuthorizations', {}],
        ['account.changeAuthorizationSettings', { confirmed: true, hash: 5n }],
        ['account.setAuthorizationTTL', { authorization_ttl_days: 7 }],
      ],
    );
  });
});

suite('the login e-mail', () => {
  const issued = { phone: '79991234567', phone_code_hash: 'h1' };
  const wire = { phone_number: '79991234567', phone_code_hash: 'h1' };
  const purpose = { _: 'emailVerifyPurposeLoginSetup', ...wire };
  const sent_code = {
    _: 'auth.sentCode',
    type: { _: 'auth.sentCodeTypeEmailCode', email_pattern: 'a***@e.com', length: 6 },
    phone_code_hash: 'h2',
  } as const;
  const sent = { kind: 'sent', type: 'emailCode', email_pattern: 'a***@e.com', length: 6, phone_code_hash: 'h2' };

  test('is proposed and confirmed, and then the login code is sent', async () => {
    const caller = fake(
      answer('account.sendVerifyEmailCode', { _: 'account.sentEmailCode', email_pattern: 'a***@e.com', length: 6 }),
      answer('account.verifyEmail', { _: 'account.emailVerifiedLogin', email: 'ada@e.com', sent_code }),
    );
    const where = await proposeEmail(caller, issued, 'ada@e.com');
    assert.deepEqual(where, { email_pattern: 'a***@e.com', length: 6 });
    assert.deepEqual(await confirmEmail(caller, issued, '123456'), sent);
    const verification = { _: 'emailVerificationCode', code: '123456' };
    assert.deepEqual(
      caller.asked.map(({ params }) => params),
      [
        { purpose, email: 'ada@e.com' },
        { purpose, verification },
      ],
    );
  });

  test('an answer about another kind of e-mail is invalid', async () => {
    const other = fake(answer('account.verifyEmail', { _: 'account.emailVerified', email: 'ada@e.com' }));
    await assert.rejects(confirmEmail(other, issued, '1'), { type: 'ANSWER_MALFORMED' });
  });

  test('can be reset', async () => {
    const caller = fake(answer('auth.resetLoginEmail', sent_code));
    assert.deepEqual(await resetEmail(caller, issued), sent);
    assert.deepEqual(caller.asked[0]?.params, wire);
  });
});

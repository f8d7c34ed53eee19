/** Each test number over a real socket, in both layers: what its row in the table promises. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox, TEST_NUMBERS } from '../../../src/sandbox/index.ts';
import { current, legacy } from '../../../src/tl/layer.ts';
import { serverKey } from '../../pair.ts';
import { refused, sendCode, TestClient } from '../client.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ key: serverKey });
});
after(() => sandbox.close());

describe('each test number', () => {
  const TYPES: Readonly<Record<string, string>> = {
    app: 'auth.sentCodeTypeApp',
    sms: 'auth.sentCodeTypeSms',
    call: 'auth.sentCodeTypeCall',
    'flash call': 'auth.sentCodeTypeFlashCall',
    'missed call': 'auth.sentCodeTypeMissedCall',
    fragment: 'auth.sentCodeTypeFragmentSms',
    email: 'auth.sentCodeTypeEmailCode',
    'sms word': 'auth.sentCodeTypeSmsWord',
    'sms phrase': 'auth.sentCodeTypeSmsPhrase',
    'firebase sms': 'auth.sentCodeTypeFirebaseSms',
    'email set-up': 'auth.sentCodeTypeSetUpEmailRequired',
  };
  const NEXT: Readonly<Record<string, string>> = {
    sms: 'auth.codeTypeSms',
    call: 'auth.codeTypeCall',
    'flash call': 'auth.codeTypeFlashCall',
    'missed call': 'auth.codeTypeMissedCall',
    fragment: 'auth.codeTypeFragmentSms',
  };
  let client: TestClient;
  before(async () => {
    client = await TestClient.start(sandbox);
  });
  after(() => client.close());

  for (const { yyyy, behaviour } of TEST_NUMBERS) {
    const phone = `999662${yyyy === 'others' ? '4321' : yyyy}`;
    const { refusal, flood, home, methods, timeout } = behaviour;
    test(`${yyyy}: auth.sendCode and the delivery methods after it`, async () => {
      const asked = client.call(current, 'auth.sendCode', sendCode(phone));
      if (refusal?.of === 'start' || refusal?.of === 'everything')
        return assert.rejects(asked, refused(refusal.text, refusal.code));
      if (flood !== undefined) return assert.rejects(asked, refused(`FLOOD_WAIT_${flood}`, 420));
      if (home !== undefined) return assert.rejects(asked, refused('PHONE_MIGRATE_1', 303));
      let sent = await asked;
      if (behaviour.known === true) return assert.equal(sent._, 'auth.sentCodeSuccess');
      if (methods[0] === 'payment') return assert.equal(sent._, 'auth.sentCodePaymentRequired');
      for (const [i, method] of methods.entries()) {
        assert.ok(sent._ === 'auth.sentCode');
        const next = methods[i + 1];
        assert.equal(sent.type._, TYPES[method]);
        assert.equal(sent.next_type?._, next === undefined ? undefined : NEXT[next]);
        assert.equal(sent.timeout, next === undefined || timeout === 0 ? undefined : timeout);
        const resent = client.call(current, 'auth.resendCode', {
          phone_number: phone,
          phone_code_hash: sent.phone_code_hash,
        });
        if (refusal?.of === 'any hash' || refusal?.of === 'resend')
          return assert.rejects(resent, refused(refusal.text, refusal.code));
        if (next === undefined) return assert.rejects(resent, refused('SEND_CODE_UNAVAILABLE', 406));
        if (behaviour.strict === true) return assert.rejects(resent, refused('FLOOD_WAIT_3', 420));
        sent = await resent;
      }
    });
    test(`${yyyy}: auth.sendCall with an unknown hash`, async () => {
      const asked = client.call(legacy, 'auth.sendCall', { phone_number: phone, phone_code_hash: 'any' });
      if (refusal !== undefined && ['call', 'resend', 'any hash', 'everything'].includes(refusal.of))
        return assert.rejects(asked, refused(refusal.text, refusal.code));
      if (flood !== undefined) return assert.rejects(asked, refused(`FLOOD_WAIT_${flood}`, 420));
      if (home !== undefined) return assert.rejects(asked, refused('PHONE_MIGRATE_1', 303));
      if (behaviour.anyHash !== true) return assert.rejects(asked, refused('PHONE_CODE_EXPIRED'));
      assert.equal(
        await asked,
        methods.some((method) => method === 'call'),
      );
    });
  }

  for (const { yyyy, behaviour } of TEST_NUMBERS) {
    const { refusal, flood, home, lifetime, methods } = behaviour;
    const unreachable = flood !== undefined || home !== undefined || lifetime < 60 || methods[0] === 'payment';
    if (unreachable || methods[0] === 'email set-up' || behaviour.known === true) continue;
    if (refusal?.of === 'start' || refusal?.of === 'everything') continue;
    const phone = `999662${yyyy === 'others' ? '4321' : yyyy}`;
    test(`${yyyy}: auth.signIn with the delivered code`, async () => {
      const sent = await client.call(current, 'auth.sendCode', sendCode(phone));
      assert.ok(sent._ === 'auth.sentCode');
      const code =
        sandbox
          .said()
          .filter((each) => each.phone === phone)
          .at(-1)?.code ?? '';
      const entered =
        methods[0] === 'email'
          ? { email_verification: { _: 'emailVerificationCode' as const, code } }
          : { phone_code: code };
      const { phone_code_hash } = sent;
      const asked = client.call(current, 'auth.signIn', { phone_number: phone, phone_code_hash, ...entered });
      if (refusal?.of === 'any hash' || refusal?.of === 'sign in')
        return assert.rejects(asked, refused(refusal.text, refusal.code));
      if (behaviour.password !== undefined) return assert.rejects(asked, refused('SESSION_PASSWORD_NEEDED', 401));
      const answer = await asked;
      if (behaviour.unregistered === true) return assert.equal(answer._, 'auth.authorizationSignUpRequired');
      assert.ok(answer._ === 'auth.authorization' && answer.user._ === 'user');
      assert.equal(answer.user.phone, phone);
      const self = client.call(current, 'users.getUsers', { id: [{ _: 'inputUserSelf' }] });
      if (refusal?.of === 'use') return assert.rejects(self, refused(refusal.text, refusal.code));
      assert.deepEqual(await self, [answer.user]);
      const reset = client.call(current, 'auth.resetAuthorizations', {});
      if (refusal?.of === 'reset') return assert.rejects(reset, refused(refusal.text, refusal.code));
      assert.equal(await reset, true);
    });
  }
});

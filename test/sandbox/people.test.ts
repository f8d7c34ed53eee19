/** Each test number, asked over a real socket: what its row promises, in the words of both layers. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox, TEST_NUMBERS } from '../../src/sandbox/index.ts';
import { current, legacy } from '../../src/tl/layer.ts';
import { serverKey } from '../pair.ts';
import { refused, sendCode, TestClient } from './client.ts';

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
    const { refusal, flood, home, route, timeout } = behaviour;
    test(`${yyyy}: auth.sendCode and the ways after it`, async () => {
      const asked = client.call(current, 'auth.sendCode', sendCode(phone));
      if (refusal?.of === 'start' || refusal?.of === 'everything')
        return assert.rejects(asked, refused(refusal.text, refusal.code));
      if (flood !== undefined) return assert.rejects(asked, refused(`FLOOD_WAIT_${flood}`, 420));
      if (home !== undefined) return assert.rejects(asked, refused('PHONE_MIGRATE_1', 303));
      let sent = await asked;
      if (route[0] === 'payment') return assert.equal(sent._, 'auth.sentCodePaymentRequired');
      for (const [i, way] of route.entries()) {
        assert.ok(sent._ === 'auth.sentCode');
        const next = route[i + 1];
        assert.equal(sent.type._, TYPES[way]);
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
    test(`${yyyy}: auth.sendCall with a hash that nobody issued`, async () => {
      const asked = client.call(legacy, 'auth.sendCall', { phone_number: phone, phone_code_hash: 'any' });
      if (refusal !== undefined && refusal.of !== 'start')
        return assert.rejects(asked, refused(refusal.text, refusal.code));
      if (flood !== undefined) return assert.rejects(asked, refused(`FLOOD_WAIT_${flood}`, 420));
      if (home !== undefined) return assert.rejects(asked, refused('PHONE_MIGRATE_1', 303));
      if (behaviour.anyHash !== true) return assert.rejects(asked, refused('PHONE_CODE_EXPIRED'));
      assert.equal(
        await asked,
        route.some((way) => way === 'call'),
      );
    });
  }
});

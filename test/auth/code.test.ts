import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { cancelCode, resendCode, sendCode } from '../../src/auth/code.ts';
import { NetworkError } from '../../src/errors.ts';
import { current } from '../../src/tl/layer.ts';
import { bool, codeOf, fake, refusal, sentCode } from './fake.ts';

const phone = '79991234567';
const application = { phone, api_id: 1, api_hash: 'a' };
const issued = { phone, phone_code_hash: 'h1' };
const CALL = codeOf({ _: 'auth.sentCodeTypeCall', length: 5 });
const APP = codeOf({ _: 'auth.sentCodeTypeApp', length: 5 });
const restart = (text = 'AUTH_RESTART') => refusal(500, text, 'auth.sendCode');

suite('sendCode', () => {
  test('calls the current layer, with no flag set', async () => {
    const caller = fake(APP);
    await sendCode(caller, application);
    assert.deepEqual(caller.asked, [
      {
        layer: current.number,
        method: 'auth.sendCode',
        params: { phone_number: phone, api_id: 1, api_hash: 'a', settings: { _: 'codeSettings' } },
        startsAnew: true,
      },
    ]);
  });

  test('starts again after AUTH_RESTART, at most twice', async () => {
    const caller = fake(restart(), restart('AUTH_RESTART_7'), APP);
    assert.equal((await sendCode(caller, application)).kind, 'sent');
    assert.equal(caller.asked.length, 3);
    const never = fake(restart(), restart(), restart(), APP);
    await assert.rejects(sendCode(never, application), restart());
    assert.equal(never.asked.length, 3);
  });

  test('throws every other error at once', async () => {
    for (const error of [
      refusal(500, 'PASSKEY_AUTH_RESTART'),
      refusal(400, 'PHONE_NUMBER_INVALID'),
      new NetworkError('TIMEOUT'),
    ]) {
      const caller = fake(error, APP);
      await assert.rejects(sendCode(caller, application), error);
      assert.equal(caller.asked.length, 1);
    }
  });

  test('returns a signed-in user, or a required payment', async () => {
    const authorization = { _: 'auth.authorization' as const, user: { _: 'user' as const, id: 7n, first_name: 'Ada' } };
    const signedIn = await sendCode(fake(sentCode({ _: 'auth.sentCodeSuccess', authorization })), application);
    assert.deepEqual(signedIn, { kind: 'signedIn', user: { id: 7n, bot: false, first_name: 'Ada' } });
    const invalid = { _: 'auth.authorization' as const, user: { _: 'userEmpty' as const, id: 7n } };
    const empty = sendCode(fake(sentCode({ _: 'auth.sentCodeSuccess', authorization: invalid })), application);
    await assert.rejects(empty, { type: 'ANSWER_MALFORMED' });
    const payment = {
      store_product: 'p',
      phone_code_hash: 'h',
      support_email_address: 's@example.com',
      support_email_subject: 's',
      premium_days: 7,
      currency: 'USD',
      amount: 99n,
    };
    const wanted = await sendCode(fake(sentCode({ _: 'auth.sentCodePaymentRequired', ...payment })), application);
    assert.deepEqual(wanted, { kind: 'paymentRequired', ...payment });
  });
});

suite('resendCode', () => {
  test('calls the current layer once, and returns the new hash', async () => {
    const caller = fake(CALL);
    const sent = await resendCode(caller, issued);
    assert.deepEqual(sent, {
      kind: 'sent',
      type: 'call',
      length: 5,
      phone_code_hash: 'h2',
    });
    assert.deepEqual(caller.asked, [
      { layer: current.number, method: 'auth.resendCode', params: { phone_number: phone, phone_code_hash: 'h1' } },
    ]);
    await assert.rejects(resendCode(fake(restart()), issued), restart());
  });

  const ways: [Parameters<typeof codeOf>[0], object][] = [
    [
      { _: 'auth.sentCodeTypeApp', length: 5 },
      { type: 'app', length: 5 },
    ],
    [
      { _: 'auth.sentCodeTypeSms', length: 6 },
      { type: 'sms', length: 6 },
    ],
    [
      { _: 'auth.sentCodeTypeCall', length: 5 },
      { type: 'call', length: 5 },
    ],
    [
      { _: 'auth.sentCodeTypeFlashCall', pattern: '7999*' },
      { type: 'flashCall', pattern: '7999*' },
    ],
    [
      { _: 'auth.sentCodeTypeMissedCall', prefix: '7999', length: 4 },
      { type: 'missedCall', prefix: '7999', length: 4 },
    ],
    [
      { _: 'auth.sentCodeTypeEmailCode', email_pattern: 's***@e.com', length: 6, google_signin_allowed: true },
      { type: 'emailCode', email_pattern: 's***@e.com', length: 6 },
    ],
    [{ _: 'auth.sentCodeTypeSetUpEmailRequired', apple_signin_allowed: true }, { type: 'setUpEmailRequired' }],
    [
      { _: 'auth.sentCodeTypeFragmentSms', url: 'https://fragment.com', length: 5 },
      { type: 'fragmentSms', url: 'https://fragment.com', length: 5 },
    ],
    [
      { _: 'auth.sentCodeTypeFirebaseSms', nonce: Uint8Array.of(1), length: 5 },
      { type: 'firebaseSms', length: 5 },
    ],
    [{ _: 'auth.sentCodeTypeSmsWord' }, { type: 'smsWord', beginning: undefined }],
    [
      { _: 'auth.sentCodeTypeSmsPhrase', beginning: 'the' },
      { type: 'smsPhrase', beginning: 'the' },
    ],
  ];
  for (const [type, expected] of ways)
    test(`reads ${type._}`, async () => {
      const sent = await resendCode(fake(codeOf(type, { timeout: 60 })), issued);
      assert.deepEqual(sent, { kind: 'sent', ...expected, phone_code_hash: 'h2', timeout: 60 });
    });

  const nexts = ['Sms', 'Call', 'FlashCall', 'MissedCall', 'FragmentSms'] as const;
  for (const next of nexts)
    test(`reads the next type ${next}`, async () => {
      const sent = await resendCode(
        fake(codeOf({ _: 'auth.sentCodeTypeApp', length: 5 }, { next_type: { _: `auth.codeType${next}` } })),
        issued,
      );
      assert.equal(sent.kind === 'sent' && sent.next_type, next.charAt(0).toLowerCase() + next.slice(1));
    });
});

suite('cancelCode', () => {
  test('calls the current layer and returns the answer', async () => {
    const caller = fake(bool(false));
    assert.equal(await cancelCode(caller, issued), false);
    assert.deepEqual(caller.asked, [
      { layer: current.number, method: 'auth.cancelCode', params: { phone_number: phone, phone_code_hash: 'h1' } },
    ]);
  });
});

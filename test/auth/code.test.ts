import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CallRequest, type CallResult, resendCode, sendCall, sendCode } from '../../src/auth/code.ts';
import { NetworkError, RpcError } from '../../src/errors.ts';
import { bool, codeOf, fake, refusal, sentCode } from './fake.ts';

const phone = '79991234567';
const application = { phone, api_id: 1, api_hash: 'a' };
const issued = { phone, phone_code_hash: 'h1' };
const CALL = codeOf({ _: 'auth.sentCodeTypeCall', length: 5 });
const APP = codeOf({ _: 'auth.sentCodeTypeApp', length: 5 });
const restart = (text = 'AUTH_RESTART') => refusal(500, text, 'auth.sendCode');

suite('sendCode', () => {
  test('asks at the current layer, with no flag set', async () => {
    const caller = fake(APP);
    await sendCode(caller, application);
    assert.deepEqual(caller.asked, [
      {
        layer: 228,
        method: 'auth.sendCode',
        params: { phone_number: phone, api_id: 1, api_hash: 'a', settings: { _: 'codeSettings' } },
      },
    ]);
  });

  test('starts over when the server lost the login, twice at most', async () => {
    const caller = fake(restart(), restart('AUTH_RESTART_7'), APP);
    assert.equal((await sendCode(caller, application)).kind, 'sent');
    assert.equal(caller.asked.length, 3);
    const never = fake(restart(), restart(), restart(), APP);
    await assert.rejects(sendCode(never, application), restart());
    assert.equal(never.asked.length, 3);
  });

  test('passes on every other error at once', async () => {
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

  test('says that it was signed in, or that it must be paid for', async () => {
    const authorization = { _: 'auth.authorization' as const, user: { _: 'userEmpty' as const, id: 7n } };
    const signedIn = await sendCode(fake(sentCode({ _: 'auth.sentCodeSuccess', authorization })), application);
    assert.deepEqual(signedIn, { kind: 'signedIn', authorization });
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
  test('asks at the current layer, once, and brings the new hash', async () => {
    const caller = fake(CALL);
    const sent = await resendCode(caller, issued);
    assert.deepEqual(sent, {
      kind: 'sent',
      type: 'call',
      length: 5,
      phone_code_hash: 'h2',
    });
    assert.deepEqual(caller.asked, [
      { layer: 228, method: 'auth.resendCode', params: { phone_number: phone, phone_code_hash: 'h1' } },
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

suite('sendCall', () => {
  /** What came out, what was told on the way, and what the server was asked. */
  async function run(answers: readonly (Uint8Array | Error)[], request: Partial<CallRequest> = {}) {
    const caller = fake(...answers);
    const told: [string, boolean][] = [];
    const onFallback = (error: RpcError, gone: boolean) => void told.push([error.text, gone]);
    let result: CallResult | undefined;
    let error: unknown;
    try {
      result = await sendCall(caller, { ...issued, method: 'auto', dropped: [], onFallback, ...request });
    } catch (thrown) {
      error = thrown;
    }
    return { result, error, told, asked: caller.asked.map(({ layer, method }) => `${layer} ${method}`) };
  }

  const LEGACY = '49 auth.sendCall';
  const CURRENT = '228 auth.resendCode';
  const gone = refusal(400, 'INPUT_METHOD_INVALID_63247716_0');
  const called = {
    method: 'auth.resendCode',
    result: true,
    sent: { kind: 'sent', type: 'call', length: 5, phone_code_hash: 'h2' },
  };

  for (const result of [true, false])
    test(`auto and sendCall give the server's own ${result}`, async () => {
      for (const method of ['auto', 'sendCall'] as const) {
        const expected = { result: { method: 'auth.sendCall', result }, error: undefined, told: [], asked: [LEGACY] };
        assert.deepEqual(await run([bool(result)], { method }), expected);
      }
    });

  const meansGone = [
    gone,
    refusal(400, 'INPUT_METHOD_INVALID'),
    refusal(404, 'METHOD_NOT_FOUND'),
    refusal(404, 'INPUT_METHOD_INVALID'),
    refusal(406, 'UPDATE_APP_TO_LOGIN'),
    refusal(400, 'CONNECTION_LAYER_INVALID'),
    refusal(400, 'INPUT_LAYER_INVALID'),
    refusal(400, 'INPUT_CONSTRUCTOR_INVALID_69796DE9_1'),
    refusal(400, 'INPUT_CONSTRUCTOR_INVALID'),
    refusal(401, 'AUTH_KEY_UNREGISTERED'),
  ];
  for (const error of meansGone) {
    test(`auto falls back from ${error.code} ${error.text}, and has it remembered`, async () => {
      assert.deepEqual(await run([error, CALL]), {
        result: { ...called, fellBackFrom: error },
        error: undefined,
        told: [[error.text, true]],
        asked: [LEGACY, CURRENT],
      });
    });

    test(`sendCall passes ${error.code} ${error.text} on`, async () => {
      const expected = { result: undefined, error, told: [], asked: [LEGACY] };
      assert.deepEqual(await run([error, CALL], { method: 'sendCall' }), expected);
    });
  }

  const meansOther = [
    refusal(400, 'PHONE_CODE_EXPIRED'),
    refusal(400, 'PHONE_CODE_HASH_EMPTY'),
    refusal(400, 'PHONE_NUMBER_INVALID'),
    refusal(400, 'INPUT_FETCH_ERROR'),
    refusal(400, 'CONNECTION_NOT_INITED'),
    refusal(401, 'SESSION_REVOKED'),
    refusal(406, 'PHONE_NUMBER_INVALID'),
    refusal(420, 'FLOOD_WAIT_30'),
    refusal(500, 'AUTH_RESTART'),
    refusal(-503, 'Timeout'),
    new NetworkError('TIMEOUT'),
  ];
  for (const error of meansOther)
    test(`auto passes ${error instanceof RpcError ? error.text : error.type} on`, async () => {
      assert.deepEqual(await run([error, CALL]), { result: undefined, error, told: [], asked: [LEGACY] });
    });

  test('both ways ask with the same number and hash', async () => {
    const caller = fake(gone, CALL);
    await sendCall(caller, { ...issued, method: 'auto', dropped: [] });
    const params = { phone_number: phone, phone_code_hash: 'h1' };
    assert.deepEqual(
      caller.asked.map((call) => call.params),
      [params, params],
    );
  });

  test('auto asks the right one first where the other is known to be dropped', async () => {
    const dropped = ['auth.sendCall'];
    assert.deepEqual(await run([CALL], { dropped }), { result: called, error: undefined, told: [], asked: [CURRENT] });
    assert.deepEqual((await run([bool(true)], { dropped: ['auth.sendSms'] })).asked, [LEGACY]);
  });

  test('sendCall asks a dropped method all the same, resendCode never the legacy one', async () => {
    assert.deepEqual((await run([bool(true)], { method: 'sendCall', dropped: ['auth.sendCall'] })).asked, [LEGACY]);
    assert.deepEqual(await run([CALL], { method: 'resendCode' }), {
      result: called,
      error: undefined,
      told: [],
      asked: [CURRENT],
    });
  });

  test('the result of a resend is whether the answer is a voice call', async () => {
    const answers: [Uint8Array, boolean][] = [
      [CALL, true],
      [APP, false],
      [codeOf({ _: 'auth.sentCodeTypeSms', length: 5 }), false],
      [codeOf({ _: 'auth.sentCodeTypeFlashCall', pattern: '*' }), false],
      [codeOf({ _: 'auth.sentCodeTypeMissedCall', prefix: '7', length: 4 }), false],
      [sentCode({ _: 'auth.sentCodeSuccess', authorization: { _: 'auth.authorizationSignUpRequired' } }), false],
    ];
    for (const [answer, expected] of answers) assert.equal((await run([gone, answer])).result?.result, expected);
  });

  test('a refusal of the fallback comes out, once it is told what it means for the method', async () => {
    const refused: [RpcError, boolean][] = [
      [refusal(406, 'SEND_CODE_UNAVAILABLE', 'auth.resendCode'), true],
      [refusal(400, 'PHONE_CODE_EXPIRED', 'auth.resendCode'), true],
      [refusal(406, 'UPDATE_APP_TO_LOGIN', 'auth.resendCode'), false],
      [refusal(401, 'AUTH_KEY_UNREGISTERED', 'auth.resendCode'), false],
    ];
    for (const [error, remembered] of refused)
      assert.deepEqual(await run([gone, error]), {
        result: undefined,
        error,
        told: [[gone.text, remembered]],
        asked: [LEGACY, CURRENT],
      });
  });

  test('a connection lost in the fallback has taught nothing', async () => {
    const error = new NetworkError('TIMEOUT');
    assert.deepEqual(await run([gone, error]), { result: undefined, error, told: [], asked: [LEGACY, CURRENT] });
  });

  test('what is told is waited for', async () => {
    const steps: string[] = [];
    const onFallback = async () => {
      await new Promise(setImmediate);
      steps.push('saved');
    };
    await sendCall(fake(gone, CALL), { ...issued, method: 'auto', dropped: [], onFallback });
    assert.deepEqual(steps, ['saved']);
  });
});

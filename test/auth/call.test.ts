import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CallRequest, type CallResult, sendCall, sendSms } from '../../src/auth/call.ts';
import { NetworkError, RpcError } from '../../src/errors.ts';
import { current } from '../../src/tl/layer.ts';
import { bool, codeOf, fake, refusal, SIGNED_IN, sentCode } from './fake.ts';

const phone = '79991234567';
const issued = { phone, phone_code_hash: 'h1' };
const CALL = codeOf({ _: 'auth.sentCodeTypeCall', length: 5 });
const APP = codeOf({ _: 'auth.sentCodeTypeApp', length: 5 });

suite('sendCall', () => {
  /** The result, the fallbacks, and the calls. */
  async function run(answers: readonly (Uint8Array | Error)[], request: Partial<CallRequest> = {}) {
    const caller = fake(...answers);
    const fallbacks: [string, boolean][] = [];
    const onFallback = (error: RpcError, gone: boolean) => void fallbacks.push([error.text, gone]);
    let result: CallResult | undefined;
    let error: unknown;
    try {
      result = await sendCall(caller, { ...issued, method: 'auto', dropped: [], onFallback, ...request });
    } catch (thrown) {
      error = thrown;
    }
    return { result, error, fallbacks, asked: caller.asked.map(({ layer, method }) => `${layer} ${method}`) };
  }

  const LEGACY = '49 auth.sendCall';
  const CURRENT = `${current.number} auth.resendCode`;
  const gone = refusal(400, 'INPUT_METHOD_INVALID_63247716_0');
  const called = {
    method: 'auth.resendCode',
    result: true,
    sent: { kind: 'sent', type: 'call', length: 5, phone_code_hash: 'h2' },
  };

  for (const result of [true, false])
    test(`auto and sendCall return the server's ${result}`, async () => {
      for (const method of ['auto', 'sendCall'] as const) {
        const expected = {
          result: { method: 'auth.sendCall', result },
          error: undefined,
          fallbacks: [],
          asked: [LEGACY],
        };
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
    test(`auto falls back from ${error.code} ${error.text}, and reports it as gone`, async () => {
      assert.deepEqual(await run([error, CALL]), {
        result: { ...called, fellBackFrom: error },
        error: undefined,
        fallbacks: [[error.text, true]],
        asked: [LEGACY, CURRENT],
      });
    });

    test(`sendCall throws ${error.code} ${error.text}`, async () => {
      const expected = { result: undefined, error, fallbacks: [], asked: [LEGACY] };
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
    test(`auto throws ${error instanceof RpcError ? error.text : error.type}`, async () => {
      assert.deepEqual(await run([error, CALL]), { result: undefined, error, fallbacks: [], asked: [LEGACY] });
    });

  test('both methods get the same number and hash', async () => {
    const caller = fake(gone, CALL);
    await sendCall(caller, { ...issued, method: 'auto', dropped: [] });
    const params = { phone_number: phone, phone_code_hash: 'h1' };
    assert.deepEqual(
      caller.asked.map((call) => call.params),
      [params, params],
    );
  });

  test('auto calls auth.resendCode first if auth.sendCall is in `dropped`', async () => {
    const dropped = ['auth.sendCall'];
    assert.deepEqual(await run([CALL], { dropped }), {
      result: called,
      error: undefined,
      fallbacks: [],
      asked: [CURRENT],
    });
    assert.deepEqual((await run([bool(true)], { dropped: ['auth.sendSms'] })).asked, [LEGACY]);
  });

  test('sendCall calls a dropped method all the same; resendCode never calls it', async () => {
    assert.deepEqual((await run([bool(true)], { method: 'sendCall', dropped: ['auth.sendCall'] })).asked, [LEGACY]);
    assert.deepEqual(await run([CALL], { method: 'resendCode' }), {
      result: called,
      error: undefined,
      fallbacks: [],
      asked: [CURRENT],
    });
  });

  test('the result of auth.resendCode is whether its type is a call', async () => {
    const answers: [Uint8Array, boolean][] = [
      [CALL, true],
      [APP, false],
      [codeOf({ _: 'auth.sentCodeTypeSms', length: 5 }), false],
      [codeOf({ _: 'auth.sentCodeTypeFlashCall', pattern: '*' }), false],
      [codeOf({ _: 'auth.sentCodeTypeMissedCall', prefix: '7', length: 4 }), false],
      [sentCode({ _: 'auth.sentCodeSuccess', authorization: SIGNED_IN }), false],
    ];
    for (const [answer, expected] of answers) assert.equal((await run([gone, answer])).result?.result, expected);
  });

  test('an error of the fallback is thrown after onFallback', async () => {
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
        fallbacks: [[gone.text, remembered]],
        asked: [LEGACY, CURRENT],
      });
  });

  test('a connection lost in the fallback does not call onFallback', async () => {
    const error = new NetworkError('TIMEOUT');
    assert.deepEqual(await run([gone, error]), { result: undefined, error, fallbacks: [], asked: [LEGACY, CURRENT] });
  });

  test('onFallback is awaited', async () => {
    const steps: string[] = [];
    const onFallback = async () => {
      await new Promise(setImmediate);
      steps.push('saved');
    };
    await sendCall(fake(gone, CALL), { ...issued, method: 'auto', dropped: [], onFallback });
    assert.deepEqual(steps, ['saved']);
  });
});

suite('sendSms', () => {
  const request = { ...issued, method: 'auto', dropped: [] } as const;

  test('calls auth.sendSms at layer 49', async () => {
    const caller = fake(bool(true));
    assert.deepEqual(await sendSms(caller, request), { method: 'auth.sendSms', result: true });
    assert.deepEqual(caller.asked, [
      { layer: 49, method: 'auth.sendSms', params: { phone_number: phone, phone_code_hash: 'h1' } },
    ]);
  });

  const types = [
    [{ _: 'auth.sentCodeTypeSms', length: 5 }, true],
    [{ _: 'auth.sentCodeTypeSmsWord' }, true],
    [{ _: 'auth.sentCodeTypeSmsPhrase' }, true],
    [{ _: 'auth.sentCodeTypeCall', length: 5 }, false],
    [{ _: 'auth.sentCodeTypeFirebaseSms', length: 5 }, false],
  ] as const;
  for (const [type, result] of types)
    test(`auth.resendCode with ${type._} is ${result}`, async () => {
      const caller = fake(codeOf(type));
      const sent = await sendSms(caller, { ...request, dropped: ['auth.sendSms'] });
      assert.equal(sent.result, result);
      assert.deepEqual(
        caller.asked.map(({ method }) => method),
        ['auth.resendCode'],
      );
    });

  test('a dropped auth.sendCall does not affect auth.sendSms', async () => {
    const caller = fake(bool(false));
    assert.equal((await sendSms(caller, { ...request, dropped: ['auth.sendCall'] })).method, 'auth.sendSms');
  });
});

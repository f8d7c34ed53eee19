import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { acceptLogin, type QrOptions, signInByQr } from '../../src/auth/qr.ts';
import type { ListeningCaller } from '../../src/tl/layer.ts';
import { loginLink, loginToken } from '../../src/tl/login-link.ts';
import { ada, answer, type Fake, fake, refusal, SIGNED_IN } from './fake.ts';

const NOW = 1_700_000_000;
const token = (byte: number, expires = NOW + 30) =>
  answer('auth.exportLoginToken', { _: 'auth.loginToken', expires, token: Uint8Array.of(byte, 0xff) });
const success = answer('auth.exportLoginToken', { _: 'auth.loginTokenSuccess', authorization: SIGNED_IN });
const moved = (dc_id: number) =>
  answer('auth.exportLoginToken', { _: 'auth.loginTokenMigrateTo', dc_id, token: Uint8Array.of(9) });
const password = refusal(401, 'SESSION_PASSWORD_NEEDED', 'auth.exportLoginToken');
const expired = refusal(400, 'AUTH_TOKEN_EXPIRED', 'auth.importLoginToken');

/** A caller that gets an update whenever a token was shown. */
function listening(...answers: readonly (Uint8Array | Error)[]): {
  caller: ListeningCaller;
  asked: Fake['asked'];
  run: Run;
} {
  const inner = fake(...answers);
  const listeners = new Set<(body: Uint8Array) => void>();
  const caller: ListeningCaller = {
    call: inner.call,
    onUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const shown: string[] = [];
  const run: Run = async (options = {}) => {
    const onToken = ({ link }: { link: string }) => {
      shown.push(link);
      for (const listener of listeners) listener(new Uint8Array());
    };
    const signal = new AbortController().signal;
    const end = await signInByQr(caller, {
      api_id: 1,
      api_hash: 'a',
      now: () => NOW * 1000,
      onToken,
      signal,
      ...options,
    });
    assert.equal(listeners.size, 0, 'no listener is left');
    return { end, shown };
  };
  return { caller, asked: inner.asked, run };
}

type Run = (options?: Partial<QrOptions>) => Promise<{ end: Awaited<ReturnType<typeof signInByQr>>; shown: string[] }>;

suite('signInByQr', () => {
  test('shows a token, and calls again after every update', async () => {
    const { run, asked } = listening(token(1), token(2), success);
    assert.deepEqual(await run(), {
      end: { kind: 'signedIn', user: ada },
      shown: ['tg://login?token=Af8', 'tg://login?token=Av8'],
    });
    assert.deepEqual(asked[0]?.params, { api_id: 1, api_hash: 'a', except_ids: [] });
    assert.ok(asked.every(({ startsAnew }) => startsAnew === true));
  });

  test('renews a token before it expires, and shows the same one once', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { caller } = listening(token(1), token(1), token(2, NOW), success);
    const shown: string[] = [];
    const ended = signInByQr(caller, {
      api_id: 1,
      api_hash: 'a',
      now: () => NOW * 1000,
      onToken: ({ link }) => shown.push(link),
      signal: new AbortController().signal,
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await turn();
    t.mock.timers.tick(28_999);
    await turn();
    assert.deepEqual(shown, ['tg://login?token=Af8']);
    t.mock.timers.tick(1);
    await turn();
    t.mock.timers.tick(29_000);
    await turn();
    assert.deepEqual(shown, ['tg://login?token=Af8', 'tg://login?token=Av8']);
    t.mock.timers.tick(999); // already expired, but not renewed at once
    await turn();
    t.mock.timers.tick(1);
    assert.deepEqual(await ended, { kind: 'signedIn', user: ada });
  });

  test('follows an accepted token to the data centre of the account, and its password', async () => {
    const there = listening(token(1), moved(4), success);
    assert.deepEqual((await there.run()).end, { kind: 'signedIn', user: ada });
    assert.deepEqual(
      there.asked.map(({ method, dc }) => [method, dc]),
      [
        ['auth.exportLoginToken', undefined],
        ['auth.exportLoginToken', undefined],
        ['auth.importLoginToken', 4],
      ],
    );
    assert.deepEqual((await listening(token(1), moved(4), password).run()).end, { kind: 'passwordNeeded', dc: 4 });
    assert.deepEqual((await listening(token(1), password).run()).end, { kind: 'passwordNeeded' });
  });

  test('shows another token when one was accepted too late, a few times', async () => {
    const late = listening(token(1), moved(4), expired, token(2), moved(4), success);
    assert.deepEqual((await late.run()).shown.length, 2);
    const never = listening(moved(4), expired, moved(4), expired, moved(4), expired);
    await assert.rejects(never.run(), expired);
  });

  test('ends with the signal or an error', async () => {
    const { run } = listening(token(1));
    const stop = new AbortController();
    const reason = new Error('enough');
    await assert.rejects(run({ onToken: () => stop.abort(reason), signal: stop.signal }), reason);
    const refused = refusal(400, 'API_ID_INVALID', 'auth.exportLoginToken');
    await assert.rejects(listening(refused).run(), refused);
  });
});

suite('a login link', () => {
  test('parses to its token', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (bytes) => {
        assert.deepEqual(loginToken(loginLink(bytes)), bytes);
      }),
    );
  });

  test('must be of this form', () => {
    for (const text of [
      '',
      'tg://login',
      'tg://login?token=',
      'tg://proxy?token=abcd',
      'tg://login?token=a b',
      'abcde',
      'tg://login?token=abcde',
    ])
      assert.equal(loginToken(text), undefined, text);
  });

  test('is accepted by a signed-in device', async () => {
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
    const caller = fake(answer('auth.acceptLoginToken', { _: 'authorization', ...device }));
    assert.deepEqual(await acceptLogin(caller, Uint8Array.of(1)), device);
    assert.deepEqual(caller.asked[0]?.params, { token: Uint8Array.of(1) });
  });
});

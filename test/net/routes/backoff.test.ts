import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import fc from 'fast-check';
import { InterruptedError, NetworkError } from '../../../src/errors.ts';
import { backoff, sleep } from '../../../src/net/routes/backoff.ts';

const always = (byte: number) => (length: number) => new Uint8Array(length).fill(byte);

test('the pause doubles, up to five seconds', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 2000].map((failures) => backoff(failures, always(0))),
    [150, 300, 600, 1200, 2400, 4800, 5000, 5000],
  );
});

test('it is shortened at random by up to half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(255), (failures, byte) => {
      const most = backoff(failures, always(0));
      const wait = backoff(failures, always(byte));
      assert.ok(wait > most / 2 && wait <= most);
      assert.equal(wait === most, byte === 0);
    }),
  );
});

test('a sleep ends when its time is up, or on an abort', async () => {
  const never = new AbortController().signal;
  await sleep(0, never);
  await sleep(1, never);
  const reason = new NetworkError('TIMEOUT', { seconds: 1 });
  await assert.rejects(sleep(60_000, AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const sleeping = sleep(2 ** 40, controller.signal);
  controller.abort();
  await assert.rejects(sleeping, InterruptedError);
});

test('a wait of weeks, which is longer than one timer, is not cut short', async () => {
  const warned = mock.method(process, 'emitWarning', () => {});
  const controller = new AbortController();
  let over = false;
  const sleeping = sleep(30 * 86_400_000, controller.signal).finally(() => {
    over = true;
  });
  await sleep(2, controller.signal); // a timer that overflows fires after one millisecond
  assert.equal(over, false);
  assert.equal(warned.mock.callCount(), 0);
  warned.mock.restore();
  controller.abort();
  await assert.rejects(sleeping, InterruptedError);
});

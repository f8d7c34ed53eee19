/** The deadline of a command, on a fake clock. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Deadline } from '../../../src/cli/settings/deadline.ts';
import { InterruptedError, NetworkError } from '../../../src/errors.ts';

/** Returns a function that advances the time. */
function clock(t: TestContext): (ms: number) => void {
  let now = 0;
  t.mock.timers.enable({ apis: ['setTimeout'] });
  t.mock.method(process, 'uptime', () => now / 1000);
  return (ms) => {
    now += ms;
    t.mock.timers.tick(ms);
  };
}

const never = new AbortController().signal;

test('aborts with TIMEOUT after its seconds', (t) => {
  const pass = clock(t);
  const { signal } = new Deadline(2.5, never);
  pass(2499);
  assert.equal(signal.aborted, false);
  pass(1);
  assert.ok(signal.reason instanceof NetworkError && signal.reason.type === 'TIMEOUT');
  assert.match(signal.reason.message, /2\.5 s\./);
});

test('0 means no deadline', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(0, never);
  assert.ok(deadline.allow(1e9));
  pass(1e9);
  assert.equal(deadline.signal.aborted, false);
});

test('aborts with the reason of an interrupt, even of an earlier one', () => {
  const controller = new AbortController();
  const deadline = new Deadline(0, controller.signal);
  const reason = new InterruptedError();
  controller.abort(reason);
  assert.equal(deadline.signal.reason, reason);
  assert.equal(new Deadline(0, controller.signal).signal.reason, reason);
});

test('stands still while it is paused', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(10, never);
  pass(6000);
  deadline.pause();
  pass(1e6);
  deadline.resume();
  pass(3999);
  assert.equal(deadline.signal.aborted, false);
  pass(1);
  assert.equal(deadline.signal.aborted, true);
});

test('allows a wait only if it ends before a deadline that the user set', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(10, never);
  pass(6000);
  assert.ok(!deadline.allow(4));
  assert.ok(deadline.allow(3));
  pass(3999);
  assert.equal(deadline.signal.aborted, false);
  pass(1);
  assert.equal(deadline.signal.aborted, true);
});

test('moves by the length of a wait if it is the default', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(10, never, { isSet: false });
  pass(6000);
  assert.ok(deadline.allow(60));
  pass(63_999);
  assert.equal(deadline.signal.aborted, false);
  pass(1);
  assert.equal(deadline.signal.aborted, true);
});

test('can be longer than the longest timer', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(10, never, { isSet: false });
  const month = 2_592_000;
  assert.ok(deadline.allow(month));
  pass(1000 * month);
  assert.equal(deadline.signal.aborted, false);
  pass(10_000);
  assert.equal(deadline.signal.aborted, true);
});

test('aborts nothing after its end', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(1, never);
  deadline.end();
  pass(5000);
  assert.equal(deadline.signal.aborted, false);
});

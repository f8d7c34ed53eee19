/** The one deadline of a command, on a clock of the test. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Deadline } from '../../../src/cli/settings/deadline.ts';
import { InterruptedError, NetworkError } from '../../../src/errors.ts';

/** Time passes when the test says so. */
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

test('it is a time-out, of that many seconds', (t) => {
  const pass = clock(t);
  const { signal } = new Deadline(2.5, never);
  pass(2499);
  assert.equal(signal.aborted, false);
  pass(1);
  assert.ok(signal.reason instanceof NetworkError && signal.reason.type === 'TIMEOUT');
  assert.match(signal.reason.message, /2\.5 s\./);
});

test('0 is none', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(0, never);
  assert.ok(deadline.allow(1e9));
  pass(1e9);
  assert.equal(deadline.signal.aborted, false);
});

test('an interrupt ends it with its own reason, even one that came before', () => {
  const controller = new AbortController();
  const deadline = new Deadline(0, controller.signal);
  const reason = new InterruptedError();
  controller.abort(reason);
  assert.equal(deadline.signal.reason, reason);
  assert.equal(new Deadline(0, controller.signal).signal.reason, reason);
});

test('it stands still while a person is asked', (t) => {
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

test('a wait that was asked for has to end within one that was set', (t) => {
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

test('a wait that was asked for moves the default one', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(10, never, { isSet: false });
  pass(6000);
  assert.ok(deadline.allow(60));
  pass(63_999);
  assert.equal(deadline.signal.aborted, false);
  pass(1);
  assert.equal(deadline.signal.aborted, true);
});

test('one that is longer than a timer can run does not fire at once', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(10, never, { isSet: false });
  const month = 2_592_000;
  assert.ok(deadline.allow(month));
  pass(1000 * month);
  assert.equal(deadline.signal.aborted, false);
  pass(10_000);
  assert.equal(deadline.signal.aborted, true);
});

test('once it is ended it aborts nothing', (t) => {
  const pass = clock(t);
  const deadline = new Deadline(1, never);
  deadline.end();
  pass(5000);
  assert.equal(deadline.signal.aborted, false);
});

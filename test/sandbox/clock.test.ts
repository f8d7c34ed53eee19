/** The clock of the rules, on a real clock that the test holds. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { UsageError } from '../../src/errors.ts';
import { Clock } from '../../src/sandbox/clock.ts';

const START = 1_700_000_000_000;

function setUp(speed?: number) {
  let time = START;
  const clock = new Clock(() => time, speed);
  const pass = (ms: number) => {
    time += ms;
  };
  return { clock, pass, real: () => time };
}

describe('the clock of the rules', () => {
  test('is the real one until it is moved', () => {
    const { clock, pass } = setUp();
    pass(1234);
    assert.equal(clock.now(), START + 1234);
    assert.equal(clock.seconds(60_000), 60);
    assert.equal(clock.date(START + 1234 + 30_000), 1_700_000_032);
  });

  test('is moved by seconds or to a time, and reset', () => {
    const { clock, pass } = setUp();
    clock.move({ advance: 60 });
    pass(1000);
    assert.equal(clock.now(), START + 61_000);
    clock.move({ advance: 0.25 });
    assert.equal(clock.now(), START + 61_250);
    clock.move({ now: 1_600_000_000 });
    assert.equal(clock.now(), 1_600_000_000_000);
    pass(1000);
    assert.equal(clock.now(), 1_600_000_001_000);
    clock.reset();
    assert.equal(clock.now(), START + 2000, 'two seconds have passed');
  });

  test('runs faster with a speed, and converts waits and dates to real ones', () => {
    const { clock, pass } = setUp(20);
    pass(1000);
    assert.equal(clock.now(), START + 20_000);
    assert.deepEqual(
      [1, 1000, 20_000, 20_001, 60_000, 3_600_000].map((ms) => clock.seconds(ms)),
      [1, 1, 1, 2, 3, 180],
    );
    assert.equal(clock.date(clock.now() + 300_000), 1_700_000_016, 'in 15 seconds');
    assert.equal(clock.date(START), 1_700_000_000, 'a second ago');
    clock.move({ advance: 100 });
    assert.equal(clock.date(clock.now() + 300_000), 1_700_000_016, 'still in 15 seconds');
  });

  test('has only dates that fit in 32 bits', () => {
    const { clock } = setUp();
    clock.move({ now: 0 });
    assert.equal(clock.date(START * 2), 2 ** 31 - 1);
    clock.move({ now: 253_402_300_799 });
    assert.equal(clock.date(START), 0);
  });

  test('has passed the end of a wait once a client has waited the converted seconds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3600 }),
        fc.nat(1e9),
        fc.integer({ min: 1, max: 1e8 }),
        (speed, passed, waitMs) => {
          const { clock, pass } = setUp(speed);
          pass(passed);
          const end = clock.now() + waitMs;
          const date = clock.date(end);
          assert.ok(date * 1000 >= START + passed);
          pass(clock.seconds(waitMs) * 1000);
          assert.ok(clock.now() >= end);
        },
      ),
    );
  });

  test('refuses impossible times and speeds', () => {
    const { clock } = setUp();
    for (const change of [
      { advance: -1 },
      { advance: Number.NaN },
      { advance: Number.POSITIVE_INFINITY },
      { advance: 1e12 },
      { now: -1 },
      { now: START },
      { now: Number.NaN },
    ])
      assert.throws(() => clock.move(change), UsageError);
    assert.equal(clock.now(), START);
    for (const speed of [0, -1, 0.5, 3601, Number.NaN]) assert.throws(() => setUp(speed), /speed must be/);
  });
});

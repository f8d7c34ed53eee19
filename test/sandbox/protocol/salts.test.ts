import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Salts } from '../../../src/sandbox/protocol/salts.ts';
import { NOW, seeded } from '../../pair.ts';

const MINUTE = 60_000;

function salts() {
  const clock = { now: NOW };
  return { clock, salts: new Salts(7n, () => clock.now, seeded('salts')) };
}

test('a salt is current for half an hour and accepted for an hour', () => {
  const { clock, salts: of } = salts();
  const next = of.future(2)[1]?.salt ?? assert.fail('one salt only');
  assert.equal(of.accepts(next), false, 'not valid yet');
  for (const [minutes, current, old] of [
    [0, 7n, true],
    [29.9, 7n, true],
    [30, next, true],
    [59.9, next, true],
    [60, undefined, false],
  ] as const) {
    clock.now = NOW + minutes * MINUTE;
    if (current !== undefined) assert.equal(of.current, current, `${minutes}`);
    assert.equal(of.accepts(7n), old, `${minutes}`);
    assert.equal(of.accepts(next), minutes >= 30, `${minutes}`);
  }
});

test('after days without use the salts begin now, half an hour apart', () => {
  const { clock, salts: of } = salts();
  clock.now = NOW + 10 * 24 * 60 * MINUTE;
  const all = of.future(3);
  const begins = all.map(({ valid_since }) => valid_since - clock.now / 1000);
  assert.deepEqual(begins, [0, 1800, 3600]);
  assert.ok(all.every(({ valid_since, valid_until }) => valid_until - valid_since === 3600));
  assert.equal(new Set(all.map(({ salt }) => salt)).size, 3);
  assert.equal(of.accepts(7n), false);
});

test('future() returns 1 to 64 salts', () => {
  const { salts: of } = salts();
  for (const [asked, returned] of [
    [-1, 1],
    [0, 1],
    [1, 1],
    [64, 64],
    [65, 64],
  ] as const)
    assert.equal(of.future(asked).length, returned);
});

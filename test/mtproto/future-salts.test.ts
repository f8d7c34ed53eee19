import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordsOf, saltAt, saltsCall } from '../../src/mtproto/future-salts.ts';

const HOUR = 3600;
const salts = Array.from({ length: 64 }, (_, i) => ({
  valid_since: 1_700_000_000 + (i * HOUR) / 2,
  valid_until: 1_700_000_000 + (i * HOUR) / 2 + HOUR,
  salt: BigInt(i) - 2n ** 63n,
}));
const records = recordsOf(salts.toReversed());
const at = (hours: number) => 1_700_000_000 + hours * HOUR;

test('the newest salt that has been valid for a minute is used', () => {
  for (const [hours, index] of [
    [0.25, 0],
    [0.5, 0], // the next one has just begun
    [0.6, 1],
    [31.9, 63],
  ] as const)
    assert.equal(saltAt(records, at(hours)), salts[index]?.salt, `after ${hours} hours`);
  for (const hours of [-1, 0, 32.5, 1000]) assert.equal(saltAt(records, at(hours)), undefined, `after ${hours} hours`);
  assert.equal(saltAt(undefined, at(1)), undefined);
});

test('salts are asked for when none are known, and sixteen hours before the last one ends', () => {
  assert.equal(saltsCall(records, at(16)), undefined);
  for (const known of [undefined, recordsOf([])]) assert.ok(saltsCall(known, at(0)));
  assert.deepEqual(saltsCall(records, at(17)), Uint8Array.of(4, 189, 33, 185, 64, 0, 0, 0));
});

test('of more salts than can be asked for, the first 64 are kept', () => {
  const last = { valid_since: at(40), valid_until: at(41), salt: 5n };
  assert.deepEqual(recordsOf([last, ...salts]), records);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { factor } from '../../src/crypto/factor.ts';
import { isSmallPrime } from '../../src/crypto/number.ts';

const vectors: { pq: string; p: string; q: string; note: string }[] = JSON.parse(
  readFileSync(new URL('../vectors/pq.json', import.meta.url), 'utf8'),
);

/** The next prime from a number on. */
function primeFrom(start: number): bigint {
  let candidate = BigInt(start) | 1n;
  while (!isSmallPrime(candidate)) candidate += 2n;
  return candidate;
}

test('the vectors: both factors, or a refusal of what is no legal pq', () => {
  for (const { pq, p, q, note } of vectors) {
    if (p === q) assert.throws(() => factor(BigInt(pq)), { name: 'SecurityError' }, note);
    else assert.deepEqual(factor(BigInt(pq)), [BigInt(p), BigInt(q)], note);
  }
});

test('any two different primes below 2^31.5', () => {
  const prime = fc.integer({ min: 2 ** 30, max: 3_037_000_000 }).map(primeFrom);
  const small = fc.integer({ min: 3, max: 2 ** 20 }).map(primeFrom);
  fc.assert(
    fc.property(fc.oneof(prime, small), prime, (p, q) => {
      fc.pre(p !== q && p * q < 1n << 63n);
      assert.deepEqual(factor(p * q), p < q ? [p, q] : [q, p]);
    }),
    { numRuns: 300 },
  );
});

test('neighbours, where a search from the root ends at once, and twins of a power of two', () => {
  for (const start of [2 ** 12, 2 ** 16, 2 ** 20, 2 ** 26, 2 ** 30, 2 ** 31 - 2000]) {
    const p = primeFrom(start);
    const q = primeFrom(Number(p) + 2);
    assert.deepEqual(factor(p * q), [p, q]);
  }
});

test('primes, squares, cubes, products of three, and numbers out of range are refused', () => {
  const p = primeFrom(2 ** 20);
  const q = primeFrom(2 ** 20 + 100);
  const bad = [
    0n,
    1n,
    2n,
    3n,
    4n,
    8n,
    12n,
    p,
    p * p,
    p * p * q,
    2n * 3n * 5n,
    (1n << 61n) - 1n,
    1n << 62n,
    1n << 63n,
    -15n,
  ];
  for (const pq of bad) assert.throws(() => factor(pq), { name: 'SecurityError' }, String(pq));
});

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

test('the vectors: both factors, or an error for an invalid pq', () => {
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

test('neighbouring primes, and primes near a power of two', () => {
  for (const start of [2 ** 12, 2 ** 16, 2 ** 20, 2 ** 26, 2 ** 30, 2 ** 31 - 2000]) {
    const p = primeFrom(start);
    const q = primeFrom(Number(p) + 2);
    assert.deepEqual(factor(p * q), [p, q]);
  }
});

test('every product of two different primes below 300', () => {
  const primes = Array.from({ length: 300 }, (_, n) => BigInt(n)).filter(isSmallPrime);
  for (const p of primes) for (const q of primes) if (p < q) assert.deepEqual(factor(p * q), [p, q]);
});

test('primes of any sizes', () => {
  const prime = fc.integer({ min: 1, max: 30 }).chain((bits) => fc.integer({ min: 2 ** bits, max: 2 ** (bits + 1) }));
  fc.assert(
    fc.property(prime.map(primeFrom), prime.map(primeFrom), (p, q) => {
      fc.pre(p !== q);
      assert.deepEqual(factor(p * q), p < q ? [p, q] : [q, p]);
    }),
    { numRuns: 300 },
  );
});

test('hard cases: powers of primes, and numbers that need the second round', () => {
  for (const p of [1009n, 10007n, 956119n])
    for (const n of [p ** 2n, p ** 3n]) assert.throws(() => factor(n), { name: 'SecurityError' });
  const far: readonly (readonly [bigint, bigint])[] = [
    [1653338483n, 1896717821n],
    [1725671677n, 1905349351n],
    [1646769109n, 2019618379n],
    [1922970949n, 1954626239n],
    [1715713949n, 1798920899n],
    [1660860739n, 2003080589n],
  ];
  for (const [p, q] of far) assert.deepEqual(factor(p * q), [p, q]);
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

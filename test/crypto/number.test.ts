import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '../../src/bytes.ts';
import { fromBytes, isSmallPrime, powerOfTwo, residue } from '../../src/crypto/number.ts';

test('bytes are a big-endian number, also with leading zeros and without any bytes', () => {
  assert.equal(fromBytes(new Uint8Array()).toString(), '0');
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
      assert.equal(fromBytes(bytes).toString(), BigInt(`0x${toHex(bytes)}`).toString());
    }),
  );
});

test('residues and powers of two', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 256 }), fc.integer({ min: 1, max: 24 }), (bytes, modulus) => {
      assert.equal(residue(fromBytes(bytes), modulus), Number(BigInt(`0x${toHex(bytes)}`) % BigInt(modulus)));
    }),
  );
  assert.equal(powerOfTwo(1984).toString(), (1n << 1984n).toString());
});

test('primes below 1000, checked by division', () => {
  const byDivision = (n: number) => n > 1 && !Array.from({ length: n }, (_, d) => d).some((d) => d > 1 && n % d === 0);
  for (let n = 0; n < 1000; n++) assert.equal(isSmallPrime(BigInt(n)), byDivision(n), String(n));
});

test('strong pseudoprimes to the first bases are not prime', () => {
  // The least strong pseudoprimes to all prime bases up to 7, 13, 23 and 31, and Carmichael numbers.
  for (const n of [3215031751n, 3474749660383n, 3825123056546413051n, 561n, 1729n, 118901521n])
    assert.equal(isSmallPrime(n), false, String(n));
  for (const n of [2147483647n, 3036998477n, 2305843009213693951n, 9223372036854775783n])
    assert.equal(isSmallPrime(n), true, String(n));
});

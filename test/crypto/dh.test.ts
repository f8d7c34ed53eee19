import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, padStart, toHex } from '../../src/bytes.ts';
import { checkDhParameters, checkDhPublic, dhPair, KNOWN_PRIME } from '../../src/crypto/dh.ts';

const { sample, synthetic } = JSON.parse(readFileSync(new URL('../vectors/handshake.json', import.meta.url), 'utf8'));
const P = BigInt(`0x${toHex(KNOWN_PRIME)}`);
const refused = { name: 'SecurityError' };

function bytesOf(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return padStart(fromHex(hex.length % 2 === 0 ? hex : `0${hex}`), 256);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let b = base % modulus, e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus)
    if (e & 1n) result = (result * b) % modulus;
  return result;
}

test('a pair has the powers of plain arithmetic, with leading zeros', () => {
  const secret = fc.uint8Array({ minLength: 256, maxLength: 256 });
  const edges = fc.constantFrom(new Uint8Array(256).fill(255), bytesOf(5n), bytesOf(1n << 1200n));
  fc.assert(
    fc.property(fc.oneof(secret, edges), secret, fc.constantFrom(3, 4, 7), (mine, other, g) => {
      const exponent = BigInt(`0x${toHex(mine)}`);
      fc.pre(exponent > 1n);
      const pair = dhPair(g, KNOWN_PRIME, mine);
      assert.equal(toHex(pair.public), toHex(bytesOf(power(BigInt(g), exponent, P))));
      const theirs = (BigInt(`0x${toHex(other)}`) % (P - 3n)) + 2n;
      assert.equal(toHex(pair.shared(bytesOf(theirs))), toHex(bytesOf(power(theirs, exponent, P))));
    }),
    { numRuns: 25 },
  );
});

test('both sides agree', () => {
  const a = dhPair(3, KNOWN_PRIME, new Uint8Array(256).fill(7));
  const b = dhPair(3, KNOWN_PRIME, new Uint8Array(256).fill(9));
  assert.deepEqual(a.shared(b.public), b.shared(a.public));
});

test('powers of the published and of our own exchange', () => {
  for (const { b, g_a, g_b, auth_key } of [sample, synthetic]) {
    const pair = dhPair(3, KNOWN_PRIME, fromHex(b));
    assert.equal(toHex(pair.public), g_b);
    assert.equal(toHex(pair.shared(fromHex(g_a))), auth_key);
  }
  const server = dhPair(3, KNOWN_PRIME, fromHex(synthetic.a));
  assert.equal(toHex(server.public), synthetic.g_a);
  assert.equal(toHex(server.shared(fromHex(synthetic.g_b))), synthetic.auth_key);
});

test('a base of any size and small powers', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 2n, max: 1n << 2040n }), fc.bigInt({ min: 1n, max: 100n }), (base, exponent) => {
      const secret = bytesOf(exponent);
      assert.equal(toHex(dhPair(bytesOf(base), KNOWN_PRIME, secret).public), toHex(bytesOf(power(base, exponent, P))));
    }),
    { numRuns: 20 },
  );
  assert.equal(toHex(dhPair(3, KNOWN_PRIME, Uint8Array.of(3)).shared(Uint8Array.of(5))), toHex(bytesOf(125n)));
});

test('a result with a leading zero keeps its 256 bytes', () => {
  // 3^e is below 2^2040 for a small exponent, so its first byte is zero.
  const pair = dhPair(3, KNOWN_PRIME, bytesOf(1200n));
  assert.equal(pair.public.length, 256);
  assert.equal(pair.public[0], 0);
  assert.equal(toHex(pair.public), toHex(bytesOf(3n ** 1200n % P)));
});

test('a public value whose last bytes look like a DER number is read completely', () => {
  const lookAlike = (number: bigint) =>
    ((number >> 8n) & 0xffffn) === 0x0201n || ((number >> 16n) & 0xffffn) === 0x0202n;
  let exponent = 1n << 300n;
  let value = power(3n, exponent, P);
  let found = 0;
  for (let tried = 0; found < 2 && tried < 200_000; tried++) {
    exponent += 1n;
    value = (value * 3n) % P;
    if (!lookAlike(value)) continue;
    found++;
    assert.equal(toHex(dhPair(3, KNOWN_PRIME, bytesOf(exponent)).public), toHex(bytesOf(value)));
  }
  assert.equal(found, 2);
});

test('g = 3, 4 and 7 fit the known prime', () => {
  for (const g of [3, 4, 7]) checkDhParameters(KNOWN_PRIME, g);
  for (const g of [-1, 0, 1, 2, 5, 6, 8, 1000]) assert.throws(() => checkDhParameters(KNOWN_PRIME, g), refused);
});

test('each g has its own condition for the prime', () => {
  // Checked before the costly test of the prime, so these need not be primes.
  const wrong = { check: 'g generates a subgroup of prime order modulo dh_prime' };
  const conditions: readonly (readonly [g: number, modulus: bigint, allowed: readonly bigint[]])[] = [
    [2, 8n, [7n]],
    [3, 3n, [2n]],
    [5, 5n, [1n, 4n]],
    [6, 24n, [19n, 23n]],
    [7, 7n, [3n, 5n, 6n]],
  ];
  for (const [g, modulus, allowed] of conditions)
    for (let n = P - 24n; n < P; n++) {
      const check = allowed.includes(n % modulus) ? { check: 'dh_prime is a safe prime' } : wrong;
      assert.throws(
        () => checkDhParameters(bytesOf(n), g),
        check,
        `g = ${g}, dh_prime mod ${modulus} = ${n % modulus}`,
      );
    }
});

test('a prime must have 2048 bits, be prime, and be safe', () => {
  assert.throws(() => checkDhParameters(KNOWN_PRIME.subarray(1), 4), refused);
  assert.throws(() => checkDhParameters(bytesOf(P >> 1n), 4), refused);
  assert.throws(() => checkDhParameters(bytesOf(P - 2n), 4), refused);
  // Prime, but (p − 1) / 2 is not: the largest prime of 2048 bits.
  assert.throws(() => checkDhParameters(bytesOf((1n << 2048n) - 1557n), 4), { check: 'dh_prime is a safe prime' });
});

test('another safe prime passes: the one of RFC 3526, group 14', () => {
  const group14 = fromHex(
    'ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd' +
      'ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed' +
      'ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f' +
      '83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b' +
      'e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510' +
      '15728e5a8aacaa68ffffffffffffffff',
  );
  for (const g of [2, 3, 4, 5, 6, 7]) checkDhParameters(group14, g);
});

test('public values near either end are refused', () => {
  const margin = 1n << 1984n;
  for (const good of [margin, P - margin, P / 2n]) checkDhPublic(bytesOf(good), KNOWN_PRIME);
  for (const bad of [0n, 1n, 2n, margin - 1n, P - margin + 1n, P - 1n, P, P + 1n])
    assert.throws(() => checkDhPublic(bytesOf(bad), KNOWN_PRIME), refused);
});

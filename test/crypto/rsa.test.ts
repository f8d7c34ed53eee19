import assert from 'node:assert/strict';
import { checkPrimeSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex, toHex } from '../../src/bytes.ts';
import { rsaPad } from '../../src/crypto/rsa.ts';
import { generateRsaKey } from '../../src/sandbox/protocol/rsa-key.ts';
import { seeded } from '../pair.ts';

const { synthetic } = JSON.parse(readFileSync(new URL('../vectors/handshake.json', import.meta.url), 'utf8'));
const key = generateRsaKey(seeded('rsa'));

test('the vector, whose first temp_key gives a number above the modulus', () => {
  const { padding, temp_keys, encrypted_data } = synthetic.rsa_pad;
  const pieces = [padding, ...temp_keys.map((each: { temp_key: string }) => each.temp_key)].map(fromHex);
  const random = (length: number) => {
    const next = pieces.shift() ?? assert.fail('more randomness than expected');
    assert.equal(next.length, length);
    return next;
  };
  const public_ = { n: fromHex(synthetic.rsa.n), e: fromHex(synthetic.rsa.e) };
  assert.equal(toHex(rsaPad(fromHex(synthetic.inner_data), public_, random)), encrypted_data);
  assert.equal(pieces.length, 0);
});

test('more than 144 bytes of data, or a key without 256 bytes, is refused', () => {
  assert.throws(() => rsaPad(new Uint8Array(145), key, seeded('')), RangeError);
  assert.throws(() => rsaPad(new Uint8Array(144), { ...key, n: key.n.subarray(1) }, seeded('')), RangeError);
});

test('a key has the values of RFC 8017', () => {
  const of = (bytes: Uint8Array) => BigInt(`0x${toHex(bytes)}`);
  for (const seed of ['rsa', 'one', 'two']) {
    const pair = generateRsaKey(seeded(seed));
    const [n, e, d, p, q] = [of(pair.n), of(pair.e), of(pair.d), of(pair.p), of(pair.q)];
    assert.ok(checkPrimeSync(p) && checkPrimeSync(q) && p !== q);
    assert.deepEqual([p >> 1022n, q >> 1022n, n >> 2047n, e], [3n, 3n, 1n, 65537n]);
    assert.equal(n, p * q);
    assert.deepEqual([(d * e) % (p - 1n), (d * e) % (q - 1n)], [1n, 1n]);
    assert.deepEqual([of(pair.dp), of(pair.dq), (of(pair.qi) * q) % p], [d % (p - 1n), d % (q - 1n), 1n]);
    for (const bytes of Object.values(pair)) assert.notEqual(bytes[0], 0);
  }
});

test('each prime is the first one from the drawn number on', () => {
  const random = seeded('rsa');
  for (const prime of [key.p, key.q]) {
    let candidate = BigInt(`0x${toHex(random(128))}`) | (3n << 1022n) | 1n;
    while (!checkPrimeSync(candidate)) candidate += 2n;
    assert.equal(toHex(prime), candidate.toString(16));
  }
});

test('a seed always gives the same key, another seed another key', () => {
  assert.equal(toHex(generateRsaKey(seeded('rsa')).n), toHex(key.n));
  assert.notEqual(toHex(generateRsaKey(seeded('other')).n), toHex(key.n));
  assert.equal(key.n.length, 256);
  assert.ok((key.n[0] ?? 0) >= 0x80);
});

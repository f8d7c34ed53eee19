import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/bytes.ts';
import { ctr, igeDecrypt, igeEncrypt } from '../../src/crypto/aes.ts';

const vectors: { key: string; iv: string; plaintext: string; ciphertext: string }[] = JSON.parse(
  readFileSync(new URL('../vectors/aes.json', import.meta.url), 'utf8'),
);

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test('IGE: the vectors, in both directions', () => {
  assert.ok(vectors.length > 0);
  for (const { key, iv, plaintext, ciphertext } of vectors) {
    assert.equal(toHex(igeEncrypt(fromHex(key), fromHex(iv), fromHex(plaintext))), ciphertext);
    assert.equal(toHex(igeDecrypt(fromHex(key), fromHex(iv), fromHex(ciphertext))), plaintext);
  }
});

test('IGE: decryption returns the plaintext, and the arguments do not change', () => {
  fc.assert(
    fc.property(bytes(32), bytes(32), fc.integer({ min: 0, max: 40 }), fc.nat(255), (key, iv, blocks, fill) => {
      const data = new Uint8Array(16 * blocks).fill(fill);
      const [ivBefore, dataBefore] = [toHex(iv), toHex(data)];
      const encrypted = igeEncrypt(key, iv, data);
      assert.deepEqual(igeDecrypt(key, iv, encrypted), data);
      assert.deepEqual([toHex(iv), toHex(data)], [ivBefore, dataBefore]);
    }),
  );
});

test('IGE: a changed byte garbles its block and all after it', () => {
  const [key, iv, data] = [new Uint8Array(32), new Uint8Array(32).fill(1), new Uint8Array(96).fill(2)];
  const encrypted = igeEncrypt(key, iv, data);
  encrypted[40] = (encrypted[40] ?? 0) ^ 1;
  const opened = igeDecrypt(key, iv, encrypted);
  assert.deepEqual(opened.subarray(0, 32), data.subarray(0, 32));
  for (let at = 32; at < 96; at += 16) assert.notDeepEqual(opened.subarray(at, at + 16), data.subarray(at, at + 16));
});

test('IGE: wrong lengths are refused', () => {
  for (const [key, iv, data] of [
    [31, 32, 16],
    [32, 16, 16],
    [32, 32, 15],
  ]) {
    assert.throws(
      () => igeEncrypt(new Uint8Array(key ?? 0), new Uint8Array(iv ?? 0), new Uint8Array(data ?? 0)),
      RangeError,
    );
    assert.throws(
      () => igeDecrypt(new Uint8Array(key ?? 0), new Uint8Array(iv ?? 0), new Uint8Array(data ?? 0)),
      RangeError,
    );
  }
});

test('CTR: one stream, however it is split', () => {
  fc.assert(
    fc.property(bytes(32), bytes(16), fc.array(fc.uint8Array({ maxLength: 50 })), (key, iv, parts) => {
      const whole = ctr(key, iv)(Buffer.concat(parts));
      const stream = ctr(key, iv);
      assert.deepEqual(new Uint8Array(Buffer.concat(parts.map(stream))), whole);
      assert.deepEqual(ctr(key, iv)(whole), new Uint8Array(Buffer.concat(parts)));
    }),
  );
});

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { sha1 as nobleSha1 } from '@noble/hashes/legacy.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { sameSecret } from '../../src/crypto/compare.ts';
import { sha1, sha256 } from '../../src/crypto/hash.ts';
import { hmacSha256 } from '../../src/crypto/hmac.ts';

test('the hash of parts equals that of @noble/hashes for the joined parts', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 }), (parts) => {
      const joined = Buffer.concat(parts);
      assert.deepEqual(sha1(...parts), nobleSha1(joined));
      assert.deepEqual(sha256(...parts), nobleSha256(joined));
    }),
  );
});

test('the HMAC of parts equals that of OpenSSL for the joined parts', () => {
  const bytes = () => fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(bytes(), fc.array(bytes(), { maxLength: 4 }), (key, parts) => {
      const expected = createHmac('sha256', key).update(Buffer.concat(parts)).digest();
      assert.deepEqual(hmacSha256(key, ...parts), new Uint8Array(expected));
    }),
  );
});

test('secrets are the same only if every byte and the length are', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, where, mask) => {
      const changed = bytes.map((byte, i) => (i === where % bytes.length ? byte ^ mask : byte));
      assert.equal(sameSecret(bytes, bytes.slice()), true);
      assert.equal(sameSecret(bytes, changed), false);
      assert.equal(sameSecret(bytes, bytes.subarray(1)), false);
    }),
  );
  assert.equal(sameSecret(new Uint8Array(), new Uint8Array()), true);
});

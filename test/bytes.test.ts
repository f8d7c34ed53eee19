/** Bytes as text, also more bytes than a call can have arguments. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toBase64, toLatin1 } from '../src/bytes.ts';

test('1 MiB, and the middle of a longer buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), (bytes, start) => {
      const part = bytes.subarray(start);
      assert.equal(toLatin1(part), String.fromCharCode(...part));
      assert.equal(toBase64(part), btoa(String.fromCharCode(...part)));
    }),
  );
  const long = new Uint8Array(1 << 20).fill(0xe9);
  assert.equal(toLatin1(long), 'é'.repeat(1 << 20));
  assert.equal(atob(toBase64(long)), toLatin1(long));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateSync, gzipSync } from 'node:zlib';
import { fromHex } from '../../src/bytes.ts';
import { TlError } from '../../src/errors.ts';
import { idOf, pack, unpacker } from '../../src/tl/gzip.ts';
import { mtproto } from '../../src/tl/layer.ts';

const packed = (packed_data: Uint8Array) => mtproto.encode({ _: 'gzip_packed', packed_data });
const unpack = (bytes: Uint8Array) => unpacker()(bytes);
const value = fromHex('b5757299');

test('a packed value is unpacked; another one is returned as it is', () => {
  assert.deepEqual(unpack(pack(value)), value);
  assert.deepEqual(unpack(value), value);
  assert.equal(idOf(pack(value)), 0x3072cfa1);
});

test('data in the format of zlib is unpacked too', () => assert.deepEqual(unpack(packed(deflateSync(value))), value));

test('fewer than four bytes have no id', () => {
  assert.deepEqual([idOf(value), idOf(value.subarray(0, 3)), idOf(new Uint8Array())], [0x997275b5, 0, 0]);
});

const broken: [string, Uint8Array][] = [
  ['no gzip at all', packed(value)],
  ['nothing', packed(new Uint8Array())],
  ['gzip cut short', packed(new Uint8Array(gzipSync(value)).subarray(0, -6))],
  ['a value packed twice', pack(pack(value))],
  ['a small packet of a hundred mebibytes', packed(gzipSync(new Uint8Array(100 << 20)))],
  ['bytes after the value', new Uint8Array([...pack(value), 0, 0, 0, 0])],
];
for (const [what, bytes] of broken)
  test(`${what} is a TlError`, () => void assert.throws(() => unpack(bytes), TlError));

test('the values of one payload have at most 1 MiB together', () => {
  const half = pack(new Uint8Array(1 << 19));
  const unpackNext = unpacker();
  for (const _ of [1, 2]) assert.equal(unpackNext(half).length, 1 << 19);
  assert.throws(() => unpackNext(pack(value)), TlError);
  assert.deepEqual(unpackNext(value), value);
});

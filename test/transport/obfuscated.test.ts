import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, toHex, utf8 } from '../../src/bytes.ts';
import { ctr } from '../../src/crypto/aes.ts';
import { deobfuscate, serverTransport } from '../../src/sandbox/protocol/transport-server.ts';
import { TRANSPORTS } from '../../src/transport/names.ts';
import { isForbidden, obfuscate } from '../../src/transport/obfuscated.ts';
import { clientTransport, isObfuscated } from '../../src/transport/transport.ts';
import { seeded } from '../pair.ts';

const broken = { type: 'FRAME_MALFORMED', exit: 30 };
const payload = seeded('payload')(40);

/** The decrypted content of a header. */
function plainTail(header: Uint8Array): Uint8Array {
  return ctr(header.subarray(8, 40), header.subarray(40, 56))(header).subarray(56);
}

test('the header contains the DC as a signed 16-bit number', () => {
  for (const [dc, bytes] of [
    [2, '0200'],
    [-2, 'feff'],
    [10002, '1227'],
  ] as const) {
    const { header } = obfuscate({ tag: 0xee, dc }, seeded('header'));
    assert.equal(toHex(plainTail(header).subarray(0, 6)), `eeeeeeee${bytes}`);
    assert.equal(deobfuscate(header).dc, dc);
  }
});

test('views passed as random bytes or headers do not change', () => {
  const pool = Buffer.from(seeded('pool')(200));
  const before = toHex(pool);
  const client = obfuscate({ tag: 0xdd, dc: 4 }, (length) => pool.subarray(100, 100 + length));
  assert.equal(toHex(pool), before);
  const header = Buffer.from(client.header);
  const server = deobfuscate(header);
  assert.deepEqual(Uint8Array.from(header), client.header);
  assert.equal(toHex(server.tag), 'dddddddd');
  assert.deepEqual(server.decrypt(client.encrypt(payload)), payload);
  assert.deepEqual(client.decrypt(server.encrypt(payload)), payload);
});

test('with a secret, only a server with that secret can decrypt', () => {
  const secret = seeded('secret')(16);
  const client = obfuscate({ tag: 0xdd, secret }, seeded('header'));
  assert.equal(toHex(deobfuscate(client.header, secret).tag), 'dddddddd');
  assert.notEqual(toHex(deobfuscate(client.header).tag), 'dddddddd');
  assert.throws(() => obfuscate({ tag: 0xdd, secret: secret.subarray(1) }, seeded('header')), RangeError);
});

test('no header looks like another protocol', () => {
  const start = fc.oneof(
    fc.constantFrom('HEAD', 'POST', 'GET ', 'OPTI', '\x16\x03\x01\x02').map(utf8),
    fc.constantFrom(0xdd, 0xee).map((byte) => new Uint8Array(4).fill(byte)),
    fc.uint8Array({ minLength: 3, maxLength: 3 }).map((rest) => concat(Uint8Array.of(0xef), rest)),
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((first) => concat(first, new Uint8Array(4))),
  );
  fc.assert(
    fc.property(start, fc.string(), (first, seed) => {
      const rest = seeded(seed);
      const bad = concat(first, rest(64 - first.length));
      assert.ok(isForbidden(bad));
      const drawn = [bad];
      const { header } = obfuscate({ tag: 0xef }, () => drawn.pop() ?? rest(64));
      assert.ok(!isForbidden(header));
      assert.equal(drawn.length, 0);
    }),
  );
});

test('the server waits for enough bytes, and recognises each transport', () => {
  for (const name of TRANSPORTS) {
    const stream = clientTransport(name, { random: seeded('client') }).pack(payload);
    const enough = isObfuscated(name) ? 64 : name === 'abridged' ? 1 : name === 'full' ? 8 : 4;
    const server = serverTransport({ random: seeded('server') });
    assert.throws(() => server.pack(payload), broken);
    server.unpack(stream.subarray(0, enough - 1));
    assert.equal(server.name, undefined);
    server.unpack(stream.subarray(enough - 1, enough));
    assert.equal(server.name, name === 'websocket' ? 'obfuscated' : name);
    assert.deepEqual(server.unpack(stream.subarray(enough)), [payload]);
  }
});

test('the server refuses HTTP and TLS at the eighth byte, and keeps refusing', () => {
  for (const start of ['GET / HT', 'POST /ap', 'HEAD / H', 'OPTIONS ', '\x16\x03\x01\x02\x00\x01\x00\x01']) {
    const server = serverTransport({ random: seeded('') });
    assert.deepEqual(server.unpack(utf8(start.slice(0, 7))), []);
    assert.throws(() => server.unpack(utf8(start.slice(7))), broken, start);
    assert.throws(() => server.unpack(payload), broken, start);
  }
});

test('a header with an unknown tag is refused, and so are the bytes after it', () => {
  const { header, encrypt } = obfuscate({ tag: 0xcc }, seeded('header'));
  const server = serverTransport({ random: seeded('') });
  assert.throws(() => server.unpack(header), broken);
  const valid = clientTransport('intermediate', { random: seeded('') }).pack(payload);
  assert.throws(() => server.unpack(encrypt(valid)), broken);
  assert.throws(() => server.unpack(valid), broken);
  assert.equal(server.name, undefined);
});

test('any first bytes are accepted, incomplete or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const server = serverTransport({ random: seeded('') });
      try {
        for (const found of server.unpack(bytes)) assert.ok(found.length >= 4);
      } catch (error) {
        assert.ok(error instanceof Error && 'type' in error);
        assert.equal(error.type, 'FRAME_MALFORMED');
      }
    }),
  );
});

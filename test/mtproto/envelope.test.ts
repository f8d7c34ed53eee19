import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, le64, toHex } from '../../src/bytes.ts';
import { igeEncrypt } from '../../src/crypto/aes.ts';
import { authKeyId, messageCipher, messageKey } from '../../src/crypto/keys.ts';
import { open, openPlain, seal, sealPlain } from '../../src/mtproto/envelope.ts';
import { seeded } from '../pair.ts';

const vectors = JSON.parse(readFileSync(new URL('../vectors/messages.json', import.meta.url), 'utf8'));
const refused = { name: 'SecurityError' };

test('the vectors: keys, packets and contents', () => {
  for (const v of vectors) {
    const from = v.direction === 'client_to_server' ? 'client' : 'server';
    const auth_key = fromHex(v.auth_key);
    assert.equal(authKeyId(auth_key), le64(fromHex(v.auth_key_id)));
    const msg_key = messageKey(auth_key, fromHex(v.plaintext), v.x);
    assert.equal(toHex(msg_key), v.msg_key);
    const { key, iv } = messageCipher(auth_key, msg_key, v.x);
    assert.deepEqual([toHex(key), toHex(iv)], [v.aes_key, v.aes_iv]);
    const message = open(auth_key, from, fromHex(v.packet));
    assert.equal(message.msg_id, BigInt(v.msg_id));
    assert.equal(message.salt, le64(fromHex(v.salt)));
    assert.equal(message.session_id, le64(fromHex(v.session_id)));
    assert.equal(message.seq_no, v.seq_no);
    assert.equal(toHex(message.body), v.body);
    if (v.padding.length < 56) assert.equal(toHex(seal(auth_key, from, message, () => fromHex(v.padding))), v.packet);
  }
});

const auth_key = seeded('auth key')(256);
const message = { salt: 1n, session_id: 2n, msg_id: 4n << 32n, seq_no: 1, body: new Uint8Array(20).fill(9) };

test('any message of either side opens to what was sealed', () => {
  const body = fc
    .integer({ min: 0, max: 100 })
    .chain((words) => fc.uint8Array({ minLength: 4 * words, maxLength: 4 * words }));
  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const any = fc.record({ salt: long, session_id: long, msg_id: long, seq_no: fc.nat(), body });
  fc.assert(
    fc.property(fc.constantFrom('client' as const, 'server' as const), any, (from, message) => {
      const payload = seal(auth_key, from, message, seeded('padding'));
      assert.equal(payload.length % 16, 8);
      assert.deepEqual(open(auth_key, from, payload), { ...message });
      assert.throws(() => open(auth_key, from === 'client' ? 'server' : 'client', payload), refused);
    }),
  );
});

test('every changed byte and every cut is refused', () => {
  const payload = seal(auth_key, 'server', message, seeded('padding'));
  for (let at = 0; at < payload.length; at++) {
    const changed = payload.map((byte, i) => (i === at ? byte ^ 0x40 : byte));
    assert.throws(() => open(auth_key, 'server', changed), refused, `byte ${at}`);
    assert.throws(() => open(auth_key, 'server', payload.subarray(0, at)), refused, `cut at ${at}`);
  }
  assert.throws(() => open(seeded('other')(256), 'server', payload), refused);
});

/** Seals a body wrongly: `change` alters the plaintext before msg_key is computed. */
function sealRaw(length: number, total: number): Uint8Array {
  const plaintext = new Uint8Array(total);
  new DataView(plaintext.buffer).setInt32(28, length, true);
  const msg_key = messageKey(auth_key, plaintext, 8);
  const { key, iv } = messageCipher(auth_key, msg_key, 8);
  const id = new Uint8Array(8);
  new DataView(id.buffer).setBigInt64(0, authKeyId(auth_key), true);
  return Uint8Array.from([...id, ...msg_key, ...igeEncrypt(key, iv, plaintext)]);
}

test('a correctly sealed message with a wrong length or padding is refused', () => {
  assert.equal(open(auth_key, 'server', sealRaw(4, 48)).body.length, 4);
  assert.equal(open(auth_key, 'server', sealRaw(0, 32 + 1024)).body.length, 0);
  const wrong = [
    [-4, 48],
    [3, 48],
    [8, 48], // 8 bytes of padding
    [48, 48],
    [2 ** 31 - 4, 48],
    [0, 32 + 1040], // 1040 bytes of padding
  ];
  for (const [length = 0, total = 0] of wrong)
    assert.throws(() => open(auth_key, 'server', sealRaw(length, total)), refused);
});

test('a plain message must have exactly its `length`', () => {
  const payload = sealPlain(5n, Uint8Array.of(1, 2, 3, 4));
  assert.deepEqual(openPlain(payload), { msg_id: 5n, body: Uint8Array.of(1, 2, 3, 4) });
  for (const bad of [
    payload.subarray(0, 23),
    payload.subarray(0, 10),
    Uint8Array.from([...payload, 0]),
    payload.map((b, i) => (i === 0 ? 1 : b)),
  ])
    assert.throws(() => openPlain(bad), refused);
});

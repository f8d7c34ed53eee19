/** auth.bindTempAuthKey's encrypted_message. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fromHex, le64 } from '../../src/bytes.ts';
import { authKeyId } from '../../src/crypto/keys.ts';
import { sealBinding } from '../../src/mtproto/bind.ts';
import { openBinding } from '../../src/sandbox/protocol/bind-server.ts';
import { seeded } from '../pair.ts';

const vector = JSON.parse(readFileSync(new URL('../vectors/bind.json', import.meta.url), 'utf8'));
const bytes = { key: fromHex(vector.perm_auth_key), message: fromHex(vector.encrypted_message) };

describe('the message that binds a temporary key', () => {
  test('of a published derivation opens', () => {
    const { msg_id, inner } = openBinding(bytes.key, bytes.message) ?? assert.fail('not opened');
    assert.equal(msg_id, BigInt(vector.msg_id));
    assert.deepEqual(inner, {
      _: 'bind_auth_key_inner',
      nonce: le64(fromHex(vector.nonce)),
      temp_auth_key_id: le64(fromHex(vector.temp_auth_key_id)),
      perm_auth_key_id: le64(fromHex(vector.perm_auth_key_id)),
      temp_session_id: le64(fromHex(vector.temp_session_id)),
      expires_at: vector.expires_at,
    });
  });

  test('with any byte changed, or cut short, is refused', () => {
    const refused = (message: Uint8Array) => assert.equal(openBinding(bytes.key, message), undefined);
    for (let i = 8; i < bytes.message.length; i++)
      refused(bytes.message.map((byte, at) => (at === i ? byte ^ 1 : byte)));
    for (const length of [0, 8, 24, 40, 56, bytes.message.length - 16, bytes.message.length - 1])
      refused(bytes.message.subarray(0, length));
  });

  test('opens with its key and with no other', () => {
    fc.assert(
      fc.property(fc.string(), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.nat(), (seed, long, expires_at) => {
        const random = seeded(seed);
        const [key, other] = [random(256), random(256)];
        const ids = {
          nonce: long,
          temp_auth_key_id: le64(random(8)),
          perm_auth_key_id: authKeyId(key),
          temp_session_id: 7n,
        };
        const said = { msg_id: 4n, inner: { _: 'bind_auth_key_inner', ...ids, expires_at } } as const;
        const message = sealBinding(key, said, random);
        assert.equal(message.length, 104);
        assert.deepEqual(openBinding(key, message), said);
        assert.equal(openBinding(other, message), undefined);
      }),
      { numRuns: 30 },
    );
  });

  test('is sealed to the published bytes', () => {
    const said = openBinding(bytes.key, bytes.message) ?? assert.fail('not opened');
    const drawn = [fromHex(vector.random), fromHex(vector.padding)];
    assert.deepEqual(
      sealBinding(bytes.key, said, () => drawn.shift() ?? assert.fail('drawn too often')),
      bytes.message,
    );
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex, fromLe64, toHex } from '../../src/bytes.ts';
import {
  authKeyAuxHash,
  authKeyId,
  firstSalt,
  messageCipher,
  messageKey,
  newNonceHash,
  newNonceHashOfFail,
  temporaryCipher,
} from '../../src/crypto/keys.ts';

const read = (name: string) => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
const { sample, synthetic } = read('handshake');

test('values derived from the nonces, in the published sample and in ours', () => {
  for (const vector of [sample, synthetic]) {
    const [new_nonce, server_nonce] = [fromHex(vector.new_nonce), fromHex(vector.server_nonce)];
    const { key, iv } = temporaryCipher(new_nonce, server_nonce);
    assert.deepEqual([toHex(key), toHex(iv)], [vector.tmp_aes_key, vector.tmp_aes_iv]);
    assert.equal(toHex(fromLe64(firstSalt(new_nonce, server_nonce))), vector.first_salt ?? vector.first_salt_computed);
  }
  assert.equal(toHex(newNonceHashOfFail(fromHex(synthetic.new_nonce))), synthetic.new_nonce_hash_for_params_fail);
});

test('values derived from an auth_key, in the published sample and in ours', () => {
  for (const vector of [sample, synthetic]) {
    const [new_nonce, auth_key] = [fromHex(vector.new_nonce), fromHex(vector.auth_key)];
    assert.equal(toHex(fromLe64(authKeyId(auth_key))), vector.auth_key_id);
    assert.equal(toHex(authKeyAuxHash(auth_key)), vector.auth_key_aux_hash);
    assert.equal(toHex(newNonceHash(new_nonce, 1, auth_key)), vector.new_nonce_hash1);
    assert.equal(
      toHex(newNonceHash(new_nonce, 2, auth_key)),
      vector.new_nonce_hash2 ?? vector.new_nonce_hash2_computed,
    );
    assert.equal(
      toHex(newNonceHash(new_nonce, 3, auth_key)),
      vector.new_nonce_hash3 ?? vector.new_nonce_hash3_computed,
    );
  }
});

test('key and cipher of messages of both sides', () => {
  const messages = read('messages');
  assert.deepEqual([...new Set(messages.map(({ x }: { x: number }) => x))], [0, 8]);
  for (const { x, auth_key, plaintext, msg_key, aes_key, aes_iv, auth_key_id } of messages) {
    const bytes = fromHex(auth_key);
    assert.equal(toHex(fromLe64(authKeyId(bytes))), auth_key_id);
    assert.equal(toHex(messageKey(bytes, fromHex(plaintext), x)), msg_key);
    const { key, iv } = messageCipher(bytes, fromHex(msg_key), x);
    assert.deepEqual([toHex(key), toHex(iv)], [aes_key, aes_iv]);
  }
});

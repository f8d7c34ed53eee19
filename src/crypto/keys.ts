/**
 * Derived keys: of messages (https://core.telegram.org/mtproto/description) and of the key exchange
 * (https://core.telegram.org/mtproto/auth_key). An auth_key has 256 bytes. `x` is 0 for a client's messages, 8 for a
 * server's.
 */
import { concat, le64, xor } from '../bytes.ts';
import { sha1, sha256 } from './hash.ts';

const ids = new WeakMap<Uint8Array, bigint>();

/** The 64 low bits of SHA1(auth_key), as a long. Cached for each key, because every message has it. */
export function authKeyId(auth_key: Uint8Array): bigint {
  const known = ids.get(auth_key);
  if (known !== undefined) return known;
  const id = le64(sha1(auth_key), 12);
  ids.set(auth_key, id);
  return id;
}

/** The 64 high bits of SHA1(auth_key), 8 bytes. */
export function authKeyAuxHash(auth_key: Uint8Array): Uint8Array {
  return sha1(auth_key).subarray(0, 8);
}

/** The middle 16 bytes of SHA256(32 bytes of the key, the plaintext with its padding). */
export function messageKey(auth_key: Uint8Array, plaintext: Uint8Array, x: 0 | 8): Uint8Array {
  return sha256(auth_key.subarray(88 + x, 120 + x), plaintext).subarray(8, 24);
}

/** The AES key and iv, 32 bytes each, of a message with this msg_key. */
export function messageCipher(
  auth_key: Uint8Array,
  msg_key: Uint8Array,
  x: 0 | 8,
): { key: Uint8Array; iv: Uint8Array } {
  const a = sha256(msg_key, auth_key.subarray(x, 36 + x));
  const b = sha256(auth_key.subarray(40 + x, 76 + x), msg_key);
  return {
    key: concat(a.subarray(0, 8), b.subarray(8, 24), a.subarray(24, 32)),
    iv: concat(b.subarray(0, 8), a.subarray(8, 24), b.subarray(24, 32)),
  };
}

/** tmp_aes_key and tmp_aes_iv, 32 bytes each, of a key exchange. */
export function temporaryCipher(new_nonce: Uint8Array, server_nonce: Uint8Array): { key: Uint8Array; iv: Uint8Array } {
  const mixed = sha1(server_nonce, new_nonce);
  return {
    key: concat(sha1(new_nonce, server_nonce), mixed.subarray(0, 12)),
    iv: concat(mixed.subarray(12, 20), sha1(new_nonce, new_nonce), new_nonce.subarray(0, 4)),
  };
}

/** new_nonce_hash1, 2 or 3, 16 bytes: proves to the client that the server has the same key. */
export function newNonceHash(new_nonce: Uint8Array, n: 1 | 2 | 3, auth_key: Uint8Array): Uint8Array {
  return sha1(new_nonce, Uint8Array.of(n), authKeyAuxHash(auth_key)).subarray(4, 20);
}

/** new_nonce_hash of server_DH_params_fail, 16 bytes. */
export function newNonceHashOfFail(new_nonce: Uint8Array): Uint8Array {
  return sha1(new_nonce).subarray(4, 20);
}

/** The first server_salt of a new key. */
export function firstSalt(new_nonce: Uint8Array, server_nonce: Uint8Array): bigint {
  return le64(xor(new_nonce.subarray(0, 8), server_nonce.subarray(0, 8)));
}

/**
 * AES-256 in the two modes of MTProto: infinite garble extension (IGE,
 * https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector) and counter (CTR). The AES
 * is OpenSSL's, which is constant-time.
 *
 * OpenSSL has no IGE mode. For blocks m and c, the iv being c₀ ‖ m₀:
 *
 *     cᵢ = E(mᵢ ⊕ cᵢ₋₁) ⊕ mᵢ₋₁
 *     dᵢ = E((mᵢ ⊕ mᵢ₋₂) ⊕ dᵢ₋₁)     with dᵢ = cᵢ ⊕ mᵢ₋₁
 *     mᵢ = D(cᵢ ⊕ mᵢ₋₁) ⊕ cᵢ₋₁
 *
 * So encryption is one CBC call over the blocks mᵢ ⊕ mᵢ₋₂. Decryption needs each block before the next one
 * and takes one call for each block, a microsecond or two. The answers of a login have a few hundred bytes.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concat, xor } from '../bytes.ts';

const BLOCK = 16;

function checkLengths(key: Uint8Array, iv: Uint8Array, data: Uint8Array): void {
  if (key.length !== 32 || iv.length !== 32 || data.length % BLOCK !== 0)
    throw new RangeError(
      `AES-IGE takes a key and an iv of 32 bytes and whole blocks, not ${key.length}, ${iv.length}, ${data.length}`,
    );
}

/** Encrypts a multiple of 16 bytes. Key and iv have 32 bytes each. Throws `RangeError` for other lengths. */
export function igeEncrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  checkLengths(key, iv, data);
  const oneBefore = concat(iv.subarray(BLOCK), data).subarray(0, data.length);
  const twoBefore = concat(new Uint8Array(BLOCK), oneBefore).subarray(0, data.length);
  const cbc = createCipheriv('aes-256-cbc', key, iv.subarray(0, BLOCK)).setAutoPadding(false);
  return xor(cbc.update(xor(data, twoBefore)), oneBefore);
}

/** Decrypts a multiple of 16 bytes. Key and iv have 32 bytes each. Throws `RangeError` for other lengths. */
export function igeDecrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  checkLengths(key, iv, data);
  const ecb = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const out = new Uint8Array(data.length);
  const mixed = Uint8Array.from(iv.subarray(BLOCK));
  for (let at = 0; at < data.length; at += BLOCK) {
    for (let i = 0; i < BLOCK; i++) mixed[i] = (mixed[i] ?? 0) ^ (data[at + i] ?? 0);
    const block = ecb.update(mixed);
    for (let i = 0; i < BLOCK; i++) {
      const plain = (block[i] ?? 0) ^ ((at === 0 ? iv[i] : data[at - BLOCK + i]) ?? 0);
      out[at + i] = plain;
      mixed[i] = plain;
    }
  }
  return out;
}

/** An AES-256-CTR stream: each call continues after the last one. The key has 32 bytes, the iv 16. */
export function ctr(key: Uint8Array, iv: Uint8Array): (bytes: Uint8Array) => Uint8Array {
  const cipher = createCipheriv('aes-256-ctr', key, iv);
  return (bytes) => new Uint8Array(cipher.update(bytes));
}

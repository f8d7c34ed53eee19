/**
 * AES-256 in the two modes of MTProto, by OpenSSL, whose AES is constant-time: infinite garble extension
 * (https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector) and counter.
 *
 * OpenSSL has no IGE mode. With blocks m, c and c₀ ‖ m₀ the 32 bytes of iv:  cᵢ = E(mᵢ ⊕ cᵢ₋₁) ⊕ mᵢ₋₁.
 * Written with dᵢ = cᵢ ⊕ mᵢ₋₁ this is dᵢ = E((mᵢ ⊕ mᵢ₋₂) ⊕ dᵢ₋₁), so encryption is one CBC call over the blocks mᵢ ⊕ mᵢ₋₂.
 * Decryption, mᵢ = D(cᵢ ⊕ mᵢ₋₁) ⊕ cᵢ₋₁, needs each block before the next.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';

const BLOCK = 16;

function checkLengths(key: Uint8Array, iv: Uint8Array, data: Uint8Array): void {
  if (key.length !== 32 || iv.length !== 32 || data.length % BLOCK !== 0)
    throw new RangeError(
      `AES-IGE takes a key and an iv of 32 bytes and whole blocks, not ${key.length}, ${iv.length}, ${data.length}`,
    );
}

/** Key and iv of 32 bytes each, data a multiple of 16. */
export function igeEncrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  checkLengths(key, iv, data);
  const mixed = Uint8Array.from(data);
  for (let i = BLOCK; i < data.length; i++)
    mixed[i] = (data[i] ?? 0) ^ ((i < 2 * BLOCK ? iv[i] : data[i - 2 * BLOCK]) ?? 0);
  const cbc = createCipheriv('aes-256-cbc', key, iv.subarray(0, BLOCK)).setAutoPadding(false);
  const out = new Uint8Array(cbc.update(mixed));
  for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) ^ ((i < BLOCK ? iv[BLOCK + i] : data[i - BLOCK]) ?? 0);
  return out;
}

/** Key and iv of 32 bytes each, data a multiple of 16. */
export function igeDecrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  checkLengths(key, iv, data);
  const ecb = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const out = new Uint8Array(data.length);
  const block = new Uint8Array(BLOCK);
  let lastPlain = iv.subarray(BLOCK);
  let lastCipher = iv.subarray(0, BLOCK);
  for (let at = 0; at < data.length; at += BLOCK) {
    const cipher = data.subarray(at, at + BLOCK);
    for (let i = 0; i < BLOCK; i++) block[i] = (cipher[i] ?? 0) ^ (lastPlain[i] ?? 0);
    const plain = ecb.update(block);
    for (let i = 0; i < BLOCK; i++) out[at + i] = (plain[i] ?? 0) ^ (lastCipher[i] ?? 0);
    lastPlain = out.subarray(at, at + BLOCK);
    lastCipher = cipher;
  }
  return out;
}

/** One running AES-256-CTR stream: key of 32 bytes, iv of 16. Encryption and decryption are the same. */
export function ctr(key: Uint8Array, iv: Uint8Array): (bytes: Uint8Array) => Uint8Array {
  const cipher = createCipheriv('aes-256-ctr', key, iv);
  return (bytes) => new Uint8Array(cipher.update(bytes));
}

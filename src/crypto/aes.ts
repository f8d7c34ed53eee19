/**
 * AES-256 in the two modes of MTProto, by OpenSSL, whose AES is constant-time: infinite garble extension
 * (https://core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector) and counter.
 *
 * OpenSSL has no IGE mode. With blocks m, c and c₀ ‖ m₀ the 32 bytes of iv:  cᵢ = E(mᵢ ⊕ cᵢ₋₁) ⊕ mᵢ₋₁.
 * Written with dᵢ = cᵢ ⊕ mᵢ₋₁ this is dᵢ = E((mᵢ ⊕ mᵢ₋₂) ⊕ dᵢ₋₁), so encryption is one CBC call over the blocks mᵢ ⊕ mᵢ₋₂.
 * Decryption, mᵢ = D(cᵢ ⊕ mᵢ₋₁) ⊕ cᵢ₋₁, needs each block before the next, and no mode of OpenSSL feeds the output of D back: it is a call
 * a block, a microsecond or two. The answers of a login are a few hundred bytes.
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

/** Key and iv of 32 bytes each, data a multiple of 16, and as many bytes come out. Throws `RangeError` at other lengths. */
export function igeEncrypt(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  checkLengths(key, iv, data);
  const oneBefore = concat(iv.subarray(BLOCK), data).subarray(0, data.length);
  const twoBefore = concat(new Uint8Array(BLOCK), oneBefore).subarray(0, data.length);
  const cbc = createCipheriv('aes-256-cbc', key, iv.subarray(0, BLOCK)).setAutoPadding(false);
  return xor(cbc.update(xor(data, twoBefore)), oneBefore);
}

/** Key and iv of 32 bytes each, data a multiple of 16, and as many bytes come out. Throws `RangeError` at other lengths. */
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

/** One running AES-256-CTR stream: key of 32 bytes, iv of 16. A call goes on where the last one ended; both directions are the same. */
export function ctr(key: Uint8Array, iv: Uint8Array): (bytes: Uint8Array) => Uint8Array {
  const cipher = createCipheriv('aes-256-ctr', key, iv);
  return (bytes) => new Uint8Array(cipher.update(bytes));
}

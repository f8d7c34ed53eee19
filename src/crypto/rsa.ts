/**
 * RSA_PAD (https://core.telegram.org/mtproto/auth_key, step 4.1), the client's direction. The server's is
 * `sandbox/protocol/inner-data.ts`. OpenSSL computes the power.
 *
 *     data_with_padding   data (≤ 144)  random (to 192)
 *     data_with_hash      reverse(data_with_padding) (192)  SHA256(temp_key + data_with_padding) (32)
 *     encrypted           (temp_key ⊕ SHA256(aes_encrypted) (32)  aes_encrypted (224)) ^ e mod n
 *
 *     aes_encrypted is AES-256-IGE of data_with_hash under temp_key, with an iv of zeros.
 */
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { concat, type Random, toBase64Url, xor } from '../bytes.ts';
import { igeEncrypt } from './aes.ts';
import { sha256 } from './hash.ts';

/** Big-endian numbers without leading zeros. n has 256 bytes. */
export interface RsaPublicKey {
  readonly n: Uint8Array;
  readonly e: Uint8Array;
}

/** d and the values for the Chinese remainder theorem (RFC 8017). */
export interface RsaPrivateKey extends RsaPublicKey {
  readonly d: Uint8Array;
  readonly p: Uint8Array;
  readonly q: Uint8Array;
  readonly dp: Uint8Array;
  readonly dq: Uint8Array;
  readonly qi: Uint8Array;
}

/** Bytes of data_with_padding. */
export const PADDED_DATA = 192;
export const NO_IV = new Uint8Array(32);

export function toJwk(key: RsaPublicKey): { kty: 'RSA'; n: string; e: string } {
  return { kty: 'RSA', n: toBase64Url(key.n), e: toBase64Url(key.e) };
}

/** Pads and encrypts at most 144 bytes; returns 256. Draws the padding first, then a temp_key for each attempt. */
export function rsaPad(data: Uint8Array, key: RsaPublicKey, random: Random): Uint8Array {
  if (data.length > 144 || key.n.length !== 256)
    throw new RangeError(`RSA_PAD takes at most 144 bytes and a key of 256, not ${data.length} and ${key.n.length}`);
  const data_with_padding = concat(data, random(PADDED_DATA - data.length));
  const data_pad_reversed = data_with_padding.toReversed();
  for (;;) {
    const temp_key = random(32);
    const data_with_hash = concat(data_pad_reversed, sha256(temp_key, data_with_padding));
    const aes_encrypted = igeEncrypt(temp_key, NO_IV, data_with_hash);
    const key_aes_encrypted = concat(xor(temp_key, sha256(aes_encrypted)), aes_encrypted);
    if (Buffer.compare(key_aes_encrypted, key.n) >= 0) continue;
    const publicKey = createPublicKey({ key: toJwk(key), format: 'jwk' });
    return new Uint8Array(publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, key_aes_encrypted));
  }
}

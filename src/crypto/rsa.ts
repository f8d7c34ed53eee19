/**
 * RSA_PAD (https://core.telegram.org/mtproto/auth_key, step 4.1), both directions. OpenSSL computes the powers; its
 * private ones are constant-time and blinded.
 *
 *     data_with_padding   data (≤ 144)  random (to 192)
 *     data_with_hash      reverse(data_with_padding) (192)  SHA256(temp_key + data_with_padding) (32)
 *     encrypted           (temp_key ⊕ SHA256(aes_encrypted) (32)  aes_encrypted (224)) ^ e mod n
 *
 *     aes_encrypted is AES-256-IGE of data_with_hash under temp_key, with an iv of zeros.
 */
import { constants, createPrivateKey, createPublicKey, privateDecrypt, publicEncrypt } from 'node:crypto';
import { concat, type Random, toBase64Url, xor } from '../bytes.ts';
import { SecurityError } from '../errors.ts';
import { igeDecrypt, igeEncrypt } from './aes.ts';
import { sameSecret } from './compare.ts';
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

const DATA = 192;
const NO_IV = new Uint8Array(32);

function toJwk(key: RsaPublicKey): { kty: 'RSA'; n: string; e: string } {
  return { kty: 'RSA', n: toBase64Url(key.n), e: toBase64Url(key.e) };
}

/** Pads and encrypts at most 144 bytes; returns 256. Draws the padding first, then a temp_key for each attempt. */
export function rsaPad(data: Uint8Array, key: RsaPublicKey, random: Random): Uint8Array {
  if (data.length > 144 || key.n.length !== 256)
    throw new RangeError(`RSA_PAD takes at most 144 bytes and a key of 256, not ${data.length} and ${key.n.length}`);
  const data_with_padding = concat(data, random(DATA - data.length));
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

/** Decrypts the result of `rsaPad` to 192 bytes of data and padding. Throws `SecurityError` if the hash is wrong. */
export function rsaUnpad(encrypted: Uint8Array, key: RsaPrivateKey): Uint8Array {
  if (encrypted.length !== 256 || Buffer.compare(encrypted, key.n) >= 0)
    throw new SecurityError('encrypted_data is a number below the modulus');
  const { d, p, q, dp, dq, qi } = key;
  const secret = { d, p, q, dp, dq, qi };
  const jwk = { ...toJwk(key), ...Object.fromEntries(Object.entries(secret).map(([k, v]) => [k, toBase64Url(v)])) };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const opened = new Uint8Array(privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted));
  const aes_encrypted = opened.subarray(32);
  const temp_key = xor(opened.subarray(0, 32), sha256(aes_encrypted));
  const data_with_hash = igeDecrypt(temp_key, NO_IV, aes_encrypted);
  const data_with_padding = data_with_hash.subarray(0, DATA).toReversed();
  if (!sameSecret(sha256(temp_key, data_with_padding), data_with_hash.subarray(DATA)))
    throw new SecurityError('the hash inside encrypted_data');
  return data_with_padding;
}

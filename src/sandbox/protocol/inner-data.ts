/**
 * Opens what clients encrypt with the server's RSA key (https://core.telegram.org/mtproto/auth_key, step 4.1). OpenSSL
 * computes the powers, constant-time and blinded.
 *
 *     RSA_PAD             as in `crypto/rsa.ts`
 *     the form before it  0 (1)  SHA1(data) (20)  data  random (to 256)
 */
import { constants, createPrivateKey, privateDecrypt } from 'node:crypto';
import { concat, toBase64Url, xor } from '../../bytes.ts';
import { igeDecrypt } from '../../crypto/aes.ts';
import { sameSecret } from '../../crypto/compare.ts';
import { sha1, sha256 } from '../../crypto/hash.ts';
import { NO_IV, PADDED_DATA, type RsaPrivateKey, toJwk } from '../../crypto/rsa.ts';
import { check, SecurityError, TlError } from '../../errors.ts';
import { mtproto } from '../../tl/layer.ts';
import type { mtprotoText } from '../../tl/schema/mtproto.ts';
import type { Types } from '../../tl/types.ts';
import type { Tolerates } from './deviations.ts';

/** Bytes of the key and of what it encrypts. */
const SIZE = 256;

export type InnerData = Types<typeof mtprotoText>['P_Q_inner_data'];

/** Throws `SecurityError` if the hash is wrong or the form is not tolerated, and `TlError` for other data. */
export function openInnerData(encrypted_data: Uint8Array, key: RsaPrivateKey, tolerates: Tolerates): InnerData {
  const isShort = encrypted_data.length < SIZE && tolerates('short-number');
  const opened = rsaDecrypt(isShort ? concat(new Uint8Array(SIZE), encrypted_data).slice(-SIZE) : encrypted_data, key);
  const data = rsaUnpad(opened);
  if (data !== undefined) return mtproto.decodePrefix('P_Q_inner_data', data).value;
  const inner = openOldForm(opened);
  if (inner === undefined) throw new SecurityError('the hash inside encrypted_data');
  check(tolerates('rsa-padding'), 'encrypted_data is padded by RSA_PAD');
  return inner;
}

function rsaDecrypt(encrypted: Uint8Array, key: RsaPrivateKey): Uint8Array {
  const isBelow = encrypted.length === SIZE && Buffer.compare(encrypted, key.n) < 0;
  check(isBelow, 'encrypted_data is a number below the modulus');
  const { d, p, q, dp, dq, qi } = key;
  const secret = { d, p, q, dp, dq, qi };
  const jwk = { ...toJwk(key), ...Object.fromEntries(Object.entries(secret).map(([k, v]) => [k, toBase64Url(v)])) };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return new Uint8Array(privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted));
}

/** Returns the 192 bytes of data and padding that `rsaPad` encrypted; `undefined` if the hash is wrong. */
function rsaUnpad(opened: Uint8Array): Uint8Array | undefined {
  const aes_encrypted = opened.subarray(32);
  const temp_key = xor(opened.subarray(0, 32), sha256(aes_encrypted));
  const data_with_hash = igeDecrypt(temp_key, NO_IV, aes_encrypted);
  const data_with_padding = data_with_hash.subarray(0, PADDED_DATA).toReversed();
  const hash = sha256(temp_key, data_with_padding);
  return sameSecret(hash, data_with_hash.subarray(PADDED_DATA)) ? data_with_padding : undefined;
}

function openOldForm(opened: Uint8Array): InnerData | undefined {
  const data = opened.subarray(21);
  try {
    const { value, length } = mtproto.decodePrefix('P_Q_inner_data', data);
    const isValid = opened[0] === 0 && sameSecret(sha1(data.subarray(0, length)), opened.subarray(1, 21));
    return isValid ? value : undefined;
  } catch (error) {
    if (error instanceof TlError) return undefined;
    throw error;
  }
}

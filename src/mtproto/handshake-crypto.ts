/**
 * The hashed encryption of a key exchange, which both sides use (https://core.telegram.org/mtproto/auth_key, steps 5
 * and 7).
 *
 *     AES-256-IGE{ SHA1(data) (20)  data  random padding (0…15) }
 */
import { concat, fromLe64, type Random, trimStart } from '../bytes.ts';
import { igeDecrypt, igeEncrypt } from '../crypto/aes.ts';
import { sameSecret } from '../crypto/compare.ts';
import { sha1 } from '../crypto/hash.ts';
import { type Check, check, SecurityError, TlError } from '../errors.ts';
import { mtproto } from '../tl/layer.ts';
import type { mtprotoText } from '../tl/schema/mtproto.ts';
import type { Types } from '../tl/types.ts';
import type { Observe } from './observe.ts';

export interface Cipher {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** Hashes, pads and encrypts. */
export function sealHashed(
  data: Uint8Array,
  { key, iv }: Cipher,
  random: Random,
  observe: Observe = () => {},
): Uint8Array {
  const hashed = concat(sha1(data), data);
  const plaintext = concat(hashed, random(-hashed.length & 15));
  const sealed = igeEncrypt(key, iv, plaintext);
  observe({ _: 'inner', sealed, plaintext, head: 20 });
  return sealed;
}

interface Opening {
  readonly check: Check;
  readonly observe: Observe;
}

const UNOBSERVED: Opening = { check, observe: () => {} };

/** Decrypts and decodes a value. Throws `SecurityError` unless the hash fits exactly the bytes of the value. */
export function openHashed<T extends keyof Types<typeof mtprotoText>>(
  type: T,
  encrypted: Uint8Array,
  { key, iv }: Cipher,
  { check, observe }: Opening = UNOBSERVED,
): Types<typeof mtprotoText>[T] {
  check(encrypted.length > 20 && encrypted.length % 16 === 0, `the length of the encrypted ${type}`);
  const plaintext = igeDecrypt(key, iv, encrypted);
  const data = plaintext.subarray(20);
  const { value, length } = decodeOrRefuse(type, data);
  check(sameSecret(sha1(data.subarray(0, length)), plaintext.subarray(0, 20)), `the hash of the encrypted ${type}`);
  check(data.length - length < 16, `the padding of the encrypted ${type}`);
  observe({ _: 'inner', sealed: encrypted, plaintext, head: 20 });
  return value;
}

/** Decodes the value. Bytes decrypted with a wrong key are not TL: the same failure as a wrong hash. */
function decodeOrRefuse<T extends keyof Types<typeof mtprotoText>>(type: T, data: Uint8Array) {
  try {
    return mtproto.decodePrefix(type, data);
  } catch (error) {
    if (error instanceof TlError) throw new SecurityError(`the hash of the encrypted ${type}`);
    throw error;
  }
}

/** A number below 2^63 as big-endian bytes without leading zeros, the form of pq, p and q. */
export function toBigEndian(value: bigint): Uint8Array {
  return trimStart(fromLe64(value).reverse());
}

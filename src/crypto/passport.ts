/**
 * The secret of Telegram Passport: 32 bytes that encrypt the owner's documents, and that are stored encrypted with the
 * password (https://core.telegram.org/passport/encryption#passport-secret). A new password needs it encrypted anew.
 *
 *     key | iv = the first 48 bytes of PBKDF2-HMAC-SHA-512(password, salt)
 *                                   or SHA-512(salt | password | salt), as old clients did it
 */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { concat, le64, utf8 } from '../bytes.ts';
import { sha256 } from './hash.ts';
import { stretch } from './srp.ts';

/** How the password becomes a key. */
export interface PassportKdf {
  readonly hash: 'pbkdf2' | 'sha512';
  readonly salt: Uint8Array;
}

/** In bytes. */
const LENGTH = 32;

/** Decrypts the secret. Returns `undefined` if the password does not fit. */
export async function openPassport(
  kdf: PassportKdf,
  password: string,
  sealed: Uint8Array,
): Promise<Uint8Array | undefined> {
  if (sealed.length !== LENGTH) return undefined;
  const { key, iv } = await keyOf(kdf, password);
  const secret = new Uint8Array(createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false).update(sealed));
  return secret.reduce((sum, byte) => sum + byte, 0) % 255 === 239 ? secret : undefined;
}

/** Encrypts the secret. */
export async function sealPassport(kdf: PassportKdf, password: string, secret: Uint8Array): Promise<Uint8Array> {
  const { key, iv } = await keyOf(kdf, password);
  return new Uint8Array(createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false).update(secret));
}

/** secure_secret_id */
export function passportId(secret: Uint8Array): bigint {
  return le64(sha256(secret));
}

async function keyOf({ hash, salt }: PassportKdf, password: string) {
  const text = utf8(password);
  const bytes =
    hash === 'pbkdf2'
      ? await stretch(text, salt)
      : createHash('sha512')
          .update(concat(salt, text, salt))
          .digest();
  return { key: bytes.subarray(0, 32), iv: bytes.subarray(32, 48) };
}

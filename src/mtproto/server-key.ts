/** A server's RSA public key, and its fingerprint in resPQ. */
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { fromBase64, le64 } from '../bytes.ts';
import { sha1 } from '../crypto/hash.ts';
import type { RsaPublicKey } from '../crypto/rsa.ts';
import { UsageError } from '../errors.ts';
import { Writer } from '../tl/writer.ts';

/** The fingerprint of the sandbox's development key. Everyone has its private half, so it identifies no server. */
export const DEVELOPMENT_KEY = 0x3511065ffdce71d4n;

export interface ServerKey extends RsaPublicKey {
  /** server_public_key_fingerprint: a TL long. */
  readonly fingerprint: bigint;
}

/** The last 8 bytes of SHA1(TL bytes n, TL bytes e), a long (https://core.telegram.org/mtproto/auth_key, step 2). */
export function fingerprint({ n, e }: RsaPublicKey): bigint {
  const writer = new Writer();
  writer.bytes(n);
  writer.bytes(e);
  return le64(sha1(writer.done()), 12);
}

export function withFingerprint(key: RsaPublicKey): ServerKey {
  return { n: key.n, e: key.e, fingerprint: fingerprint(key) };
}

/** Parses a PEM file, PKCS#1 or SPKI. Throws `UsageError` unless it is a 2048-bit RSA public key. */
export function parseServerKey(pem: string): ServerKey {
  let jwk: JsonWebKey;
  try {
    jwk = createPublicKey(pem).export({ format: 'jwk' });
  } catch (cause) {
    throw new UsageError('The server key must be a public key in PEM (RSA PUBLIC KEY or PUBLIC KEY).', { cause });
  }
  const [n, e] = [fromBase64(jwk.n ?? ''), fromBase64(jwk.e ?? '')];
  if (jwk.kty !== 'RSA' || n === undefined || e === undefined)
    throw new UsageError(`The server key must be an RSA key, not ${jwk.kty ?? 'one of an unknown kind'}.`);
  if (n.length !== 256) throw new UsageError(`The server key must have 2048 bits, not ${8 * n.length}.`);
  return withFingerprint({ n, e });
}

/** A fingerprint as 16 hex digits, as logs and other libraries print it. */
export function fingerprintHex(value: bigint): string {
  return BigInt.asUintN(64, value).toString(16).padStart(16, '0');
}

/**
 * SHA-1 and SHA-256 by OpenSSL. In JavaScript, a short run would spend two milliseconds and three mebibytes on
 * compiling the loops.
 */
import { createHash } from 'node:crypto';

/** SHA-1 of the joined parts, 20 bytes. MTProto requires it, and does not rely on its collision resistance. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return digest('sha1', parts);
}

/** SHA-256 of the joined parts, 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return digest('sha256', parts);
}

function digest(name: 'sha1' | 'sha256', parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash(name);
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

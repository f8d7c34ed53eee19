/** SHA-1, SHA-256 and HMAC-SHA-256, by @noble/hashes: for short values a native call costs more than it saves. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 as nobleSha1 } from '@noble/hashes/legacy.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { concat } from '../bytes.ts';

/** SHA-1 of the joined parts, 20 bytes. MTProto requires it, and does not rely on its collision resistance. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return nobleSha1(concat(...parts));
}

/** SHA-256 of the joined parts, 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return nobleSha256(concat(...parts));
}

/** HMAC-SHA-256 (RFC 2104) of the joined parts, 32 bytes. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac(nobleSha256, key, concat(...parts));
}

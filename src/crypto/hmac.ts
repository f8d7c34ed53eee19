/** HMAC-SHA-256 by @noble/hashes, for fake TLS. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat } from '../bytes.ts';

/** HMAC-SHA-256 (RFC 2104) of the joined parts, 32 bytes. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac(sha256, key, concat(...parts));
}

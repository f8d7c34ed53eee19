/** SHA-1, SHA-256 and its HMAC, by @noble/hashes: the hashed values are short, and a native call costs more than it saves. */
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 as nobleSha1 } from '@noble/hashes/legacy.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { concat } from '../bytes.ts';

/** 20 bytes: the SHA-1 of the parts, joined. MTProto asks for it; nothing here rests on its collision resistance. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return nobleSha1(concat(...parts));
}

/** 32 bytes: the SHA-256 of the parts, joined. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return nobleSha256(concat(...parts));
}

/** 32 bytes: the HMAC (RFC 2104) with SHA-256 of the parts, joined. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return hmac(nobleSha256, key, concat(...parts));
}

/** Comparison of secrets: OpenSSL's, which takes the same time wherever two values differ. */
import { timingSafeEqual } from 'node:crypto';

/** Whether two hashes or keys are equal; only their lengths are not hidden. */
export function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

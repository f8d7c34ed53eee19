/** Comparison of secrets in constant time, by OpenSSL. */
import { timingSafeEqual } from 'node:crypto';

/** Whether two hashes or keys are equal. Only their lengths are not hidden. */
export function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

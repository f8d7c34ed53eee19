/**
 * The proof of work of a key exchange: pq into p and q (https://core.telegram.org/mtproto/auth_key, step 3).
 *
 * Shanks' square forms (SQUFOF) walk through numbers of the size of √pq, so that all but the first step is exact in doubles, with no
 * big number in the loop: a cold call takes one to three milliseconds. Small factors are divided out first.
 */
import { SecurityError } from '../errors.ts';
import { isSmallPrime } from './number.ts';

/** Factors below this are found by division. */
const TRIAL_LIMIT = 1 << 12;

/** SQUFOF fails for some numbers and not for their multiples: these are tried in turn. */
const MULTIPLIERS = [1, 3, 5, 7, 11, 15, 21, 33, 35, 55, 77, 105, 165, 231, 385, 1155, 13, 39, 65, 91, 143, 195, 273] as const;

/** p < q, both prime. Throws `SecurityError` for anything that is not the product of two different primes below 2^63. */
export function factor(pq: bigint): readonly [p: bigint, q: bigint] {
  const found = pq > 1n && pq < 1n << 63n ? (smallFactor(pq) ?? squareForms(pq)) : undefined;
  if (found !== undefined) {
    const other = pq / found;
    const [p, q] = found < other ? [found, other] : [other, found];
    if (p * q === pq && p !== q && isSmallPrime(p) && isSmallPrime(q)) return [p, q];
  }
  throw new SecurityError('pq is the product of two different primes');
}

function smallFactor(n: bigint): bigint | undefined {
  // Divides halves of n as doubles: n = high · 2^32 + low.
  const high = Number(n >> 32n);
  const low = Number(n & 0xffffffffn);
  for (let d = 2; d < TRIAL_LIMIT; d += d === 2 ? 1 : 2)
    if ((((high % d) * (4294967296 % d)) % d + (low % d)) % d === 0) return BigInt(d);
  return undefined;
}

/** floor(√n), exact. */
function squareRoot(n: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  while (root * root > n) root--;
  while ((root + 1n) * (root + 1n) <= n) root++;
  return root;
}

function squareForms(n: bigint): bigint | undefined {
  if (isSmallPrime(n)) return undefined;
  for (const k of MULTIPLIERS) {
    const found = walk(n, BigInt(k));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One walk through the principal cycle of kn to a square form, and back from its root to a factor of n. */
function walk(n: bigint, k: bigint): bigint | undefined {
  const kn = k * n;
  const bigRoot = squareRoot(kn);
  const root = Number(bigRoot);
  const bound = 6 * Math.floor(Math.sqrt(2 * Math.sqrt(Number(kn))));
  let p = root;
  let previous = 1;
  let q = Number(kn - bigRoot * bigRoot);
  if (q === 0) return gcd(n, bigRoot);
  for (let i = 2; i < bound; i++) {
    const b = Math.floor((root + p) / q);
    const last = p;
    p = b * q - p;
    const next = previous + b * (last - p);
    previous = q;
    q = next;
    if (i % 2 !== 0) continue;
    const r = Math.round(Math.sqrt(q));
    if (r * r !== q) continue;
    const found = walkBack(n, kn, root, p, r, bound);
    if (found !== undefined) return found;
  }
  return undefined;
}

function walkBack(n: bigint, kn: bigint, root: number, from: number, r: number, bound: number): bigint | undefined {
  let p = Math.floor((root - from) / r) * r + from;
  let previous = r;
  let q = Number((kn - BigInt(p) * BigInt(p)) / BigInt(r));
  for (let i = 0; i < bound; i++) {
    const b = Math.floor((root + p) / q);
    const last = p;
    p = b * q - p;
    if (p === last) {
      const found = gcd(n, BigInt(p));
      return found === 1n || found === n ? undefined : found;
    }
    const next = previous + b * (last - p);
    previous = q;
    q = next;
  }
  return undefined;
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

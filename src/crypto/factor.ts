/**
 * The proof of work of a key exchange: factors pq into p and q (https://core.telegram.org/mtproto/auth_key, step 3).
 *
 * Shanks' square forms (SQUFOF): expand √(kn) as a continued fraction until a denominator of even index is a
 * square r². Expand again from the form with denominator r until a numerator repeats; that numerator shares a factor
 * with n. All numbers of the loop are below 2√(kn) and exact as doubles for kn < 2^77. The number of steps varies
 * widely between multipliers k, so many short walks end sooner, and vary less, than one long walk.
 *
 * In a new process, compiling takes longer than walking. So both expansions share one small loop that is called in
 * strides, without rare cases that would deoptimise it.
 */
import { SecurityError } from '../errors.ts';
import { isSmallPrime } from './number.ts';

/** Factors below this are found by trial division. */
const DIVISORS = 1000n;

/** Products of these primes, largest first. With more factors, more squares lead to a divisor. */
const MULTIPLIERS = [3, 5, 7, 11, 13]
  .reduce((products, prime) => products.concat(products.map((product) => product * prime)), [1])
  .sort((a, b) => b - a);

/** Pairs of steps in a stride. Pairs, so that a stride ends on an even index. */
const PAIRS = 250;

/** Strides for each multiplier, by round. One number in a thousand needs the second round. */
const ROUNDS = [48, 240] as const;

/** A step of a walk: the numerator, the denominators before and after it, and whether the numerator repeats. */
interface Place {
  readonly p: number;
  readonly before: number;
  readonly q: number;
  readonly repeated: boolean;
}

/** Returns p < q, both prime. Throws `SecurityError` unless pq is below 2^63 and has exactly these two factors. */
export function factor(pq: bigint): readonly [p: bigint, q: bigint] {
  const found = pq > 1n && pq < 1n << 63n ? divisor(pq) : undefined;
  if (found !== undefined) {
    const other = pq / found;
    if (found !== other && isSmallPrime(found) && isSmallPrime(other))
      return found < other ? [found, other] : [other, found];
  }
  throw new SecurityError('pq is the product of two different primes');
}

/** A divisor of n other than 1 and n; `undefined` for a prime. */
function divisor(n: bigint): bigint | undefined {
  for (let d = 2n; d < DIVISORS && d * d <= n; d += d === 2n ? 1n : 2n) if (n % d === 0n) return d;
  for (const strides of ROUNDS) {
    for (const k of MULTIPLIERS) {
      const found = walk(n, BigInt(k), strides);
      if (found !== undefined) return found;
    }
    if (isSmallPrime(n)) return undefined;
  }
  return undefined;
}

function walk(n: bigint, k: bigint, strides: number): bigint | undefined {
  const kn = k * n;
  const bigRoot = squareRoot(kn);
  const root = Number(bigRoot);
  const placeAt = (p: number, before: number): Place => ({
    p,
    before,
    q: Number((kn - BigInt(p) ** 2n) / BigInt(before)),
    repeated: false,
  });
  const first = Number(kn - bigRoot * bigRoot);
  if (first === 0) return commonDivisor(n, bigRoot);
  let place = placeAt(Math.floor((2 * root) / first) * first - root, first);
  for (let left = strides; left > 0; left--) {
    place = advance(place, root);
    if (place.repeated) return commonDivisor(n, BigInt(place.p));
    const r = Math.sqrt(place.q);
    if (r !== Math.floor(r)) continue;
    if (r === 1) return undefined; // the cycle is complete
    let end = placeAt(place.p + r * Math.floor((root - place.p) / r), r);
    for (; left > 0 && !end.repeated; left--) end = advance(end, root);
    const found = commonDivisor(n, BigInt(end.p));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Walks until the denominator is a square, the numerator repeats, or the stride ends. */
function advance(from: Place, root: number): Place {
  let { p, before, q, repeated } = from;
  for (let pair = 0; pair < PAIRS; pair++) {
    const b = Math.floor((root + p) / q);
    const between = b * q - p;
    before += b * (p - between);
    const c = Math.floor((root + between) / before);
    const next = c * before - between;
    q += c * (between - next);
    repeated = between === p || next === between;
    p = repeated ? between : next;
    const r = Math.sqrt(q);
    if (repeated || r === Math.floor(r)) break;
  }
  return { p, before, q, repeated };
}

/** floor(√n), exact. */
function squareRoot(n: bigint): bigint {
  let root = BigInt(Math.floor(Math.sqrt(Number(n))));
  while (root * root > n) root--;
  while ((root + 1n) * (root + 1n) <= n) root++;
  return root;
}

/** The greatest common divisor of n and x, unless it is 1 or n. */
function commonDivisor(n: bigint, x: bigint): bigint | undefined {
  let [a, b] = [n, x];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 1n || a === n ? undefined : a;
}

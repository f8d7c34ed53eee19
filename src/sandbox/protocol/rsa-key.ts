/**
 * An RSA key pair of 2048 bits from a given source of randomness: the sandbox's, which a seed must reproduce, as OpenSSL's own
 * generator cannot. OpenSSL still judges every candidate.
 */
import { checkPrimeSync } from 'node:crypto';
import { fromHex, type Random, toHex } from '../../bytes.ts';
import type { RsaPrivateKey } from '../../crypto/rsa.ts';

const EXPONENT = 65537n;
/** Bytes of each of the two primes. */
const PRIME_SIZE = 128;

/** How many odd numbers from a random one on are looked at: one in 355 is prime. */
const WINDOW = 8192;
/** A candidate with a divisor below this is not worth OpenSSL's time, a third of a millisecond for one that is composite. */
const SIEVE_LIMIT = 10_000;

/** Makes a pair of 2048 bits, e = 65537. The same `random` makes the same pair. */
export function generateRsaKey(random: Random): RsaPrivateKey {
  const primes = oddPrimes(SIEVE_LIMIT);
  const p = drawPrime(random, primes);
  let q = drawPrime(random, primes);
  while (q === p) q = drawPrime(random, primes);
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  const number = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  return {
    n: toBytes(number.n),
    e: toBytes(number.e),
    d: toBytes(number.d),
    p: toBytes(number.p),
    q: toBytes(number.q),
    dp: toBytes(number.dp),
    dq: toBytes(number.dq),
    qi: toBytes(number.qi),
  };
}

/** A prime of 1024 bits whose two top bits are set, so that the product of two has 2048; p − 1 is prime to the exponent. */
function drawPrime(random: Random, primes: readonly number[]): bigint {
  const bits = BigInt(8 * PRIME_SIZE);
  for (;;) {
    const start = BigInt(`0x${toHex(random(PRIME_SIZE))}`) | (3n << (bits - 2n)) | 1n;
    for (const [i, divisible] of sieve(start, primes).entries()) {
      const candidate = start + BigInt(2 * i);
      if (divisible === 0 && candidate >> bits === 0n && candidate % EXPONENT !== 1n && checkPrimeSync(candidate))
        return candidate;
    }
  }
}

/** A byte for each odd number from `start` on: 1 if one of the odd primes divides it. */
function sieve(start: bigint, primes: readonly number[]): Uint8Array {
  const divisible = new Uint8Array(WINDOW);
  for (const prime of primes) {
    const gap = (prime - Number(start % BigInt(prime))) % prime;
    for (let i = (gap % 2 === 0 ? gap : gap + prime) / 2; i < WINDOW; i += prime) divisible[i] = 1;
  }
  return divisible;
}

/** The odd primes below a limit. */
function oddPrimes(limit: number): number[] {
  const composite = new Uint8Array(limit);
  const primes: number[] = [];
  for (let n = 3; n < limit; n += 2) {
    if (composite[n] === 1) continue;
    primes.push(n);
    for (let multiple = n * n; multiple < limit; multiple += 2 * n) composite[multiple] = 1;
  }
  return primes;
}

/** value⁻¹ mod modulus, by Euclid's extended algorithm. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [r, next] = [modulus, value % modulus];
  let [t, nextT] = [0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  return ((t % modulus) + modulus) % modulus;
}

function toBytes(value: bigint): Uint8Array {
  const hex = value.toString(16);
  return fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
}

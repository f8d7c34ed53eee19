/** Generates the sandbox's RSA key. Unlike OpenSSL's generator, it can be seeded; OpenSSL still checks every prime. */
import { checkPrimeSync, createPublicKey } from 'node:crypto';
import { fromHex, type Random, toHex } from '../../bytes.ts';
import type { RsaPrivateKey, RsaPublicKey } from '../../crypto/rsa.ts';

const EXPONENT = 65537n;
/** Bytes of each of the two primes. */
const PRIME_SIZE = 128;
/** How many odd numbers after a random one are tried. One in 355 is prime. */
const WINDOW = 8192;
/** Candidates with a divisor below this are not tested with OpenSSL, which takes a third of a millisecond for each. */
const SIEVE_LIMIT = 10_000;

/** Makes a pair of 2048 bits, e = 65537. The same `random` makes the same pair. */
export function generateRsaKey(random: Random): RsaPrivateKey {
  const primes = oddPrimes(SIEVE_LIMIT);
  const p = drawPrime(random, primes);
  let q = drawPrime(random, primes);
  while (q === p) q = drawPrime(random, primes);
  return rsaKeyOf(p, q);
}

/** Returns the pair with these two primes. */
export function rsaKeyOf(p: bigint, q: bigint): RsaPrivateKey {
  const d = inverse(EXPONENT, (p - 1n) * (q - 1n));
  return {
    n: toBytes(p * q),
    e: toBytes(EXPONENT),
    d: toBytes(d),
    p: toBytes(p),
    q: toBytes(q),
    dp: toBytes(d % (p - 1n)),
    dq: toBytes(d % (q - 1n)),
    qi: toBytes(inverse(q, p)),
  };
}

/** Returns the public key as PEM in PKCS#1, as Telegram publishes its own. */
export function serverKeyToPem({ n, e }: RsaPublicKey): string {
  const jwk = { kty: 'RSA', n: Buffer.from(n).toString('base64url'), e: Buffer.from(e).toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs1', format: 'pem' }).toString();
}

/** Draws a prime p of 1024 bits, the top two set so that p·q has 2048; p − 1 and the exponent are coprime. */
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

/** One byte for each odd number from `start` on: 1 if one of the primes divides it. */
function sieve(start: bigint, primes: readonly number[]): Uint8Array {
  const divisible = new Uint8Array(WINDOW);
  for (const prime of primes) {
    const gap = (prime - Number(start % BigInt(prime))) % prime;
    for (let i = (gap % 2 === 0 ? gap : gap + prime) / 2; i < WINDOW; i += prime) divisible[i] = 1;
  }
  return divisible;
}

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

/** value⁻¹ mod modulus, by the extended Euclidean algorithm. */
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

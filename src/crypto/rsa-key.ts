/**
 * An RSA key pair of 2048 bits from a given source of randomness: the sandbox's, which a seed must reproduce, as OpenSSL's own
 * generator cannot. OpenSSL still judges every candidate.
 */
import { checkPrimeSync } from 'node:crypto';
import { fromHex, type Random, toHex } from '../bytes.ts';
import type { RsaPrivateKey } from './rsa.ts';

const EXPONENT = 65537n;
/** Bytes of each of the two primes. */
const PRIME_SIZE = 128;

/** A candidate that one of these divides is not worth OpenSSL's time. */
const SMALL_PRIMES = [3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n, 59n, 61n, 67n, 71n, 73n];
const PRIMORIAL = SMALL_PRIMES.reduce((product, prime) => product * prime, 1n);

export function generateRsaKey(random: Random): RsaPrivateKey {
  const p = drawPrime(random);
  let q = drawPrime(random);
  while (q === p) q = drawPrime(random);
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
function drawPrime(random: Random): bigint {
  for (;;) {
    const top = 3n << BigInt(8 * PRIME_SIZE - 2);
    const start = BigInt(`0x${toHex(random(PRIME_SIZE))}`) | top | 1n;
    const rest = start % PRIMORIAL;
    for (let step = 0n; step < 4000n; step += 2n) {
      if (SMALL_PRIMES.some((prime) => (rest + step) % prime === 0n)) continue;
      const candidate = start + step;
      if (candidate >> BigInt(8 * PRIME_SIZE) !== 0n) break;
      if (candidate % EXPONENT !== 1n && checkPrimeSync(candidate, { checks: 8 })) return candidate;
    }
  }
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

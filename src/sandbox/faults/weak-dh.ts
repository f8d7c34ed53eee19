/**
 * Weak Diffie–Hellman: bad numbers in server_DH_inner_data
 * (https://core.telegram.org/mtproto/security_guidelines#diffie-hellman-key-exchange).
 *
 * The server computes with the bad numbers, so a client that does not check them gets a key that works. Every g_a is
 * factor · g^a. With factor −1 the key depends on whether the client's secret is odd, which the server has to guess.
 */
import { fromHex, padStart, type Random, toHex, trimStart } from '../../bytes.ts';
import { KNOWN_PRIME } from '../../crypto/dh.ts';
import type { DhHalf } from '../protocol/handshake-server.ts';
import { type FaultArgument, type FaultKind, oneOf } from './fault.ts';

/** What differs from an honest half. */
interface Weakness {
  readonly dh_prime?: bigint;
  readonly g?: number;
  readonly factor?: bigint;
  /** The secret exponent; random by default. */
  readonly a?: bigint;
}

const SIZE = 256;
/** A short exponent is fast, and nothing here is secret. */
const EXPONENT_SIZE = 32;
const KNOWN = numberOf(KNOWN_PRIME);

/** The safe prime has 1024 bits; all of them would pass the test of g = 3. */
const BAD_PRIMES = {
  composite: { dh_prime: KNOWN - 6n },
  unsafe: { dh_prime: 2n ** 2048n - 2543n },
  short: { dh_prime: 2n ** 1024n - 1_093_337n },
} as const satisfies Readonly<Record<string, Weakness>>;

/** 3^1000 is below 2^1984. */
const BAD_PUBLICS = {
  one: { a: 0n },
  'minus-one': { factor: -1n, a: 0n },
  small: { a: 1000n },
  large: { factor: -1n, a: 1000n },
  zero: { factor: 0n },
} as const satisfies Readonly<Record<string, Weakness>>;

/** Such a prime of 256 bytes. */
export function badPrime(name: string): Uint8Array {
  return bytesOf(name === 'composite' ? BAD_PRIMES.composite.dh_prime : BAD_PRIMES.unsafe.dh_prime);
}

export const WEAK_DH_FAULTS: Readonly<Record<string, FaultKind>> = {
  'dh-prime': weak('sends a bad dh_prime', BAD_PRIMES),
  'dh-g': weakWith('sends this g', (text) => ({ g: Number(text) }), { name: 'G', default: '2', pattern: /^\d{1,9}$/ }),
  'dh-ga': weak('sends a bad g_a', BAD_PUBLICS),
};

function weak(does: string, choices: Readonly<Record<string, Weakness>>): FaultKind {
  return weakWith(does, (name) => choices[name] ?? {}, oneOf(...Object.keys(choices)));
}

function weakWith(does: string, weaknessOf: (argument: string) => Weakness, argument: FaultArgument): FaultKind {
  return {
    moment: 'h2',
    does,
    argument,
    make(due, value) {
      let spent = false;
      return {
        serve(options) {
          if (spent) return options;
          spent = !due.every;
          return { ...options, drawHalf: (random) => weakHalf(random, weaknessOf(value)) };
        },
      };
    },
  };
}

function weakHalf(random: Random, weakness: Weakness): DhHalf {
  const { dh_prime = KNOWN, g = 3, factor = 1n, a = numberOf(random(EXPONENT_SIZE)) } = weakness;
  const modulo = (value: bigint) => ((value % dh_prime) + dh_prime) % dh_prime;
  const guess = factor === -1n && ((random(1)[0] ?? 0) & 1) === 0 ? 1n : factor;
  return {
    g,
    dh_prime: trimStart(bytesOf(dh_prime)),
    g_a: bytesOf(modulo(factor * power(BigInt(g), a, dh_prime))),
    shared: (g_b) => bytesOf(modulo(guess * power(numberOf(g_b), a, dh_prime))),
  };
}

/** base^exponent mod modulus. Not constant-time: these numbers protect nothing. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

/** Big-endian. */
export function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${toHex(bytes)}`);
}

/** 256 bytes, big-endian. */
export function bytesOf(value: bigint): Uint8Array {
  const digits = value.toString(16);
  return padStart(fromHex(digits.padStart(digits.length + (digits.length % 2), '0')), SIZE);
}

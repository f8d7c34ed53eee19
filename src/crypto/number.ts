/**
 * Arithmetic on public numbers, by big-integer, of which this is the only user: what a peer sent in the clear is checked here. Powers
 * with a secret exponent are OpenSSL's (`dh.ts`, `rsa.ts`), as big-integer's time tells the exponent.
 */
import bigInt from 'big-integer';
import { toHex } from '../bytes.ts';

/** A non-negative integer. */
export type Big = bigInt.BigInteger;

/** The big-endian number in some bytes. */
export function fromBytes(bytes: Uint8Array): Big {
  return bytes.length === 0 ? bigInt.zero : bigInt(toHex(bytes), 16);
}

export function fromBigint(value: bigint): Big {
  return bigInt(value);
}

export function powerOfTwo(exponent: number): Big {
  return bigInt.one.shiftLeft(exponent);
}

/** value mod a small modulus, as a number. */
export function residue(value: Big, modulus: number): number {
  return value.mod(modulus).toJSNumber();
}

/** Whether a number below 2^64 is prime: deterministic. */
export function isSmallPrime(value: bigint): boolean {
  return bigInt(value).isPrime(true);
}

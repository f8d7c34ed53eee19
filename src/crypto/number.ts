/**
 * Arithmetic on public numbers, by big-integer, of which this is the only user: what came over the wire in the clear is checked here.
 * big-integer has what BigInt lacks (primality, comparison) and counts with BigInt inside. Its time tells the numbers, so whatever has a
 * secret in it, as every power has, is OpenSSL's (`dh.ts`, `rsa.ts`), which takes the same time for all of them and a tenth of it.
 */
import bigInt from 'big-integer';
import { toHex } from '../bytes.ts';

/** A non-negative integer. */
export type Big = bigInt.BigInteger;

/** The big-endian number in some bytes. BigInt reads hex two hundred times faster than big-integer does. */
export function fromBytes(bytes: Uint8Array): Big {
  return bigInt(BigInt(`0x0${toHex(bytes)}`));
}

export function powerOfTwo(exponent: number): Big {
  return bigInt.one.shiftLeft(exponent);
}

/** value mod a small modulus, as a number. */
export function residue(value: Big, modulus: number): number {
  return value.mod(modulus).toJSNumber();
}

/** Whether a number below 2^64 is prime; the answer is certain. */
export function isSmallPrime(value: bigint): boolean {
  return bigInt(value).isPrime(true);
}

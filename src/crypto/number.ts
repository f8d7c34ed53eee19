/**
 * Arithmetic on public numbers: what came over the wire in the clear is checked here. Comparison and residues are big-integer's, of which
 * this is the only user; its time tells the numbers, so whatever has a secret in it, as every power has, is OpenSSL's (`dh.ts`, `rsa.ts`),
 * which takes the same time for all of them and a tenth of it. Primality is OpenSSL's too, being twice as fast in a new process.
 */
import { checkPrimeSync } from 'node:crypto';
import bigInt from 'big-integer';
import { toHex } from '../bytes.ts';

/** A non-negative integer. */
export type Big = bigInt.BigInteger;

/** The big-endian number in some bytes. BigInt reads hex far faster than big-integer does: a check of a 2048-bit number takes a fifth of the time. */
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

/** Whether a number that fits in eight bytes is prime; a composite passes by a chance of 2^-128. */
export function isSmallPrime(value: bigint): boolean {
  return checkPrimeSync(value);
}

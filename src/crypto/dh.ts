/**
 * Diffie–Hellman with every check of the security guidelines
 * (https://core.telegram.org/mtproto/security_guidelines#diffie-hellman-key-exchange).
 *
 * OpenSSL computes the powers in constant time, with key objects made from DER. `createDiffieHellman(prime)` would test
 * the prime again each time, which takes ten times longer than the power.
 */
import { checkPrimeSync, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { concat, fromHex, padStart, toHex, trimStart } from '../bytes.ts';
import { check } from '../errors.ts';
import { fromBytes, powerOfTwo, residue } from './number.ts';

/** Bytes of the prime and of every number modulo it. */
const SIZE = 256;

/** The prime of Telegram's servers since 2013. Valid with g = 3, 4 and 7. */
export const KNOWN_PRIME = fromHex(
  'c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4db' +
    'fa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64' +
    '2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b41' +
    '0dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4' +
    'e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf' +
    '6f4fadf034b10403119cd8e3b92fcc5b',
);

/** Primes that passed the test, in hex: the known one, and those tested by this process. */
const good = new Set([toHex(KNOWN_PRIME)]);

/** The residues of p for which g generates the subgroup of order (p − 1) / 2. */
const RESIDUES: Readonly<Record<number, { readonly modulus: number; readonly allowed: readonly number[] }>> = {
  2: { modulus: 8, allowed: [7] },
  3: { modulus: 3, allowed: [2] },
  4: { modulus: 1, allowed: [0] },
  5: { modulus: 5, allowed: [1, 4] },
  6: { modulus: 24, allowed: [19, 23] },
  7: { modulus: 7, allowed: [3, 5, 6] },
};

/**
 * Throws `SecurityError` unless dh_prime is a 2048-bit safe prime and g (2 to 7) generates its subgroup of prime order.
 */
export function checkDhParameters(dh_prime: Uint8Array, g: number, observed = check): void {
  observed(dh_prime.length === SIZE && (dh_prime[0] ?? 0) >= 0x80, 'dh_prime has 2048 bits');
  const rule = RESIDUES[g];
  observed(rule !== undefined, 'g is 2, 3, 4, 5, 6 or 7');
  const isGenerator = rule?.allowed.includes(residue(fromBytes(dh_prime), rule.modulus)) === true;
  observed(isGenerator, 'g generates a subgroup of prime order modulo dh_prime');
  const hex = toHex(dh_prime);
  observed(good.has(hex) || isSafePrime(BigInt(`0x${hex}`)), 'dh_prime is a safe prime');
  good.add(hex);
}

function isSafePrime(p: bigint): boolean {
  return checkPrimeSync(p) && checkPrimeSync((p - 1n) / 2n);
}

/** Throws `SecurityError` unless 2^1984 ≤ value ≤ dh_prime − 2^1984, which implies 1 < value < dh_prime − 1. */
export function checkDhPublic(value: Uint8Array, dh_prime: Uint8Array, name = 'g_a and g_b', observed = check): void {
  const number = fromBytes(value);
  const margin = powerOfTwo(2048 - 64);
  const isInside = !number.lesser(margin) && !number.greater(fromBytes(dh_prime).subtract(margin));
  observed(isInside, `${name}: between 2^1984 and dh_prime − 2^1984`);
}

/**
 * Returns g^secret and a function for other^secret, 256 bytes each. Numbers are big-endian; leading zeros do not
 * matter. Only `checkDhPublic` checks them; here, OpenSSL throws its own error for an `other` outside
 * 2 … dh_prime − 2.
 */
export function dhPair(
  g: number | Uint8Array,
  dh_prime: Uint8Array,
  secret: Uint8Array,
): { readonly public: Uint8Array; shared(other: Uint8Array): Uint8Array } {
  const base = typeof g === 'number' ? Uint8Array.of(g) : g;
  const algorithm = sequence(DH_KEY_AGREEMENT, sequence(integer(dh_prime), integer(base)));
  const pkcs8 = Buffer.from(sequence(integer(new Uint8Array(1)), algorithm, tagged(0x04, integer(secret))));
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  pkcs8.fill(0);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    public: padStart(publicNumber(spki), SIZE),
    shared(other) {
      const key = Buffer.from(sequence(algorithm, tagged(0x03, concat(new Uint8Array(1), integer(other)))));
      const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
      return padStart(new Uint8Array(diffieHellman({ privateKey, publicKey })), SIZE);
    },
  };
}

// DER (X.690), as far as PKCS#3 keys need it

/** 1.2.840.113549.1.3.1 */
const DH_KEY_AGREEMENT = fromHex('06092a864886f70d010301');

function tagged(tag: number, content: Uint8Array): Uint8Array {
  const { length } = content;
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return concat(Uint8Array.from(head), content);
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return tagged(0x30, concat(...parts));
}

/** A non-negative big-endian number. */
function integer(bytes: Uint8Array): Uint8Array {
  const digits = trimStart(bytes);
  return tagged(0x02, (digits[0] ?? 0x80) < 0x80 ? digits : concat(new Uint8Array(1), digits));
}

/** The start and end of the content of the value at an offset. */
function contentAt(der: Uint8Array, offset: number): { readonly start: number; readonly end: number } {
  const first = der[offset + 1] ?? 0;
  const start = offset + 2 + (first < 0x80 ? 0 : first & 0x7f);
  const length = first < 0x80 ? first : der.subarray(offset + 2, start).reduce((value, byte) => 256 * value + byte, 0);
  return { start, end: start + length };
}

/** The number in SEQUENCE { algorithm, BIT STRING { INTEGER } }. */
function publicNumber(spki: Uint8Array): Uint8Array {
  const algorithm = contentAt(spki, contentAt(spki, 0).start);
  const bits = contentAt(spki, algorithm.end);
  const { start, end } = contentAt(spki, bits.start + 1);
  return spki.subarray(start, end);
}

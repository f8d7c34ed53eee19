/**
 * The password check of two-step verification: SRP 2 with Telegram's parameters (https://core.telegram.org/api/srp). It
 * proves the password without sending it. The server's half is for the sandbox.
 *
 * H is SHA-256, | joins, and every number is hashed as 256 big-endian bytes:
 *
 *     x = SH(PBKDF2(SH(SH(password, salt1), salt2), salt1), salt2)     with SH(data, salt) = H(salt | data | salt)
 *     v = g^x            k = H(p | g)            u = H(A | B)
 *     A = g^a            B = k·v + g^b
 *     S = (B − k·v)^(a + u·x) = (A · v^u)^b      K = H(S)
 *     M1 = H(H(p) xor H(g) | H(salt1) | H(salt2) | A | B | K)
 *
 * OpenSSL computes the powers in constant time, and PBKDF2 in a tenth of the time that @noble/hashes needs for its
 * 100,000 rounds. Sums and products are BigInt's. An exponent is reduced modulo p − 1, which does not change the
 * power.
 */
import { pbkdf2, pbkdf2Sync } from 'node:crypto';
import { promisify } from 'node:util';
import { fromHex, padStart, type Random, toHex, utf8, xor } from '../bytes.ts';
import { SecurityError } from '../errors.ts';
import { sameSecret } from './compare.ts';
import { checkDhParameters, checkDhPublic, dhPair } from './dh.ts';
import { sha256 } from './hash.ts';

/** The parameters of passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow. */
export interface PasswordKdf {
  readonly salt1: Uint8Array;
  readonly salt2: Uint8Array;
  readonly g: number;
  /** 256 bytes, big-endian. */
  readonly p: Uint8Array;
}

/** The client's answer: 256 and 32 bytes. */
export interface SrpAnswer {
  readonly A: Uint8Array;
  readonly M1: Uint8Array;
}

/** The server's secret and its challenge, 256 bytes each. */
export interface SrpChallenge {
  readonly b: Uint8Array;
  readonly srp_B: Uint8Array;
}

const SIZE = 256;
const ROUNDS = 100_000;
const KEY_LENGTH = 64;

const pbkdf2Async = promisify(pbkdf2);

/** PBKDF2-HMAC-SHA-512 with 100,000 rounds, 64 bytes. It runs in another thread. */
export function stretch(password: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
  return pbkdf2Async(password, salt, ROUNDS, KEY_LENGTH, 'sha512');
}

/** x, 32 bytes. The password is neither trimmed nor normalised. */
export async function passwordKey(kdf: PasswordKdf, password: string): Promise<Uint8Array> {
  return salted(await stretch(twiceSalted(kdf, password), kdf.salt1), kdf.salt2);
}

/** The same, but blocks the thread. */
export function passwordKeySync(kdf: PasswordKdf, password: string): Uint8Array {
  return salted(pbkdf2Sync(twiceSalted(kdf, password), kdf.salt1, ROUNDS, KEY_LENGTH, 'sha512'), kdf.salt2);
}

function twiceSalted({ salt1, salt2 }: PasswordKdf, password: string): Uint8Array {
  return salted(salted(utf8(password), salt1), salt2);
}

function salted(data: Uint8Array, salt: Uint8Array): Uint8Array {
  return sha256(salt, data, salt);
}

/** v, 256 bytes: what a server stores of a password. */
export function passwordVerifier({ g, p }: PasswordKdf, x: Uint8Array): Uint8Array {
  return dhPair(g, p, x).public;
}

/**
 * The client's proof that it knows x. Throws `SecurityError` unless p is a safe prime that fits g, and srp_B is in a
 * range that reveals nothing about x.
 */
export function srpAnswer(kdf: PasswordKdf, srp_B: Uint8Array, x: Uint8Array, random: Random): SrpAnswer {
  const { g, p } = kdf;
  checkDhParameters(p, g);
  if (srp_B.length > SIZE) throw new SecurityError('srp_B has at most 256 bytes');
  checkDhPublic(srp_B, p, 'srp_B');
  const B = padStart(srp_B, SIZE);
  const blinded = subtract(B, product(multiplier(kdf), passwordVerifier(kdf, x), p), p); // g^b
  checkDhPublic(blinded, p, 'srp_B − k·v');

  const { a, A, u } = draw(kdf, B, random);
  const exponent = (number(a) + number(u) * number(x)) % (number(p) - 1n);
  const S = dhPair(g, p, bytes(exponent)).shared(blinded);
  return { A, M1: proof(kdf, A, B, S) };
}

/** Draws a until A and u are valid, in practice the first time. */
function draw({ g, p }: PasswordKdf, B: Uint8Array, random: Random) {
  for (;;) {
    const a = random(SIZE);
    const A = dhPair(g, p, a).public;
    const u = sha256(A, B);
    if (isDhPublic(A, p) && number(u) !== 0n) return { a, A, u };
  }
}

/** The server's challenge for the verifier `v`. */
export function srpChallenge(kdf: PasswordKdf, v: Uint8Array, random: Random): SrpChallenge {
  const { g, p } = kdf;
  for (;;) {
    const b = random(SIZE);
    const srp_B = bytes((number(product(multiplier(kdf), v, p)) + number(dhPair(g, p, b).public)) % number(p));
    if (isDhPublic(srp_B, p)) return { b, srp_B };
  }
}

/** Whether an answer proves knowledge of x. Throws `SecurityError` for an A that would need none. */
export function srpAccepts(kdf: PasswordKdf, v: Uint8Array, { b, srp_B }: SrpChallenge, answer: SrpAnswer): boolean {
  const { g, p } = kdf;
  if (answer.A.length > SIZE) throw new SecurityError('A has at most 256 bytes');
  checkDhPublic(answer.A, p, 'A');
  const A = padStart(answer.A, SIZE);
  const known = product(A, dhPair(v, p, sha256(A, srp_B)).public, p); // g^(a + u·x)
  return sameSecret(answer.M1, proof(kdf, A, srp_B, dhPair(g, p, b).shared(known)));
}

function multiplier({ g, p }: PasswordKdf): Uint8Array {
  return sha256(p, padded(g));
}

function proof({ salt1, salt2, g, p }: PasswordKdf, A: Uint8Array, B: Uint8Array, S: Uint8Array): Uint8Array {
  return sha256(xor(sha256(p), sha256(padded(g))), sha256(salt1), sha256(salt2), A, B, sha256(S));
}

function isDhPublic(value: Uint8Array, p: Uint8Array): boolean {
  try {
    checkDhPublic(value, p);
    return true;
  } catch (error) {
    if (error instanceof SecurityError) return false;
    throw error;
  }
}

// Numbers as 256 bytes

function padded(g: number): Uint8Array {
  return padStart(Uint8Array.of(g), SIZE);
}

function number(value: Uint8Array): bigint {
  return BigInt(`0x${toHex(value)}`);
}

function bytes(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(2 * SIZE, '0'));
}

function product(a: Uint8Array, b: Uint8Array, p: Uint8Array): Uint8Array {
  return bytes((number(a) * number(b)) % number(p));
}

function subtract(a: Uint8Array, b: Uint8Array, p: Uint8Array): Uint8Array {
  const modulus = number(p);
  return bytes((number(a) - number(b) + modulus) % modulus);
}

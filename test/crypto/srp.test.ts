import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fromHex, padStart, toHex } from '../../src/bytes.ts';
import { KNOWN_PRIME } from '../../src/crypto/dh.ts';
import {
  type PasswordKdf,
  passwordKey,
  passwordKeySync,
  passwordVerifier,
  srpAccepts,
  srpAnswer,
  srpChallenge,
} from '../../src/crypto/srp.ts';
import { SecurityError } from '../../src/errors.ts';

interface Vector
  extends Readonly<Record<'note' | 'password' | 'p' | 'salt1' | 'salt2' | 'a' | 'srp_B' | 'x' | 'v', string>> {
  readonly b_server_secret: string;
  readonly A: string;
  readonly M1: string;
  readonly g: number;
}

const vectors: readonly Vector[] = JSON.parse(readFileSync(new URL('../vectors/srp.json', import.meta.url), 'utf8'));

function kdfOf({ salt1, salt2, g, p }: Vector): PasswordKdf {
  return { salt1: fromHex(salt1), salt2: fromHex(salt2), g, p: fromHex(p) };
}

const random = (length: number) => new Uint8Array(randomBytes(length));
const KDF: PasswordKdf = { salt1: random(40), salt2: random(16), g: 3, p: KNOWN_PRIME };

for (const vector of vectors)
  describe(`the vector "${vector.note}"`, () => {
    const kdf = kdfOf(vector);
    const [x, srp_B] = [fromHex(vector.x), fromHex(vector.srp_B)];

    test('x, both ways, and v', async () => {
      assert.equal(toHex(await passwordKey(kdf, vector.password)), vector.x);
      assert.equal(toHex(passwordKeySync(kdf, vector.password)), vector.x);
      assert.equal(toHex(passwordVerifier(kdf, x)), vector.v);
    });

    test('A and M1', () => {
      const { A, M1 } = srpAnswer(kdf, srp_B, x, () => fromHex(vector.a));
      assert.deepEqual([toHex(A), toHex(M1)], [vector.A, vector.M1]);
    });

    test('B, and the answer is accepted', () => {
      const challenge = srpChallenge(kdf, fromHex(vector.v), () => fromHex(vector.b_server_secret));
      assert.equal(toHex(challenge.srp_B), vector.srp_B);
      const answer = { A: fromHex(vector.A), M1: fromHex(vector.M1) };
      assert.equal(srpAccepts(kdf, fromHex(vector.v), challenge, answer), true);
    });
  });

describe('both sides', () => {
  const x = passwordKeySync(KDF, 'geheim');
  const v = passwordVerifier(KDF, x);

  test('agree, only with the correct password', () => {
    const challenge = srpChallenge(KDF, v, random);
    const wrong = srpAnswer(KDF, challenge.srp_B, passwordKeySync(KDF, 'geheim '), random);
    assert.equal(srpAccepts(KDF, v, challenge, srpAnswer(KDF, challenge.srp_B, x, random)), true);
    assert.equal(srpAccepts(KDF, v, challenge, wrong), false);
    const { A, M1 } = srpAnswer(KDF, challenge.srp_B, x, random);
    assert.equal(srpAccepts(KDF, v, challenge, { A, M1: M1.subarray(1) }), false);
    assert.equal(srpAccepts(KDF, v, srpChallenge(KDF, v, random), { A, M1 }), false);
  });

  test('accept a B without its leading zeros', () => {
    const vector = vectors.find(({ srp_B }) => srp_B.startsWith('00'));
    assert.ok(vector !== undefined);
    const short = fromHex(vector.srp_B.replace(/^(00)+/, ''));
    const { M1 } = srpAnswer(kdfOf(vector), short, fromHex(vector.x), () => fromHex(vector.a));
    assert.equal(toHex(M1), vector.M1);
  });

  test('accept an A without its leading zeros', () => {
    const vector = vectors.find(({ A }) => A.startsWith('00'));
    assert.ok(vector !== undefined);
    const [kdf, v] = [kdfOf(vector), fromHex(vector.v)];
    const challenge = srpChallenge(kdf, v, () => fromHex(vector.b_server_secret));
    const A = fromHex(vector.A.replace(/^(00)+/, ''));
    assert.equal(srpAccepts(kdf, v, challenge, { A, M1: fromHex(vector.M1) }), true);
  });

  const one = padStart(Uint8Array.of(1), 256);
  const [zero, p] = [new Uint8Array(256), KNOWN_PRIME];
  const belowP = fromHex((BigInt(`0x${toHex(p)}`) - 1n).toString(16));
  for (const [name, value] of Object.entries({ zero, one, p, belowP, long: new Uint8Array(257).fill(1) })) {
    test(`the client refuses a B that is ${name}`, () => {
      assert.throws(() => srpAnswer(KDF, value, x, random), SecurityError);
    });
    test(`the server refuses an A that is ${name}`, () => {
      const challenge = srpChallenge(KDF, v, random);
      assert.throws(() => srpAccepts(KDF, v, challenge, { A: value, M1: new Uint8Array(32) }), SecurityError);
    });
  }

  test('the client refuses a B for which B − k·v is out of range', () => {
    const challenge = srpChallenge(KDF, v, random);
    const number = (bytes: Uint8Array) => BigInt(`0x${toHex(bytes)}`);
    const { srp_B, b } = challenge;
    assert.equal(b.length, 256);
    // k·v + 1: the power would be 1 for every other password
    const gb = number(srpChallenge(KDF, v, () => padStart(Uint8Array.of(1), 256)).srp_B); // k·v + g
    const bad = padStart(fromHex((gb - 2n).toString(16).padStart(512, '0')), 256);
    assert.notDeepEqual(bad, srp_B);
    assert.throws(() => srpAnswer(KDF, bad, x, random), /k·v/);
  });

  test('the client refuses an unsafe group', () => {
    const { srp_B } = srpChallenge(KDF, v, random);
    assert.throws(() => srpAnswer({ ...KDF, g: 2 }, srp_B, x, random), SecurityError);
    assert.throws(
      () => srpAnswer({ ...KDF, p: p.map((byte, i) => (i === 255 ? byte - 2 : byte)) }, srp_B, x, random),
      SecurityError,
    );
  });

  test('a drawn number that gives an invalid value is drawn again', () => {
    let draws = 0;
    const { srp_B } = srpChallenge(KDF, v, random);
    const source = (length: number) => (draws++ === 0 ? padStart(Uint8Array.of(1), length) : random(length));
    assert.ok(srpAnswer(KDF, srp_B, x, source).A.length === 256);
    assert.equal(draws, 2);
  });
});

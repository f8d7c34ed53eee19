/** Answers to account.getPassword, and the server's half of the check. */
import { randomBytes } from 'node:crypto';
import { KNOWN_PRIME } from '../../../src/crypto/dh.ts';
import { type PasswordKdf, passwordKeySync, passwordVerifier, srpChallenge } from '../../../src/crypto/srp.ts';
import type { currentText } from '../../../src/tl/schema/current.ts';
import type { Answers } from '../../../src/tl/types.ts';
import { answer } from '../fake.ts';

export type Question = Answers<typeof currentText>['account.getPassword'];

export const random = (length: number) => new Uint8Array(randomBytes(length));
export const ALGO = 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow';

export const OFFERED: PasswordKdf = { salt1: random(8), salt2: random(16), g: 3, p: KNOWN_PRIME };
const CURRENT: PasswordKdf = { ...OFFERED, salt1: random(40) };
export const OLD = 'old one';

const V = passwordVerifier(CURRENT, passwordKeySync(CURRENT, OLD));
const { srp_B } = srpChallenge(CURRENT, V, random);

/** The answer for an account without a password. */
export const NONE: Question = {
  _: 'account.password',
  new_algo: { _: ALGO, ...OFFERED },
  new_secure_algo: { _: 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000', salt: random(8) },
  secure_random: new Uint8Array(),
};

/** The answer for an account with the password `OLD`. */
export const SET: Question = {
  ...NONE,
  has_password: true,
  current_algo: { _: ALGO, ...CURRENT },
  srp_B,
  srp_id: 7n,
};

export function question(value: Question): Uint8Array {
  return answer('account.getPassword', value);
}

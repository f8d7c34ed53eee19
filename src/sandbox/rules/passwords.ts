/** The server's side of two-step verification (https://core.telegram.org/api/srp). A challenge allows one answer. */
import { le64, type Random } from '../../bytes.ts';
import { KNOWN_PRIME } from '../../crypto/dh.ts';
import {
  type PasswordKdf,
  passwordKeySync,
  passwordVerifier,
  type SrpAnswer,
  srpAccepts,
  srpChallenge,
} from '../../crypto/srp.ts';
import { SecurityError } from '../../errors.ts';
import { remember } from '../../mtproto/remember.ts';
import type { Account, Authorization, Challenge, Password, Sender } from '../world.ts';
import { authorizePerson, completeSignIn } from './authorizations.ts';
import { isFirst } from './number-rules.ts';
import { Refusal } from './refusal.ts';

/** What account.getPassword returns. */
interface PasswordState {
  readonly account: Account;
  readonly challenge: { readonly srp_id: bigint; readonly srp_B: Uint8Array; readonly password: Password } | undefined;
  /** For a new password. The client makes salt1 longer. */
  readonly new_kdf: PasswordKdf;
}

export type Proof = SrpAnswer & { readonly srp_id: bigint };

const MAX_WRONG = 10;

export function makePassword(password: string, hint: string, random: Random): Password {
  const kdf = newKdf(random);
  let v: Uint8Array | undefined;
  return {
    kdf,
    hint,
    verifier() {
      v ??= passwordVerifier(kdf, passwordKeySync(kdf, password));
      return v;
    },
  };
}

export function getPassword(sender: Sender): PasswordState {
  const account = accountOfPassword(sender);
  const { password } = account;
  const new_kdf = newKdf(sender.world.random);
  remember(sender.world.newPasswords, sender.auth_key_id, new_kdf);
  if (password === undefined) return { account, challenge: undefined, new_kdf };
  const srp_id = le64(sender.world.random(8));
  const challenge = srpChallenge(password.kdf, password.verifier(), sender.world.random);
  remember(sender.world.challenges, `${sender.auth_key_id} ${srp_id}`, { ...challenge, password });
  return { account, challenge: { srp_id, srp_B: challenge.srp_B, password }, new_kdf };
}

/** Signs in with a proof of the password; `undefined` stands for inputCheckPasswordEmpty. */
export function checkPassword(sender: Sender, proof: Proof | undefined): Authorization {
  const account = accountOfPassword(sender);
  requireProof(sender, account, proof);
  return completeWithPassword(sender, account);
}

export function requireProof(sender: Sender, account: Account, proof: Proof | undefined): void {
  if (account.wrongPasswords >= MAX_WRONG) throw new Refusal(406, 'PHONE_PASSWORD_FLOOD');
  if (proof !== undefined) checkProof(sender, account, proof);
  else if (account.password !== undefined) throw new Refusal(400, 'PASSWORD_HASH_INVALID');
  account.wrongPasswords = 0;
}

function checkProof({ world, auth_key_id }: Sender, account: Account, proof: Proof): void {
  const key = `${auth_key_id} ${proof.srp_id}`;
  const challenge = world.challenges.get(key);
  const isStale = account.owner?.behaviour.stale === true && isFirst(world, `${account.name} ${auth_key_id} stale`);
  if (isStale) world.challenges.delete(key);
  if (challenge === undefined || isStale) throw new Refusal(400, 'SRP_ID_INVALID');
  if (challenge.password !== account.password) throw new Refusal(400, 'SRP_PASSWORD_CHANGED');
  // A wrong password does not end the challenge: grammers answers it again.
  if (accepts(challenge, proof)) return void world.challenges.delete(key);
  account.wrongPasswords++;
  throw new Refusal(400, 'PASSWORD_HASH_INVALID');
}

function accepts({ password, ...challenge }: Challenge, proof: SrpAnswer): boolean {
  try {
    return srpAccepts(password.kdf, password.verifier(), challenge, proof);
  } catch (error) {
    if (error instanceof SecurityError) throw new Refusal(400, 'SRP_A_INVALID');
    throw error;
  }
}

/** The account that a client signs in to or is signed in to. */
export function accountOfPassword(sender: Sender): Account {
  return sender.world.awaitingPassword.get(sender.auth_key_id)?.account ?? authorizePerson(sender).account;
}

/** Completes a sign-in after its password was checked or replaced. */
export function completeWithPassword(sender: Sender, account: Account): Authorization {
  const pending = sender.world.awaitingPassword.get(sender.auth_key_id);
  if (pending === undefined) return authorizePerson(sender);
  return completeSignIn(sender, { account, hash: pending.hash });
}

function newKdf(random: Random): PasswordKdf {
  return { salt1: random(8), salt2: random(16), g: 3, p: KNOWN_PRIME };
}

/**
 * Passwords of two-step verification, as a server has them: a verifier and the questions it has put (https://core.telegram.org/api/srp).
 * A question is good for one try.
 */
import { le64, type Random } from '../../bytes.ts';
import { KNOWN_PRIME } from '../../crypto/dh.ts';
import {
  type PasswordKdf,
  passwordKeySync,
  passwordVerifier,
  type SrpAnswer,
  type SrpChallenge,
  srpAccepts,
  srpChallenge,
} from '../../crypto/srp.ts';
import { SecurityError } from '../../errors.ts';
import type { Asker, World } from '../world.ts';
import type { Account } from './accounts.ts';
import { type Authorization, authorizePerson, finish } from './authorizations.ts';
import type { Behaviour } from './numbers.ts';
import { Refusal } from './refusal.ts';
import { remember } from './remember.ts';

export interface Password {
  readonly kdf: PasswordKdf;
  readonly hint: string;
  /** v. That of a test number is computed when it is first needed, which takes a while. */
  verifier(): Uint8Array;
}

/** A question that was put to an auth key. */
export interface Challenge extends SrpChallenge {
  readonly password: Password;
}

/** What account.getPassword tells. */
export interface PasswordState {
  readonly account: Account;
  readonly question: { readonly srp_id: bigint; readonly srp_B: Uint8Array; readonly password: Password } | undefined;
  /** For a new password, whose owner lengthens salt1. */
  readonly new_kdf: PasswordKdf;
}

const MOST_WRONG = 10;

export function passwordFor({ password }: Behaviour, random: Random): Password | undefined {
  if (password === undefined) return undefined;
  const kdf = newKdf(random);
  let v: Uint8Array | undefined;
  return {
    kdf,
    hint: 'where you are',
    verifier() {
      v ??= passwordVerifier(kdf, passwordKeySync(kdf, password));
      return v;
    },
  };
}

/** Asks whoever is signed in, or lacks only the password. */
export function askPassword(world: World, asker: Asker): PasswordState {
  const account = accountAsked(world, asker);
  const { password } = account;
  const new_kdf = newKdf(world.random);
  remember(world.newPasswords, asker.auth_key_id, new_kdf);
  if (password === undefined) return { account, question: undefined, new_kdf };
  const srp_id = le64(world.random(8));
  const challenge = srpChallenge(password.kdf, password.verifier(), world.random);
  remember(world.challenges, `${asker.auth_key_id} ${srp_id}`, { ...challenge, password });
  return { account, question: { srp_id, srp_B: challenge.srp_B, password }, new_kdf };
}

/** Signs in whoever proves the password. `undefined`: the empty one. */
export function checkPassword(
  world: World,
  asker: Asker,
  proof: (SrpAnswer & { srp_id: bigint }) | undefined,
): Authorization {
  const account = accountAsked(world, asker);
  if (account.wrong >= MOST_WRONG) throw new Refusal(406, 'PHONE_PASSWORD_FLOOD');
  if (proof === undefined) {
    if (account.password !== undefined) throw new Refusal(400, 'PASSWORD_HASH_INVALID');
  } else prove(world, asker, account, proof);
  account.wrong = 0;
  return pass(world, asker, account);
}

function prove(world: World, asker: Asker, account: Account, proof: SrpAnswer & { srp_id: bigint }): void {
  const key = `${asker.auth_key_id} ${proof.srp_id}`;
  const challenge = world.challenges.get(key);
  world.challenges.delete(key);
  if (challenge === undefined || isStale(world, asker, account)) throw new Refusal(400, 'SRP_ID_INVALID');
  if (challenge.password !== account.password) throw new Refusal(400, 'SRP_PASSWORD_CHANGED');
  if (accepts(challenge, proof)) return;
  account.wrong++;
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

/** A number whose questions are too old the first time that an auth key answers one. */
function isStale(world: World, { auth_key_id }: Asker, { name, subscriber }: Account): boolean {
  const key = `${name} ${auth_key_id} stale`;
  if (subscriber?.behaviour.stale !== true || world.waits.has(key)) return false;
  remember(world.waits, key, 0);
  return true;
}

/** The account whose password somebody may be asked for. */
export function accountAsked(world: World, asker: Asker): Account {
  return world.awaited.get(asker.auth_key_id)?.account ?? authorizePerson(world, asker).account;
}

/** Signs in, the password being given or taken away. */
export function pass(world: World, asker: Asker, account: Account): Authorization {
  const awaited = world.awaited.get(asker.auth_key_id);
  return awaited === undefined ? authorizePerson(world, asker) : finish(world, asker, { account, hash: awaited.hash });
}

function newKdf(random: Random): PasswordKdf {
  return { salt1: random(8), salt2: random(16), g: 3, p: KNOWN_PRIME };
}

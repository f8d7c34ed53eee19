/**
 * The password of two-step verification, and its recovery by e-mail (https://core.telegram.org/api/srp).
 *
 * The server's challenge (srp_id, srp_B) is valid for one attempt; an expired one is requested again, once. The
 * password never leaves this machine.
 */
import { concat, type Random } from '../bytes.ts';
import { checkDhParameters } from '../crypto/dh.ts';
import { type PasswordKdf, passwordKey, passwordVerifier, srpAnswer } from '../crypto/srp.ts';
import { RpcError } from '../errors.ts';
import { type Caller, type CallOptions, current } from '../tl/layer.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Types } from '../tl/types.ts';
import { rpcResult } from './rpc-result.ts';
import { type User, userIn } from './user.ts';
import { inRange, malformed } from './valid-answer.ts';

type Schema = typeof currentText;

/** In bytes. Telegram's salts have 8 to 40. */
const MAX_SALT = 1024;

/** The answer to account.getPassword. */
export interface PasswordQuestion {
  /** Absent: the account has no password. */
  readonly check?: { readonly kdf: PasswordKdf; readonly srp_id: bigint; readonly srp_B: Uint8Array };
  readonly hint?: string;
  /** Whether an e-mail address can recover the password. */
  readonly has_recovery: boolean;
  /** The parameters for a new password. Its salt1 is only the server's part. */
  readonly new_kdf: PasswordKdf;
}

/** Requests the challenge. `dc`: the data centre to ask. Throws `RpcError`; `NetworkError` for an unknown algorithm. */
export async function passwordQuestion(
  caller: Caller,
  { dc }: Pick<CallOptions, 'dc'> = {},
): Promise<PasswordQuestion> {
  const where = dc === undefined ? {} : { dc };
  const answer = await caller.call(current, 'account.getPassword', {}, { repeatable: true, ...where });
  const { has_password, current_algo, srp_B, srp_id, hint, has_recovery = false, new_algo } = answer;
  const complete = current_algo !== undefined && srp_B !== undefined && srp_id !== undefined;
  return {
    ...(has_password === true && complete && { check: { kdf: kdfOf(current_algo), srp_id, srp_B } }),
    ...(hint !== undefined && hint !== '' && { hint }),
    has_recovery,
    new_kdf: kdfOf(new_algo),
  };
}

function kdfOf(algo: Types<Schema>['PasswordKdfAlgo']): PasswordKdf {
  if (algo._ === 'passwordKdfAlgoUnknown')
    return malformed('the password is hashed with an algorithm that this version does not know');
  const { _, ...kdf } = algo;
  for (const { length } of [kdf.salt1, kdf.salt2]) inRange(length, 1, MAX_SALT, 'the length of a salt');
  return kdf;
}

export interface PasswordGiven {
  readonly password: string;
  readonly random: Random;
  /** The challenge, if it was requested before to show its hint. */
  readonly question?: PasswordQuestion;
  readonly dc?: number;
}

/**
 * Signs in by proving the password. An account without a password has the empty one. Throws `RpcError`:
 * PASSWORD_HASH_INVALID; `SecurityError` for a challenge that would reveal the password.
 */
export async function checkPassword(caller: Caller, { password, random, question, dc }: PasswordGiven): Promise<User> {
  const where = dc === undefined ? {} : { dc };
  const fresh = () => passwordQuestion(caller, where);
  const first = await rpcResult(answer(caller, question ?? (await fresh()), password, random));
  if (!(first instanceof RpcError)) return first;
  if (first.type !== 'SRP_ID_INVALID') throw first;
  return answer(caller, await fresh(), password, random);
}

async function answer(caller: Caller, { check }: PasswordQuestion, password: string, random: Random): Promise<User> {
  const proof =
    check === undefined ? ({ _: 'inputCheckPasswordEmpty' } as const) : await prove(check, password, random);
  return userIn(await caller.call(current, 'auth.checkPassword', { password: proof }, { signsIn: true }));
}

async function prove({ kdf, srp_id, srp_B }: NonNullable<PasswordQuestion['check']>, password: string, random: Random) {
  const x = await passwordKey(kdf, password);
  return { _: 'inputCheckPasswordSRP', srp_id, ...srpAnswer(kdf, srp_B, x, random) } as const;
}

/**
 * Sends a code to the recovery e-mail and returns the address, mostly hidden. Throws `RpcError`: PASSWORD_RECOVERY_NA.
 */
export async function requestRecovery(caller: Caller): Promise<string> {
  const { email_pattern } = await caller.call(current, 'auth.requestPasswordRecovery', {});
  return email_pattern;
}

/** Checks the code from the e-mail, which stays valid. Throws `RpcError`: CODE_INVALID, PASSWORD_RECOVERY_EXPIRED. */
export async function checkRecovery(caller: Caller, code: string): Promise<void> {
  const method = 'auth.checkRecoveryPassword';
  if (!(await caller.call(current, method, { code }))) throw new RpcError(400, 'CODE_INVALID', method);
}

export interface Recovery {
  /** The code from the e-mail. */
  readonly code: string;
  /** The new password. Without it the account then has none. */
  readonly renewal?: { readonly password: string; readonly hint: string };
  readonly random: Random;
}

/** Signs in with the code from the e-mail. Throws `RpcError`: CODE_INVALID, PASSWORD_RECOVERY_EXPIRED. */
export async function recoverPassword(caller: Caller, { code, renewal, random }: Recovery): Promise<User> {
  const settings = renewal === undefined ? {} : { new_settings: await newSettings(caller, renewal, random) };
  return userIn(await caller.call(current, 'auth.recoverPassword', { code, ...settings }, { signsIn: true }));
}

async function newSettings(caller: Caller, { password, hint }: { password: string; hint: string }, random: Random) {
  const { new_kdf } = await passwordQuestion(caller);
  checkDhParameters(new_kdf.p, new_kdf.g);
  const kdf = { ...new_kdf, salt1: concat(new_kdf.salt1, random(32)) };
  return {
    _: 'account.passwordInputSettings',
    new_algo: { _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow', ...kdf },
    new_password_hash: passwordVerifier(kdf, await passwordKey(kdf, password)),
    hint,
  } as const;
}

/**
 * The password of two-step verification: the question about it, and the proof that someone knows it
 * (https://core.telegram.org/api/srp). `two-step/` changes it.
 *
 * The server's challenge (srp_id, srp_B) is valid for one attempt; an expired one is requested again, once. The
 * password never leaves this machine.
 */
import type { Random } from '../bytes.ts';
import { checkDhParameters } from '../crypto/dh.ts';
import { type PasswordKdf, passwordKey, srpAnswer } from '../crypto/srp.ts';
import { RpcError } from '../errors.ts';
import { type Caller, type CallOptions, current } from '../tl/layer.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Constructors, Types } from '../tl/types.ts';
import { rpcResult } from './rpc-result.ts';
import { type User, userIn } from './user.ts';
import { inRange, malformed, unixTime } from './valid-answer.ts';

type Schema = typeof currentText;

/** In bytes. Telegram's salts have 8 to 40. */
const MAX_SALT = 1024;

/** The answer to account.getPassword (https://core.telegram.org/constructor/account.password). No hint is empty. */
export type PasswordQuestion = Omit<Constructors<Schema>['account.password'], '_'>;

/** Requests the challenge. `dc`: the data centre to ask. Throws `RpcError`; `NetworkError` for an invalid time. */
export async function passwordQuestion(
  caller: Caller,
  { dc }: Pick<CallOptions, 'dc'> = {},
): Promise<PasswordQuestion> {
  const where = dc === undefined ? {} : { dc };
  const answer = await caller.call(current, 'account.getPassword', {}, { repeatable: true, ...where });
  const { _, hint, ...question } = answer;
  if (question.pending_reset_date !== undefined) unixTime(question.pending_reset_date, 'the date of the reset');
  return { ...question, ...(hint !== undefined && hint !== '' && { hint }) };
}

/** Returns the parameters of an algorithm. Throws `NetworkError` for an unknown one. */
export function passwordKdf(algo: Types<Schema>['PasswordKdfAlgo']): PasswordKdf {
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
export function checkPassword(caller: Caller, given: PasswordGiven): Promise<User> {
  return withProof(caller, given, async (password) =>
    userIn(await caller.call(current, 'auth.checkPassword', { password }, { signsIn: true })),
  );
}

export type PasswordProof = Types<Schema>['InputCheckPasswordSRP'];

/** Makes a call that needs the password. `act` may run twice, each time with a new proof. Throws as `checkPassword`. */
export async function withProof<T>(
  caller: Caller,
  { password, random, question, dc }: PasswordGiven,
  act: (proof: PasswordProof, question: PasswordQuestion) => Promise<T>,
): Promise<T> {
  const fresh = () => passwordQuestion(caller, dc === undefined ? {} : { dc });
  const prove = async (asked: PasswordQuestion) => act(await proofFor(asked, password, random), asked);
  const first = await rpcResult(prove(question ?? (await fresh())));
  if (!(first instanceof RpcError)) return first;
  if (first.type !== 'SRP_ID_INVALID') throw first;
  return prove(await fresh());
}

async function proofFor(question: PasswordQuestion, password: string, random: Random): Promise<PasswordProof> {
  const { has_password, current_algo, srp_id, srp_B } = question;
  if (has_password !== true) return { _: 'inputCheckPasswordEmpty' };
  if (current_algo === undefined || srp_id === undefined || srp_B === undefined)
    return malformed('the question about the password is incomplete');
  const kdf = passwordKdf(current_algo);
  checkDhParameters(kdf.p, kdf.g); // before the slow part
  const x = await passwordKey(kdf, password);
  return { _: 'inputCheckPasswordSRP', srp_id, ...srpAnswer(kdf, srp_B, x, random) };
}

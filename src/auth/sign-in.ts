/**
 * Signs in with a code, or signs up a new number (https://core.telegram.org/api/auth).
 *
 * A correct code has three outcomes: the account; a password that is needed too (`password.ts`); or a number without an
 * account. auth.signUp then makes one, with the same phone_code_hash and under the terms of service in the answer.
 */
import { RpcError } from '../errors.ts';
import { type Caller, current } from '../tl/layer.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Answers, Constructors } from '../tl/types.ts';
import type { IssuedCode } from './code.ts';
import { rpcResult } from './rpc-result.ts';
import { type User, userIn, userOf } from './user.ts';
import { inRange } from './valid-answer.ts';

type Schema = typeof currentText;

/** https://core.telegram.org/constructor/help.termsOfService */
export interface Terms {
  readonly id: string;
  readonly text: string;
  /** The minimum age in years that a person confirms by accepting. */
  readonly min_age?: number;
}

export type SignIn =
  | { readonly kind: 'signedIn'; readonly user: User }
  /** The code was correct, and the account has a password. `dc`: the data centre to ask, if it is another one. */
  | { readonly kind: 'passwordNeeded'; readonly dc?: number }
  /** The code was correct, and the number has no account. */
  | { readonly kind: 'signUpNeeded'; readonly terms?: Terms };

export interface CodeEntry extends IssuedCode {
  readonly code: string;
  /** The code came by e-mail. The server needs to know. */
  readonly byEmail?: boolean;
}

/** Signs in with the code. Throws `RpcError`. */
export function signIn(caller: Caller, { phone, phone_code_hash, code, byEmail }: CodeEntry): Promise<SignIn> {
  const proof =
    byEmail === true ? { email_verification: { _: 'emailVerificationCode', code } as const } : { phone_code: code };
  return outcome(
    caller.call(current, 'auth.signIn', { phone_number: phone, phone_code_hash, ...proof }, { signsIn: true }),
  );
}

/** The outcome of a call that can sign in. Throws `RpcError`, except SESSION_PASSWORD_NEEDED. */
async function outcome(step: Promise<Answers<Schema>['auth.signIn']>): Promise<SignIn> {
  const answer = await rpcResult(step);
  if (answer instanceof RpcError) {
    if (answer.type === 'SESSION_PASSWORD_NEEDED') return { kind: 'passwordNeeded' };
    throw answer;
  }
  if (answer._ === 'auth.authorization') return { kind: 'signedIn', user: userOf(answer.user) };
  const { terms_of_service: terms } = answer;
  return { kind: 'signUpNeeded', ...(terms !== undefined && { terms: termsOf(terms) }) };
}

function termsOf({ id, text, min_age_confirm }: Constructors<Schema>['help.termsOfService']): Terms {
  return {
    id: id.data,
    text,
    ...(min_age_confirm !== undefined && { min_age: inRange(min_age_confirm, 1, 150, 'the least age') }),
  };
}

export interface NewAccount extends IssuedCode {
  readonly first_name: string;
  /** May be empty. */
  readonly last_name: string;
  /** The terms that the person accepted. */
  readonly terms?: Terms;
}

/** Makes an account for a number that has none, and accepts the terms. Throws `RpcError`. */
export async function signUp(
  caller: Caller,
  { phone, phone_code_hash, first_name, last_name, terms }: NewAccount,
): Promise<User> {
  const params = { phone_number: phone, phone_code_hash, first_name, last_name };
  const user = userIn(await caller.call(current, 'auth.signUp', params, { signsIn: true }));
  if (terms !== undefined)
    await caller.call(
      current,
      'help.acceptTermsOfService',
      { id: { _: 'dataJSON', data: terms.id } },
      { repeatable: true },
    );
  return user;
}

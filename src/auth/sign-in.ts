/**
 * Signing in with a code, and signing up where the number is new (https://core.telegram.org/api/auth).
 *
 * auth.signIn has three good ends: the account, a password to be asked for next (`password.ts`), or a number without an account, for which
 * auth.signUp makes one with the same phone_code_hash, under the terms of service that came along.
 */
import { RpcError } from '../errors.ts';
import { type Caller, current } from '../tl/layer.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Answers, Constructors } from '../tl/types.ts';
import type { IssuedCode } from './code.ts';
import { within } from './range.ts';
import { settle } from './rpc-result.ts';
import { type User, userIn, userOf } from './user.ts';

type Schema = typeof currentText;

/** https://core.telegram.org/constructor/help.termsOfService */
export interface Terms {
  readonly id: string;
  readonly text: string;
  /** Whoever accepts them says that they are at least so old, in years. */
  readonly min_age?: number;
}

export type SignIn =
  | { readonly kind: 'signedIn'; readonly user: User }
  /** The code was right; the account has a password besides. `dc`: the data centre that asks for it, where that is another one. */
  | { readonly kind: 'passwordNeeded'; readonly dc?: number }
  /** The code was right; nobody has an account with this number. */
  | { readonly kind: 'signUpNeeded'; readonly terms?: Terms };

export interface CodeGiven extends IssuedCode {
  readonly code: string;
  /** The code came by e-mail, which the server must be told. */
  readonly byEmail?: boolean;
}

/** Gives the code. Throws `RpcError`. */
export function signIn(caller: Caller, { phone, phone_code_hash, code, byEmail }: CodeGiven): Promise<SignIn> {
  const proof =
    byEmail === true ? { email_verification: { _: 'emailVerificationCode', code } as const } : { phone_code: code };
  return outcome(
    caller.call(current, 'auth.signIn', { phone_number: phone, phone_code_hash, ...proof }, { signsIn: true }),
  );
}

/** What came of a step that can sign somebody in. Throws `RpcError`, but for the one that asks for the password. */
export async function outcome(step: Promise<Answers<Schema>['auth.signIn']>): Promise<SignIn> {
  const answer = await settle(step);
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
    ...(min_age_confirm !== undefined && { min_age: within(min_age_confirm, 1, 150, 'the least age') }),
  };
}

export interface NewAccount extends IssuedCode {
  readonly first_name: string;
  /** May be empty. */
  readonly last_name: string;
  /** What the person has accepted. */
  readonly terms?: Terms;
}

/** Makes an account for a number that `signIn` found to have none, and accepts the terms for it. Throws `RpcError`. */
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

/** The rules of signing in: with a code, as a new account, as a bot (https://core.telegram.org/api/auth). */

import type { Asker, World } from '../world.ts';
import { accountOf, botAccount, type FullName, signUpAccount } from './accounts.ts';
import { type Authorization, enter } from './authorizations.ts';
import { find, type Issued, refuseCode, replaceCode, voidCode, wayOf } from './codes.ts';
import { codeFor, hideEmail, spoken } from './delivery-text.ts';
import { Refusal } from './refusal.ts';

export interface GivenCode {
  readonly phone_code?: string | undefined;
  /** From the login e-mail. */
  readonly email_code?: string | undefined;
}

/** `undefined`: the code is right, and the number is nobody's. */
export function signIn(
  world: World,
  asker: Asker,
  phone_number: string,
  hash: string,
  given: GivenCode,
): Authorization | undefined {
  const issued = find(world, asker, 'sign in', phone_number, hash);
  const byEmail = wayOf(issued) === 'email';
  const code = byEmail ? given.email_code : given.phone_code;
  if (code === undefined || code === '') throw new Refusal(400, byEmail ? 'EMAIL_VERIFY_EXPIRED' : 'PHONE_CODE_EMPTY');
  if (code !== codeFor(wayOf(issued), issued.digits))
    refuseCode(world, asker, issued, byEmail ? 'CODE_INVALID' : 'PHONE_CODE_INVALID');
  const account = accountOf(world, issued.subscriber);
  if (account === undefined) {
    issued.confirmed = true;
    return undefined;
  }
  voidCode(world, asker, hash);
  return enter(world, asker, account);
}

/** Signs in a client that is known from an earlier login, without a code. */
export function signInKnown(world: World, asker: Asker, { subscriber, phone_code_hash }: Issued): Authorization {
  voidCode(world, asker, phone_code_hash);
  const account = accountOf(world, subscriber);
  if (account === undefined) throw new Refusal(400, 'PHONE_NUMBER_UNOCCUPIED');
  return enter(world, asker, account);
}

/** Makes an account for a number whose code was given. */
export function signUp(world: World, asker: Asker, phone_number: string, hash: string, name: FullName): Authorization {
  const issued = find(world, asker, 'sign in', phone_number, hash);
  if (accountOf(world, issued.subscriber) !== undefined) throw new Refusal(400, 'PHONE_NUMBER_OCCUPIED');
  if (!issued.confirmed) throw new Refusal(400, 'PHONE_CODE_INVALID');
  if (!isName(name.first_name)) throw new Refusal(400, 'FIRSTNAME_INVALID');
  if (name.last_name !== '' && !isName(name.last_name)) throw new Refusal(400, 'LASTNAME_INVALID');
  voidCode(world, asker, hash);
  return enter(world, asker, signUpAccount(world, issued.subscriber, name));
}

function isName(text: string): boolean {
  return text.trim() !== '' && text.length <= 64;
}

/** Bots with these ids are known to have changed their token. */
const REVOKED = 1n;

export function signInBot(world: World, asker: Asker, token: string): Authorization {
  const [, id] = /^(\d{1,15}):[\w-]{35}$/.exec(token) ?? [];
  if (id === undefined || BigInt(id) === 0n) throw new Refusal(400, 'ACCESS_TOKEN_INVALID');
  if (BigInt(id) === REVOKED) throw new Refusal(400, 'ACCESS_TOKEN_EXPIRED');
  return enter(world, asker, botAccount(world, BigInt(id)));
}

// -- the login e-mail that some must set before any code is sent

/** Sends a code to an address that is to become the login e-mail; returns it, most of it hidden. */
export function proposeEmail(world: World, asker: Asker, phone_number: string, hash: string, email: string): string {
  const issued = find(world, asker, 'resend', phone_number, hash);
  if (wayOf(issued) !== 'email set-up') throw new Refusal(400, 'EMAIL_NOT_SETUP');
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) throw new Refusal(400, 'EMAIL_INVALID');
  issued.email = email;
  const words = spoken(issued.subscriber.phone, 'email', issued.digits);
  if (words !== undefined) world.say(words);
  return hideEmail(email);
}

/** Sets it, and sends the login code. */
export function confirmEmail(world: World, asker: Asker, phone_number: string, hash: string, code: string) {
  const issued = find(world, asker, 'resend', phone_number, hash);
  const { email } = issued;
  if (email === undefined) throw new Refusal(400, 'EMAIL_VERIFY_EXPIRED');
  if (code !== codeFor('email', issued.digits)) refuseCode(world, asker, issued, 'CODE_INVALID');
  return { email, issued: replaceCode(world, asker, issued) };
}

/** Gives the login e-mail up: the code goes to the phone. */
export function resetEmail(world: World, asker: Asker, phone_number: string, hash: string): Issued {
  const issued = find(world, asker, 'resend', phone_number, hash);
  if (wayOf(issued) !== 'email') throw new Refusal(400, 'EMAIL_NOT_SETUP');
  return replaceCode(world, asker, issued);
}

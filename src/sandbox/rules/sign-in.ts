/** Sign-in with a code, as a new account or as a bot (https://core.telegram.org/api/auth); the login e-mail. */
import type { Authorization, IssuedCode, Sender } from '../world.ts';
import { accountOf, botAccount, type FullName, signUpAccount } from './accounts.ts';
import { startSignIn } from './authorizations.ts';
import { type CodeKey, deliverCode, findCode, methodOf, refuseCode, replaceCode, voidCode } from './codes.ts';
import { codeFor, hideEmail } from './delivery-text.ts';
import { Refusal } from './refusal.ts';

/** Returns `undefined` if the code is right and the number has no account. */
export function signIn(
  sender: Sender,
  key: CodeKey,
  phone_code?: string,
  email_code?: string,
): Authorization | undefined {
  const issued = findCode(sender, 'sign in', key);
  const byEmail = methodOf(issued) === 'email';
  const code = byEmail ? email_code : phone_code;
  if (code === undefined || code === '') throw new Refusal(400, byEmail ? 'EMAIL_VERIFY_EXPIRED' : 'PHONE_CODE_EMPTY');
  if (code !== codeFor(methodOf(issued), issued.digits))
    refuseCode(sender, issued, byEmail ? 'CODE_INVALID' : 'PHONE_CODE_INVALID');
  const account = accountOf(sender.world, issued.owner);
  if (account === undefined) {
    issued.confirmed = true;
    return undefined;
  }
  voidCode(sender, key.phone_code_hash);
  return startSignIn(sender, account);
}

/** Signs in without a code. */
export function signInKnown(sender: Sender, { owner, phone_code_hash }: IssuedCode): Authorization {
  voidCode(sender, phone_code_hash);
  const account = accountOf(sender.world, owner);
  if (account === undefined) throw new Refusal(400, 'PHONE_NUMBER_UNOCCUPIED');
  return startSignIn(sender, account);
}

/** Creates an account for a number whose code was entered. */
export function signUp(sender: Sender, params: CodeKey & FullName): Authorization {
  const issued = findCode(sender, 'sign in', params);
  if (accountOf(sender.world, issued.owner) !== undefined) throw new Refusal(400, 'PHONE_NUMBER_OCCUPIED');
  if (!issued.confirmed) throw new Refusal(400, 'PHONE_CODE_INVALID');
  if (!isName(params.first_name)) throw new Refusal(400, 'FIRSTNAME_INVALID');
  if (params.last_name !== '' && !isName(params.last_name)) throw new Refusal(400, 'LASTNAME_INVALID');
  voidCode(sender, params.phone_code_hash);
  return startSignIn(sender, signUpAccount(sender.world, issued.owner, params));
}

export function isName(text: string): boolean {
  return text.trim() !== '' && text.length <= 64;
}

export function isEmail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(text);
}

/** The bot whose token has been revoked. */
const REVOKED = 1n;

export function signInBot(sender: Sender, token: string): Authorization {
  const [, digits = '0'] = /^(\d{1,15}):[\w-]{35}$/.exec(token) ?? [];
  const id = BigInt(digits);
  if (id === 0n) throw new Refusal(400, 'ACCESS_TOKEN_INVALID');
  if (id === REVOKED) throw new Refusal(400, 'ACCESS_TOKEN_EXPIRED');
  return startSignIn(sender, botAccount(sender.world, id));
}

// -- the login e-mail address, which some accounts must set before a code is sent

/** Sends a code to a new login e-mail address. Returns the address with most of it hidden. */
export function proposeEmail(sender: Sender, key: CodeKey, email: string): string {
  const issued = findCode(sender, 'resend', key);
  if (methodOf(issued) !== 'email set-up') throw new Refusal(400, 'EMAIL_NOT_SETUP');
  if (!isEmail(email)) throw new Refusal(400, 'EMAIL_INVALID');
  issued.email = email;
  deliverCode(sender.world, issued, 'email');
  return hideEmail(email);
}

/** Sets the address and sends the login code. */
export function confirmEmail(sender: Sender, key: CodeKey, code: string) {
  const issued = findCode(sender, 'resend', key);
  const { email } = issued;
  if (email === undefined) throw new Refusal(400, 'EMAIL_VERIFY_EXPIRED');
  if (code !== codeFor('email', issued.digits)) refuseCode(sender, issued, 'CODE_INVALID');
  return { email, issued: replaceCode(sender, issued) };
}

/** Removes the address and sends the code by SMS. */
export function resetEmail(sender: Sender, key: CodeKey): IssuedCode {
  const issued = findCode(sender, 'resend', key);
  if (methodOf(issued) !== 'email') throw new Refusal(400, 'EMAIL_NOT_SETUP');
  return replaceCode(sender, issued);
}

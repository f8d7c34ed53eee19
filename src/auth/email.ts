/**
 * The login e-mail address that some accounts must set first (https://core.telegram.org/api/auth#email-verification).
 */
import { type Caller, current } from '../tl/layer.ts';
import { type IssuedCode, type SentCode, sentCode } from './code.ts';
import { codeLength, malformed } from './range.ts';

/** A code sent by e-mail. */
export interface EmailCode {
  /** The address, mostly hidden. */
  readonly email_pattern: string;
  readonly length: number;
}

/** Sends a code to the future login e-mail address. Throws `RpcError`: EMAIL_INVALID, EMAIL_NOT_ALLOWED. */
export async function proposeEmail(caller: Caller, code: IssuedCode, email: string): Promise<EmailCode> {
  const { email_pattern, length } = await caller.call(current, 'account.sendVerifyEmailCode', {
    purpose: purposeOf(code),
    email,
  });
  return { email_pattern, length: codeLength(length) };
}

/** Sets the login e-mail address with the code sent to it; the server then sends the login code. Throws `RpcError`. */
export async function confirmEmail(caller: Caller, issued: IssuedCode, code: string): Promise<SentCode> {
  const answer = await caller.call(current, 'account.verifyEmail', {
    purpose: purposeOf(issued),
    verification: { _: 'emailVerificationCode', code },
  });
  if (answer._ === 'account.emailVerifiedLogin') return sentCode(answer.sent_code);
  return malformed(`${answer._} for a login e-mail address`);
}

/**
 * Resets the login e-mail address, for a user who lost the mailbox; the code then goes elsewhere. Throws `RpcError`:
 * TASK_ALREADY_EXISTS.
 */
export async function resetEmail(caller: Caller, { phone, phone_code_hash }: IssuedCode): Promise<SentCode> {
  return sentCode(await caller.call(current, 'auth.resetLoginEmail', { phone_number: phone, phone_code_hash }));
}

function purposeOf({ phone, phone_code_hash }: IssuedCode) {
  return { _: 'emailVerifyPurposeLoginSetup', phone_number: phone, phone_code_hash } as const;
}

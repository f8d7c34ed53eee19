/**
 * The login e-mail, which some accounts must set before a code is sent
 * (https://core.telegram.org/api/auth#email-verification).
 */
import { type Caller, current } from '../tl/layer.ts';
import { type IssuedCode, type SentCode, sentCode } from './code.ts';
import { codeLength, malformed } from './valid-answer.ts';

/** The code that was sent to an e-mail address. */
export interface EmailCode {
  /** The address, mostly hidden. */
  readonly email_pattern: string;
  readonly length: number;
}

/** Sends a code to the new login e-mail. Throws `RpcError`: EMAIL_INVALID, EMAIL_NOT_ALLOWED. */
export async function proposeEmail(caller: Caller, code: IssuedCode, email: string): Promise<EmailCode> {
  const { email_pattern, length } = await caller.call(current, 'account.sendVerifyEmailCode', {
    purpose: purposeOf(code),
    email,
  });
  return { email_pattern, length: codeLength(length) };
}

/** Sets the login e-mail with the code from it. The server then sends the login code. Throws `RpcError`. */
export async function confirmEmail(caller: Caller, issued: IssuedCode, code: string): Promise<SentCode> {
  const answer = await caller.call(current, 'account.verifyEmail', {
    purpose: purposeOf(issued),
    verification: { _: 'emailVerificationCode', code },
  });
  if (answer._ === 'account.emailVerifiedLogin') return sentCode(answer.sent_code);
  return malformed(`${answer._} to an e-mail address for logins`);
}

/** Resets the login e-mail. Login codes are then sent by another method. Throws `RpcError`: TASK_ALREADY_EXISTS. */
export async function resetEmail(caller: Caller, { phone, phone_code_hash }: IssuedCode): Promise<SentCode> {
  return sentCode(await caller.call(current, 'auth.resetLoginEmail', { phone_number: phone, phone_code_hash }));
}

function purposeOf({ phone, phone_code_hash }: IssuedCode) {
  return { _: 'emailVerifyPurposeLoginSetup', phone_number: phone, phone_code_hash } as const;
}

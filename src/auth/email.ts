/** The login e-mail that some accounts must set before any code is sent to them (https://core.telegram.org/api/auth#email-verification). */
import { type Caller, current } from '../tl/layer.ts';
import { type IssuedCode, type SentCode, sentCode } from './code.ts';
import { codeLength, malformed } from './range.ts';

/** Where a code went, and how many characters it has. */
export interface EmailCode {
  /** The address, most of it hidden. */
  readonly email_pattern: string;
  readonly length: number;
}

/** Has a code sent to an address that is to become the login e-mail. Throws `RpcError`: EMAIL_INVALID, EMAIL_NOT_ALLOWED. */
export async function proposeEmail(caller: Caller, code: IssuedCode, email: string): Promise<EmailCode> {
  const { email_pattern, length } = await caller.call(current, 'account.sendVerifyEmailCode', {
    purpose: purposeOf(code),
    email,
  });
  return { email_pattern, length: codeLength(length) };
}

/** Sets the login e-mail, with the code that came there; the login code is then on its way. Throws `RpcError`. */
export async function confirmEmail(caller: Caller, issued: IssuedCode, code: string): Promise<SentCode> {
  const answer = await caller.call(current, 'account.verifyEmail', {
    purpose: purposeOf(issued),
    verification: { _: 'emailVerificationCode', code },
  });
  if (answer._ === 'account.emailVerifiedLogin') return sentCode(answer.sent_code);
  return malformed(`${answer._} to an e-mail address for logins`);
}

/** Gives the login e-mail up, for whoever lost the mailbox; the code then travels another way. Throws `RpcError`: TASK_ALREADY_EXISTS. */
export async function resetEmail(caller: Caller, { phone, phone_code_hash }: IssuedCode): Promise<SentCode> {
  return sentCode(await caller.call(current, 'auth.resetLoginEmail', { phone_number: phone, phone_code_hash }));
}

function purposeOf({ phone, phone_code_hash }: IssuedCode) {
  return { _: 'emailVerifyPurposeLoginSetup', phone_number: phone, phone_code_hash } as const;
}

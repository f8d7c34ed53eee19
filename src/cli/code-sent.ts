/** Handles the answer to a request for a code: stores and reports the code, or fails if no code was sent. */
import type { CodeSent, SentCode } from '../auth/code.ts';
import { describeNext, describeSent } from '../auth/delivery.ts';
import { showPhone } from '../auth/phone.ts';
import type { NextStep } from '../catalogue.ts';
import { DeliveryError } from '../errors.ts';
import type { Json } from '../printable.ts';
import { printable } from '../printable.ts';
import type { Result } from './command.ts';
import type { Context } from './context.ts';
import { storeCode } from './pending-code.ts';

/** Stores a code and reports where it went. Throws `DeliveryError` if no code was sent. */
export async function codeSent(
  ctx: Context,
  phone: string,
  answer: SentCode,
  describe: (sent: CodeSent, phone: string) => string[] = describeSent,
): Promise<CodeSent> {
  const sent = requireSent(answer);
  await storeCode(ctx, phone, sent);
  ctx.out.idle();
  const [first = '', ...rest] = describe(sent, phone);
  ctx.out.success(first);
  for (const line of rest) ctx.out.hint(line);
  return sent;
}

/** Shows how to sign in with the code, and the next delivery method. */
export function hintNext({ out, options }: Context, phone: string, sent: CodeSent): void {
  const [next, enter] = [describeNext(sent, phone), signInStep(phone)];
  const steps = sent.type === 'firebaseSms' ? [...next, enter] : [enter, ...next]; // a firebaseSms never comes
  for (const line of options.network.kind === 'sandbox' ? [LASTING] : steps) out.hint(line);
}

/** An embedded sandbox forgets its codes. */
const LASTING = { say: 'This sandbox ends here. To go on with the code, start one that lasts', run: 'tg-auth sandbox' };

/** `hash`: the code is not that of the last request in the session. */
export function signInStep(phone: string, hash?: string): NextStep {
  const run = `tg-auth sign-in ${showPhone(phone)}`;
  return hash === undefined
    ? { say: 'Sign in with the code', run: `${run} --code -` }
    : {
        say: 'Sign in with the code',
        run: `${run} --hash - --code -`,
      };
}

/** The result of a command that prints the hash. */
export async function hashResult(ctx: Context, method: string, phone: string, sent: CodeSent): Promise<Result> {
  const { phone_code_hash: result } = sent;
  const { dc } = (await ctx.client()).state;
  hintNext(ctx, phone, sent);
  return { text: printable(result), json: { method, result, phone: showPhone(phone), dc, ...deliveryJson(sent) } };
}

export function deliveryJson(sent: CodeSent): { readonly [key: string]: Json } {
  const { type, next_type, timeout } = sent;
  return { type, length: 'length' in sent ? sent.length : null, nextType: next_type ?? null, timeout: timeout ?? null };
}

/** Throws `DeliveryError` for an answer without a code. */
export function requireSent(answer: SentCode): CodeSent {
  if (answer.kind === 'paymentRequired') throw new DeliveryError('PAYMENT_REQUIRED');
  if (answer.kind === 'signedIn') throw new DeliveryError('NO_CODE_NEEDED');
  if (answer.type === 'setUpEmailRequired') throw new DeliveryError('EMAIL_SETUP_REQUIRED');
  return answer;
}

/**
 * A login e-mail address, which Telegram requires of some accounts before it sends a code: set in a dialog, or in two
 * commands, `send-code --email` and `send-code --email-code`.
 */
import type { CodeSent, IssuedCode, SentCode } from '../../auth/code.ts';
import { confirmEmail, proposeEmail } from '../../auth/email.ts';
import { parseCode } from '../../auth/login-code.ts';
import { showPhone } from '../../auth/phone.ts';
import { EXIT } from '../../catalogue.ts';
import { DeliveryError, RpcError, UsageError } from '../../errors.ts';
import { counted, printable } from '../../printable.ts';
import type { Question } from '../ask/question.ts';
import { knownSecret, type Secret } from '../ask/secret.ts';
import { codeSent, hashResult, requireSent } from '../code-sent.ts';
import type { Input, Result } from '../command.ts';
import type { Context } from '../context.ts';
import { pendingOf, storeCode } from '../pending-code.ts';

const EMAIL: Question = {
  message: 'E-mail address',
  flag: '--email ADDRESS, or --email - for stdin',
  option: 'email',
  check(text) {
    if (!/^\S+@\S+$/.test(text.trim())) throw new UsageError('This is not an e-mail address.');
  },
};

const EMAIL_CODE: Secret = {
  message: 'Code from the e-mail',
  option: 'email-code',
  flag: '--email-code CODE, or --email-code - for stdin,',
  variable: 'TG_AUTH_CODE',
  plain: true,
  check(text) {
    if (text.trim() === '') throw new UsageError('The code from the e-mail is empty.', { exit: EXIT.codeInvalid });
  },
};

/** The name of auth.sentCodeTypeSetUpEmailRequired. */
const REQUIRED = 'setUpEmailRequired';

/** Whether an answer says that an e-mail address is required before a code. */
function isRequired(answer: SentCode): answer is CodeSent {
  return answer.kind === 'sent' && answer.type === REQUIRED;
}

/** Sets an address in a dialog, if one is required. Without prompts it stores that it is. Throws `DeliveryError`. */
export async function withEmail(ctx: Context, phone: string, answer: SentCode): Promise<SentCode> {
  if (!isRequired(answer)) return answer;
  if (!ctx.canAsk) {
    await storeCode(ctx, phone, answer);
    throw new DeliveryError('EMAIL_SETUP_REQUIRED');
  }
  const client = await ctx.client();
  const issued = { phone, phone_code_hash: answer.phone_code_hash };
  ctx.out.say(
    'Telegram requires a login e-mail address for this account. Telegram may send login codes there from now on.',
  );
  for (;;) {
    try {
      await propose(ctx, issued, await ctx.ask(EMAIL));
      return await confirmEmail(client, issued, parseCode(await ctx.ask(EMAIL_CODE)));
    } catch (error) {
      if (!(error instanceof RpcError) || !/^(EMAIL_|CODE_)/.test(error.type)) throw error;
      ctx.out.warn(error.message);
    }
  }
}

async function propose(ctx: Context, issued: IssuedCode, address: string) {
  const sent = await proposeEmail(await ctx.client(), issued, address);
  ctx.out.success(`Telegram sent a code (${counted(sent.length, 'character')}) to ${printable(sent.email_pattern)}.`);
  return sent;
}

/** `send-code --email` and `--email-code`, after a `send-code` that requires an address. `undefined` without them. */
export async function setEmail(ctx: Context, input: Input, phone: string): Promise<Result | undefined> {
  const [email, code] = [input.text('email'), input.text('email-code')];
  if (email === undefined && code === undefined) return undefined;
  const pending = await pendingOf(ctx, phone);
  if (pending?.type !== REQUIRED)
    throw new UsageError(`Telegram has not asked for an e-mail address for ${showPhone(phone)} in this session.`, {
      next: { say: 'Ask for a code first', run: 'tg-auth send-code {phone}' },
    });
  const client = await ctx.client(pending.dc);
  const { phone_code_hash } = pending;
  const issued = { phone, phone_code_hash };
  if (email === undefined) {
    const typed = parseCode((await knownSecret(ctx, input, EMAIL_CODE)) ?? '');
    const answer = requireSent(await confirmEmail(client, issued, typed));
    return hashResult(ctx, 'account.verifyEmail', phone, await codeSent(ctx, phone, answer));
  }
  const address = email === '-' ? await ctx.line('e-mail address') : email;
  EMAIL.check(address);
  const { email_pattern: result, length } = await propose(ctx, issued, address.trim());
  ctx.out.hint({
    say: 'Confirm it',
    run: `tg-auth send-code ${showPhone(phone)} --email-code -`,
  });
  const json = { method: 'account.sendVerifyEmailCode', result, phone: showPhone(phone), dc: client.state.dc, length };
  return { text: printable(result), json };
}

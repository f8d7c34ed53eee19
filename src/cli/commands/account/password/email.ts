/** `password email`: sets the e-mail address that recovers the password, and confirms it with the code sent there. */
import { passwordQuestion } from '../../../../auth/password.ts';
import { cancelRecoveryEmail, resendRecoveryEmail } from '../../../../auth/two-step/settings.ts';
import { RpcError, UsageError } from '../../../../errors.ts';
import { printable } from '../../../../printable.ts';
import { PASSWORD } from '../../../ask/password.ts';
import type { Question } from '../../../ask/question.ts';
import { knownSecret, requireSecret } from '../../../ask/secret.ts';
import type { Input, Result } from '../../../command.ts';
import type { Context } from '../../../context.ts';
import { requireKey } from '../../../signed-in.ts';
import {
  CONFIRM,
  changing,
  checkEmail,
  confirmed,
  ended,
  METHOD,
  makeChange,
  NEW_EMAIL,
  proven,
  questionOf,
} from './change.ts';
import { EMAIL_CODE } from './secrets.ts';

const ADDRESS: Question = { message: 'E-mail address', flag: 'the address', check: checkEmail };
const CONFIRMED = 'Confirmed the recovery e-mail.';

export async function run(ctx: Context, input: Input): Promise<Result> {
  const [argument] = input.args;
  const address = argument === '-' ? await ctx.line('e-mail address') : argument;
  if (address !== undefined) checkEmail(address);
  if (address !== undefined && (input.has('resend') || input.has('cancel') || input.text('code') !== undefined))
    throw new UsageError('An address cannot be combined with --code, --resend or --cancel.');
  await requireKey(ctx, METHOD);
  if (input.has('resend')) return resend(ctx);
  if (input.has('cancel')) return cancel(ctx);
  const known = address === undefined ? await knownSecret(ctx, input, EMAIL_CODE) : undefined;
  if (known !== undefined) return confirmed(ctx, { known, done: CONFIRMED });
  if (address === undefined && ctx.promptObstacle !== undefined) {
    ctx.steps.set('USAGE', [NEW_EMAIL, { ...CONFIRM, say: 'Or enter the code from the e-mail' }]);
    throw new UsageError(`E-mail address required: ${ctx.promptObstacle}.`, {
      why: ['Pass the address; or, to confirm one, pass --code CODE or set TG_AUTH_CODE.'],
    });
  }
  return address === undefined ? ask(ctx, input) : setTo(ctx, input, address);
}

async function resend(ctx: Context): Promise<Result> {
  ctx.out.busy('Asking for the e-mail');
  const result = await resendRecoveryEmail(await ctx.client());
  const end = ended(ctx, 'account.resendPasswordEmail', result, 'Telegram sent the code again.');
  if (result) ctx.out.hint(CONFIRM);
  return end;
}

async function cancel(ctx: Context): Promise<Result> {
  ctx.out.busy('Cancelling');
  const client = await ctx.client();
  const result = await changing(ctx, () => cancelRecoveryEmail(client));
  const done = 'Cancelled the new recovery e-mail, and what was to change with it.';
  return ended(ctx, 'account.cancelPasswordEmail', result, done);
}

/** At a terminal: asks for the code of the address that waits for it, or else for an address. */
async function ask(ctx: Context, input: Input): Promise<Result> {
  ctx.out.busy('Asking Telegram');
  const { email_unconfirmed_pattern: pattern, has_password } = await passwordQuestion(await ctx.client());
  ctx.out.idle();
  if (pattern !== undefined) {
    ctx.out.say(`Telegram sent a code to ${printable(pattern)}.`);
    return confirmed(ctx, { done: CONFIRMED });
  }
  if (has_password !== true) throw new RpcError(400, 'PASSWORD_EMPTY', METHOD);
  return setTo(ctx, input, await ctx.ask(ADDRESS));
}

async function setTo(ctx: Context, input: Input, email: string): Promise<Result> {
  const known = await requireSecret(ctx, input, PASSWORD);
  const { password } = await proven(ctx, known, await questionOf(ctx));
  return makeChange(ctx, {
    password,
    email,
    done: CONFIRMED,
    onSent: (pattern, { length = null }) => ({
      text: printable(pattern),
      json: { method: METHOD, result: pattern, length },
    }),
  });
}

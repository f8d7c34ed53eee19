/** `password reset`: asks Telegram to remove a lost password, which takes a week; `--cancel` keeps it. */
import { declineReset, resetPassword } from '../../../../auth/two-step/reset.ts';
import { duration, type NextStep } from '../../../../catalogue.ts';
import { WaitError } from '../../../../errors.ts';
import { DECLINED, type Input, type Result } from '../../../command.ts';
import type { Context } from '../../../context.ts';
import { requireKey } from '../../../signed-in.ts';
import { clock } from '../../../tell/failure.ts';
import { changing, ended, questionOf, requireYes, SET, warnOfPassport } from './change.ts';

const METHOD = 'account.resetPassword';

export const FINISH: NextStep = { say: 'After that date, remove the password', run: 'tg-auth password reset --yes' };
export const CANCEL: NextStep = { say: 'To keep the password', run: 'tg-auth password reset --cancel' };

export async function run(ctx: Context, input: Input): Promise<Result> {
  await requireKey(ctx, METHOD);
  if (input.has('cancel')) return cancel(ctx);
  await requireYes(ctx, input);
  const question = await questionOf(ctx, METHOD);
  const client = await ctx.client();
  const now = Math.floor(ctx.outside.now() / 1000 + client.state.time_offset);
  const { pending_reset_date = Number.POSITIVE_INFINITY } = question;
  warnOfPassport(ctx, question);
  const what =
    pending_reset_date <= now ? 'Remove the password now?' : 'Ask Telegram to remove the password in a week?';
  if (!input.has('yes') && !(await ctx.confirm(what, '--yes'))) return DECLINED;

  ctx.out.busy('Asking Telegram');
  const reset = await changing(ctx, () => resetPassword(client));
  ctx.out.idle();
  if (reset.state === 'done') {
    ctx.out.success('Removed the password.');
    ctx.out.hint(SET);
    return { text: reset.state, json: { method: METHOD, result: reset.state, date: null } };
  }
  const { state, date } = reset;
  const seconds = Math.max(date - now, 0);
  if (state === 'refused') throw new WaitError('RESET_TOO_SOON', seconds, { duration: duration(seconds) });
  ctx.out.success(`The password can be removed after ${clock(ctx.outside.now(), seconds)}.`);
  ctx.out.hint(FINISH);
  ctx.out.hint(CANCEL);
  return { text: `${state}\t${isoTime(date)}`, json: { method: METHOD, result: state, date } };
}

async function cancel(ctx: Context): Promise<Result> {
  ctx.out.busy('Cancelling');
  const client = await ctx.client();
  const result = await changing(ctx, () => declineReset(client));
  return ended(ctx, 'account.declinePasswordReset', result, 'Cancelled the reset: the password stays.');
}

/** `2026-12-04T08:13:21Z`. `seconds`: since 1970. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

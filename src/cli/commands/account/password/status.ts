/** `password status`: prints what is known about the password; `--check` also checks one. */
import { passwordQuestion } from '../../../../auth/password.ts';
import { RpcError } from '../../../../errors.ts';
import { printable } from '../../../../printable.ts';
import { PASSWORD } from '../../../ask/password.ts';
import { requireSecret } from '../../../ask/secret.ts';
import type { Input, Result } from '../../../command.ts';
import type { Context } from '../../../context.ts';
import { requireKey } from '../../../signed-in.ts';
import { CONFIRM, proven, SET } from './change.ts';
import { CANCEL, FINISH, isoTime } from './reset.ts';

export async function run(ctx: Context, input: Input): Promise<Result> {
  const method = 'account.getPassword';
  await requireKey(ctx, method);
  const checks = input.has('check');
  const known = checks ? await requireSecret(ctx, input, PASSWORD) : undefined;
  const client = await ctx.client();
  ctx.out.busy('Asking Telegram');
  const question = await passwordQuestion(client);
  ctx.out.idle();
  const isSet = question.has_password === true;
  if (checks && !isSet) throw new RpcError(400, 'PASSWORD_EMPTY', 'account.getPasswordSettings');
  const { email } = checks ? (await proven(ctx, known, question)).settings : {};
  if (checks) ctx.out.success('That is the password.');
  const { hint, email_unconfirmed_pattern: unconfirmed, login_email_pattern: login } = question;
  const { pending_reset_date: reset, has_recovery, has_secure_values } = question;
  if (unconfirmed !== undefined) ctx.out.hint(CONFIRM);
  if (reset !== undefined) for (const step of [CANCEL, FINISH]) ctx.out.hint(step);
  if (!isSet && unconfirmed === undefined) ctx.out.hint(SET);

  const lines = {
    password: isSet ? 'set' : 'not set',
    hint,
    'recovery e-mail': email ?? (has_recovery === true ? 'set' : 'not set'),
    'unconfirmed e-mail': unconfirmed,
    'login e-mail': login,
    'reset possible from': reset === undefined ? undefined : isoTime(reset),
    'Telegram Passport': has_secure_values === true ? 'in use' : undefined,
  };
  const text = Object.entries(lines).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${printable(value)}`],
  );
  const json = {
    method,
    result: isSet,
    hint: hint ?? null,
    hasRecoveryEmail: has_recovery === true,
    recoveryEmail: email ?? null,
    unconfirmedEmail: unconfirmed ?? null,
    loginEmail: login ?? null,
    resetDate: reset ?? null,
    passport: has_secure_values === true,
    checked: checks,
  };
  return { text: text.join('\n'), json, wraps: true };
}

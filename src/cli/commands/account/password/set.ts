/** `password set`, `change` and `remove`: the password of two-step verification. */
import { passwordQuestion } from '../../../../auth/password.ts';
import { usageErrorOf } from '../../../../errors.ts';
import { PASSWORD } from '../../../ask/password.ts';
import { requireSecret } from '../../../ask/secret.ts';
import { DECLINED, type Input, type Result } from '../../../command.ts';
import type { Context } from '../../../context.ts';
import { requireKey } from '../../../signed-in.ts';
import { checkEmail, METHOD, makeChange, NEW_EMAIL, proven, questionOf, requireYes, warnOfPassport } from './change.ts';
import { newPasswordWith, typedTwice } from './secrets.ts';

export async function set(ctx: Context, input: Input): Promise<Result> {
  const { hint, email, secret } = newOnes(input);
  await requireKey(ctx, METHOD);
  const known = await requireSecret(ctx, input, secret);
  const client = await ctx.client();
  ctx.out.busy('Asking Telegram');
  const { has_password } = await passwordQuestion(client);
  if (has_password === true) throw usageErrorOf('PASSWORD_ALREADY_SET');
  const password = known ?? (await typedTwice(ctx, secret));
  const result = await makeChange(ctx, { renewal: { password, hint }, ...email, done: 'Set the password.' });
  if (email === undefined) ctx.out.hint({ ...NEW_EMAIL, say: 'Add an e-mail address that can recover it' });
  return result;
}

export async function change(ctx: Context, input: Input): Promise<Result> {
  const { hint, email, secret } = newOnes(input);
  await requireKey(ctx, METHOD);
  const [old, renewed] = [await requireSecret(ctx, input, PASSWORD), await requireSecret(ctx, input, secret)];
  const proof = await proven(ctx, old, await questionOf(ctx));
  const password = renewed ?? (await typedTwice(ctx, secret));
  const renewal = { password, hint };
  return makeChange(ctx, { ...proof, renewal, ...email, done: 'Changed the password.' });
}

/** The options of a new password. Throws `UsageError`. */
function newOnes(input: Input) {
  const [hint = '', email] = [input.text('hint'), input.text('email')];
  if (email !== undefined) checkEmail(email);
  return { hint, email: email === undefined ? undefined : { email }, secret: newPasswordWith(hint) };
}

export async function remove(ctx: Context, input: Input): Promise<Result> {
  await requireKey(ctx, METHOD);
  await requireYes(ctx, input);
  const known = await requireSecret(ctx, input, PASSWORD);
  const question = await questionOf(ctx);
  warnOfPassport(ctx, question);
  if (!input.has('yes') && !(await ctx.confirm('Remove the password from this account?', '--yes'))) return DECLINED;
  const proof = await proven(ctx, known, question);
  return makeChange(ctx, { ...proof, renewal: null, done: 'Removed the password.' });
}

/**
 * `password recover`: signs in with a code from the recovery e-mail instead of the two-step verification password. The
 * account then has a new password or none. The code is checked before anything else is asked. Continues a `sign-in`
 * that stopped at the password.
 */
import { parseCode } from '../../../../auth/login-code.ts';
import { checkRecovery, recoverPassword, requestRecovery } from '../../../../auth/two-step/recovery.ts';
import { printable } from '../../../../printable.ts';
import { missing } from '../../../ask/question.ts';
import { knownSecret } from '../../../ask/secret.ts';
import type { Input, Result } from '../../../command.ts';
import type { Context } from '../../../context.ts';
import { requireStored } from '../../../settings/session-string.ts';
import { reportSignedIn, requireKey } from '../../../signed-in.ts';
import { changing } from './change.ts';
import { EMAIL_CODE, newPasswordWith, typedTwice, withEmailCode } from './secrets.ts';

export async function run(ctx: Context, input: Input): Promise<Result> {
  requireStored(ctx);
  await requireKey(ctx, 'auth.requestPasswordRecovery');
  const client = await ctx.client();
  const code = input.has('send') ? undefined : await knownSecret(ctx, input, EMAIL_CODE);
  if (code === undefined) {
    if (!input.has('send') && ctx.promptObstacle !== undefined)
      throw missing(EMAIL_CODE, ctx.promptObstacle, {
        say: 'Send the e-mail first',
        run: 'tg-auth password recover --send',
      });
    ctx.out.busy('Asking for the e-mail');
    const address = await requestRecovery(client);
    ctx.out.idle();
    ctx.out.success(`Telegram sent a code to ${printable(address)}.`);
    if (input.has('send')) {
      const rest = ctx.canAsk ? 'CODE' : '- --new-password -'; // without --code, a new code would replace this one
      ctx.out.hint({ say: 'Sign in with it', run: `tg-auth password recover --code ${rest}` });
      return { text: printable(address), json: { method: 'auth.requestPasswordRecovery', result: address } };
    }
  }
  const removes = input.has('remove-password');
  const hint = input.text('hint') ?? '';
  const secret = { ...newPasswordWith(hint), flag: '--new-password - (or --remove-password)' };
  const known = removes ? undefined : await knownSecret(ctx, input, secret);
  const willAsk = !removes && known === undefined;
  if (willAsk && ctx.promptObstacle !== undefined) throw missing(secret, ctx.promptObstacle);
  const use = async (entered: string) => {
    await checkRecovery(client, entered);
    return entered;
  };
  const checked = code === undefined || willAsk ? await withEmailCode(ctx, { known: code, use }) : parseCode(code);
  const renewal = removes ? {} : { renewal: { password: known ?? (await typedTwice(ctx, secret)), hint } };
  ctx.out.busy('Signing in');
  const recovery = { code: checked, ...renewal, random: ctx.outside.random };
  const user = await changing(ctx, () => recoverPassword(client, recovery));
  return reportSignedIn(ctx, 'auth.recoverPassword', user, user.phone);
}

/**
 * `recover-password`: signs in with a code from the recovery e-mail instead of the two-step verification password.
 * The account then has a new password or none. The code is checked before anything else is asked. Continues a `sign-in`
 * that stopped at the password.
 */
import { parseCode } from '../../../auth/login-code.ts';
import { checkRecovery, recoverPassword, requestRecovery } from '../../../auth/password.ts';
import { EXIT } from '../../../catalogue.ts';
import { RpcError, UsageError } from '../../../errors.ts';
import { printable } from '../../../printable.ts';
import { missing } from '../../ask/question.ts';
import { knownSecret, type Secret } from '../../ask/secret.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { requireStored } from '../../settings/session-string.ts';
import { reportSignedIn, requireKey } from '../../signed-in.ts';

const EMAIL_CODE: Secret = {
  message: 'Code from the e-mail',
  option: 'code',
  flag: '--code CODE, or --code - for stdin,',
  variable: 'TG_AUTH_CODE',
  plain: true,
  check(text) {
    if (text.trim() === '') throw new UsageError('The code from the e-mail is empty.', { exit: EXIT.codeInvalid });
  },
};

const NEW_PASSWORD: Secret = {
  message: 'New password',
  option: 'new-password',
  flag: '--new-password - (or --remove-password)',
  variable: 'TG_AUTH_NEW_PASSWORD',
  secret: true,
  check(text) {
    if (text === '') throw new UsageError('The new password is empty.');
  },
};

export async function run(ctx: Context, input: Input): Promise<Result> {
  requireStored(ctx);
  await requireKey(ctx, 'auth.requestPasswordRecovery');
  const client = await ctx.client();
  const code = input.has('send') ? undefined : await knownSecret(ctx, input, EMAIL_CODE);
  if (code === undefined) {
    if (!input.has('send') && ctx.promptObstacle !== undefined)
      throw missing(EMAIL_CODE, ctx.promptObstacle, {
        say: 'Send the e-mail first',
        run: 'tg-auth recover-password --send',
      });
    ctx.out.busy('Asking for the e-mail');
    const address = await requestRecovery(client);
    ctx.out.idle();
    ctx.out.success(`Telegram sent a code to ${printable(address)}.`);
    if (input.has('send')) {
      const run = 'tg-auth recover-password --code - --new-password -';
      ctx.out.hint({ say: 'Sign in with the code and a new password', run });
      return { text: printable(address), json: { method: 'auth.requestPasswordRecovery', result: address } };
    }
  }
  const removes = input.has('remove-password');
  const known = removes ? undefined : await knownSecret(ctx, input, NEW_PASSWORD);
  const willAsk = !removes && known === undefined;
  if (willAsk && ctx.promptObstacle !== undefined) throw missing(NEW_PASSWORD, ctx.promptObstacle);
  const checked = code === undefined || willAsk ? await checkedCode(ctx, code) : parseCode(code);
  const hint = input.text('hint') ?? '';
  const renewal = removes ? {} : { renewal: { password: known ?? (await newPassword(ctx)), hint } };
  ctx.out.busy('Signing in');
  const user = await recoverPassword(client, { code: checked, ...renewal, random: ctx.outside.random });
  return reportSignedIn(ctx, 'auth.recoverPassword', user, user.phone);
}

/** Wrong codes at the prompt before the command ends. */
const TRIES = 5;

/** Returns the code after the server has checked it. A code from the prompt can be corrected. */
async function checkedCode(ctx: Context, known: string | undefined): Promise<string> {
  const client = await ctx.client();
  for (let tries = 1; ; tries++) {
    const code = parseCode(known ?? (await ctx.ask({ ...EMAIL_CODE, check: parseCode })));
    ctx.out.busy('Checking the code');
    try {
      await checkRecovery(client, code);
      return code;
    } catch (error) {
      const isWrong = error instanceof RpcError && error.exit === EXIT.codeInvalid;
      if (!isWrong || known !== undefined || tries === TRIES) throw error;
      ctx.out.idle();
      ctx.out.warn(error.message);
    }
  }
}

async function newPassword(ctx: Context): Promise<string> {
  const password = await ctx.ask(NEW_PASSWORD);
  const check = (text: string) => {
    if (text !== password) throw new UsageError('The passwords differ.');
  };
  await ctx.ask({ ...NEW_PASSWORD, message: 'New password again', check });
  return password;
}

/**
 * `recover-password`: signs in with a code from the recovery e-mail in place of the password of two-step verification. The account then has
 * a new password, or none. It goes on from a `sign-in` that ended at the password.
 */
import { EXIT } from '../../catalogue.ts';
import { UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { given, type Secret, secretOf } from '../ask/secret.ts';
import type { Command, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { requireStored } from '../settings/session-string.ts';

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

export const recoverPassword: Command = {
  name: 'recover-password',
  summary: 'Sign in without the password, by a code sent to the recovery e-mail',
  options: [
    { name: '--send', help: 'only have the e-mail sent, and print where it went' },
    { name: '--code <code>', help: 'the code from the e-mail, or - for stdin [TG_AUTH_CODE]' },
    { name: '--new-password <->', help: 'only as -: the new password from stdin [TG_AUTH_NEW_PASSWORD]' },
    { name: '--hint <text>', help: 'a hint for the new password' },
    { name: '--remove-password', help: 'leave the account without a password' },
  ],
  examples: [
    'tg-auth recover-password',
    'tg-auth recover-password --send',
    'TG_AUTH_NEW_PASSWORD=$(pass telegram) tg-auth recover-password --code "$code"',
  ],
  async run(ctx, input) {
    for (const [one, other] of EXCLUSIVE)
      if (isGiven(input, one) && isGiven(input, other))
        throw new UsageError(`--${one} and --${other} exclude each other.`);
    requireStored(ctx);
    const { requireKey, signedIn } = await import('../tell/signed-in.ts');
    await requireKey(ctx, 'auth.requestPasswordRecovery');
    const { requestRecovery } = await import('../../auth/password.ts');
    const client = await ctx.client();
    const code = input.has('send') ? undefined : await given(ctx, input, EMAIL_CODE);
    if (code === undefined) {
      if (!input.has('send') && !ctx.canAsk)
        throw new UsageError('The code from the e-mail is missing, and there is nobody to ask.', {
          next: 'Have it sent with --send, then give it with --code - or TG_AUTH_CODE.',
        });
      ctx.out.busy('Asking for the e-mail');
      const address = await requestRecovery(client);
      ctx.out.idle();
      ctx.out.success(`Telegram says that it sent a code to ${printable(address)}.`);
      if (input.has('send'))
        return { text: printable(address), json: { method: 'auth.requestPasswordRecovery', result: address } };
    }
    const user = await recover(ctx, input, code);
    return signedIn(ctx, 'auth.recoverPassword', user, user.phone);
  },
};

/** Each of these would leave the other's wish undone, and the account with another password than was meant, or none. */
const EXCLUSIVE = [
  ['remove-password', 'new-password'],
  ['remove-password', 'hint'],
  ['send', 'code'],
  ['send', 'new-password'],
  ['send', 'remove-password'],
] as const;

function isGiven(input: Input, option: string): boolean {
  return input.has(option) || input.text(option) !== undefined;
}

async function recover(ctx: Context, input: Input, known: string | undefined) {
  const { recoverPassword } = await import('../../auth/password.ts');
  const code = (known ?? (await ctx.ask(EMAIL_CODE))).trim();
  const renewal = input.has('remove-password') ? {} : { renewal: await newPassword(ctx, input) };
  ctx.out.busy('Signing in');
  return recoverPassword(await ctx.client(), { code, ...renewal, random: ctx.outside.random });
}

async function newPassword(ctx: Context, input: Input) {
  const hint = input.text('hint') ?? '';
  const known = await given(ctx, input, NEW_PASSWORD);
  if (known !== undefined) return { password: known, hint };
  const password = await secretOf(ctx, input, NEW_PASSWORD);
  const check = (text: string) => {
    if (text !== password) throw new UsageError('That is not the same.');
  };
  await ctx.ask({ ...NEW_PASSWORD, message: 'New password, once more', check });
  return { password, hint };
}

/** `login`: signs in step by step, with a phone number at a terminal, by QR code or as a bot. Prints the user id. */
import { showPhone } from '../../../auth/phone.ts';
import { nameOf, type User } from '../../../auth/user.ts';
import { EXIT } from '../../../catalogue.ts';
import { TgAuthError, UsageError } from '../../../errors.ts';
import { printable } from '../../../printable.ts';
import { hasKey } from '../../../session/session.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { usePhone } from '../../pending-code.ts';
import { beginSignIn } from '../../settings/session-string.ts';
import { keepUser, reportSignedIn, userJson } from '../../signed-in.ts';

export async function run(ctx: Context, input: Input): Promise<Result> {
  const [qr, bot, text] = [input.has('qr'), input.has('bot'), input.args[0]];
  if ((qr || bot) && text !== undefined)
    throw new UsageError(`--${qr ? 'qr' : 'bot'} cannot be combined with a phone number.`);
  if (!qr && !bot && ctx.promptObstacle !== undefined) throw needsPrompts(ctx.promptObstacle, text);
  const phone = text === undefined ? undefined : await usePhone(ctx, text);
  ctx.credentials(); // throws early if they are missing
  const token = bot ? await (await import('../../login/as-bot.ts')).tokenOf(ctx, input) : undefined;
  const user = await currentUser(ctx);
  if (user !== undefined) return alreadySignedIn(ctx, user, { phone, bot, token });
  await beginSignIn(ctx);
  const { method, user: signed, phone: number } = await signInBy(ctx, input, { qr, bot, token, phone });
  return reportSignedIn(ctx, method, signed, number);
}

async function signInBy(ctx: Context, input: Input, how: Wanted & { readonly qr: boolean }) {
  if (how.bot) return (await import('../../login/as-bot.ts')).asBot(ctx, how.token);
  if (how.qr) return (await import('../../login/by-qr.ts')).byQr(ctx, input);
  return (await import('../../login/by-code.ts')).byCode(ctx, input, how.phone);
}

function needsPrompts(obstacle: string, phone = '+79991234567'): UsageError {
  return new UsageError(`login asks questions, but ${obstacle}.`, {
    why: ['In a script, use the separate commands, login --qr or login --bot.'],
    next: { say: 'For example', run: `tg-auth send-code ${phone} && tg-auth sign-in ${phone} --code -` },
  });
}

/** The account that is signed in. `undefined` also if the session was ended elsewhere. */
async function currentUser(ctx: Context): Promise<User | undefined> {
  const session = await ctx.session();
  if (!hasKey(session.value)) return undefined;
  const { whoAmI } = await import('../../../auth/account.ts');
  ctx.out.busy('Asking Telegram');
  try {
    return await whoAmI(await ctx.client());
  } catch (error) {
    if (!(error instanceof TgAuthError) || (error.exit !== EXIT.signedOut && error.exit !== EXIT.password)) throw error;
    if (session.value.user !== undefined) ctx.out.warn(error.message);
    return undefined;
  } finally {
    ctx.out.idle();
  }
}

/** The account that the command line asks for. */
interface Wanted {
  /** Digits only. */
  readonly phone: string | undefined;
  readonly bot: boolean;
  readonly token: string | undefined;
}

function isAnother(user: User, { phone, bot, token }: Wanted): boolean {
  if (phone !== undefined) return user.bot || (user.phone !== undefined && user.phone !== phone);
  return (bot && !user.bot) || (token !== undefined && !token.trim().startsWith(`${user.id}:`));
}

/** Throws `UsageError` if another account is signed in than the command line asks for. */
async function alreadySignedIn(ctx: Context, user: User, wanted: Wanted): Promise<Result> {
  if (isAnother(user, wanted)) {
    const name = user.phone === undefined ? nameOf(user) : showPhone(printable(user.phone));
    throw new UsageError(`This session is already signed in as ${name}.`, {
      next: {
        say: 'Use another session with --session NAME, or sign out first',
        run: `tg-auth logout --session ${ctx.options.session.value}`,
      },
    });
  }
  await keepUser(ctx, user);
  ctx.out.success(`Already signed in as ${nameOf(user)}.`);
  return { text: String(user.id), json: { result: String(user.id), ...(await userJson(ctx, user)) } };
}

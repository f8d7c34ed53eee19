/** `login`: signs in step by step, with a phone number at a terminal, by QR code or as a bot. Prints the user id. */
import { showPhone } from '../../../auth/phone.ts';
import { nameOf, type User } from '../../../auth/user.ts';
import { EXIT } from '../../../catalogue.ts';
import { TgAuthError, UsageError } from '../../../errors.ts';
import { printable } from '../../../printable.ts';
import { hasKey } from '../../../session/session.ts';
import { signInStep } from '../../code-sent.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { PASSWORD_NEEDED, pendingOf, phoneOf } from '../../pending-code.ts';
import { beginSignIn, isString, requireStored } from '../../settings/session-string.ts';
import { keepUser, reportSignedIn, userJson } from '../../signed-in.ts';

export async function run(ctx: Context, input: Input): Promise<Result> {
  const [qr, bot, text] = [input.has('qr'), input.has('bot'), input.args[0]];
  checkQrOptions(ctx, input);
  if ((qr || bot) && text !== undefined)
    throw new UsageError(`--${qr ? 'qr' : 'bot'} cannot be combined with a phone number.`);
  const phone = text === undefined ? undefined : await phoneOf(ctx, input);
  const isScripted = !qr && !bot && ctx.promptObstacle !== undefined;
  if (isScripted && !(await canGoOn(ctx, phone))) throw await needsPrompts(ctx, phone);
  ctx.credentials(); // throws early if they are missing
  const token = bot ? await (await import('../../login/as-bot.ts')).tokenOf(ctx, input) : undefined;
  const user = (await isQrPending(ctx, input)) ? undefined : await currentUser(ctx);
  if (user !== undefined) return alreadySignedIn(ctx, user, { phone, bot, token });
  if (isScripted && (await pendingOf(ctx, phone ?? ''))?.type !== PASSWORD_NEEDED) throw await needsPrompts(ctx, phone);
  await beginSignIn(ctx);
  const answer = await signInBy(ctx, input, { qr, bot, token, phone });
  if (!('user' in answer)) return answer;
  const { method, user: signed, phone: number } = answer;
  return reportSignedIn(ctx, method, signed, number);
}

async function signInBy(ctx: Context, input: Input, how: Wanted & { readonly qr: boolean }) {
  if (how.bot) return (await import('../../login/as-bot.ts')).asBot(ctx, how.token);
  if (how.qr) return (await import('../../login/by-qr.ts')).byQr(ctx, input);
  return (await import('../../login/by-code.ts')).byCode(ctx, input, how.phone);
}

/** Checks the options before anything is sent. Throws `UsageError`. */
function checkQrOptions(ctx: Context, input: Input): void {
  const [phase] = ['start', 'wait'].filter((option) => input.has(option));
  const option = phase ?? (input.text('qr-file') === undefined ? undefined : 'qr-file');
  if (option !== undefined && !input.has('qr')) throw new UsageError(`--${option} requires --qr.`);
  const file = input.text('qr-file') ?? '.svg';
  if (!/\.(svg|png)$/i.test(file)) throw new UsageError('--qr-file must end in .svg or .png.');
  if (phase !== undefined) requireStored(ctx);
  if (phase !== undefined && ctx.options.network.kind === 'sandbox')
    throw new UsageError(`--${phase} requires a sandbox that lasts: an embedded one ends with its command.`, {
      next: { say: 'Start one', run: 'tg-auth sandbox' },
    });
}

/** Whether the session can go on after the QR code of an earlier command: then nobody is signed in. */
async function isQrPending(ctx: Context, input: Input): Promise<boolean> {
  return input.has('wait') && (await ctx.session()).value.qr !== undefined;
}

/** Whether a script can go on: with who is signed in, or after an accepted code. */
async function canGoOn(ctx: Context, phone: string | undefined): Promise<boolean> {
  if (ctx.options.network.kind === 'sandbox' || isString(ctx.options)) return false;
  const { user, pending } = (await ctx.session()).value;
  return user !== undefined || pending[phone ?? '']?.type === PASSWORD_NEEDED;
}

/** The error for a login without prompts. Its next step is the command that goes on without them. */
async function needsPrompts(ctx: Context, phone: string | undefined): Promise<UsageError> {
  const start = { say: 'Ask for a code', run: `tg-auth send-code ${phone === undefined ? '-' : showPhone(phone)}` };
  const pending = phone === undefined || isString(ctx.options) ? undefined : await pendingOf(ctx, phone);
  const hasCode = pending !== undefined && pending.type !== 'setUpEmailRequired';
  return new UsageError(`login asks questions, but ${ctx.promptObstacle}.`, {
    why: ['In a script, use the separate commands (send-code, then sign-in), login --qr or login --bot.'],
    next: hasCode && phone !== undefined ? signInStep(phone) : start,
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
    const own = wanted.phone === undefined ? 'bot' : showPhone(wanted.phone);
    ctx.steps.set('USAGE', [
      { say: 'Use another session', run: `tg-auth login ${wanted.bot ? '--bot' : own} --session ${own}` },
      { say: 'Or sign out first', run: `tg-auth logout --session ${ctx.options.session.value}` },
    ]);
    throw new UsageError(`This session is already signed in as ${name}.`);
  }
  await keepUser(ctx, user);
  ctx.out.success(`Already signed in as ${nameOf(user)}.`);
  return { text: String(user.id), json: { result: String(user.id), ...(await userJson(ctx, user)) } };
}

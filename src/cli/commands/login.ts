/** `login`: the whole journey in one go: by phone number at a terminal, by QR code, or with a bot's token. Prints the user id. */
import { parsePhone, showPhone } from '../../auth/phone.ts';
import type { User } from '../../auth/user.ts';
import { EXIT } from '../../catalogue.ts';
import { TgAuthError, UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Secret } from '../ask/secret.ts';
import type { Command, Ending, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { PHONE } from '../pending-code.ts';
import { beginSignIn } from '../settings/session-string.ts';
import { PASSWORD_WORD } from '../tell/sign-in.ts';

export const login: Command = {
  name: 'login',
  summary: 'Sign in, in one go: with a code at a terminal, by QR code, or as a bot',
  args: [PHONE],
  options: [
    { name: '--qr', help: 'by a QR code that a phone reads which is signed in' },
    { name: '--bot', help: 'as a bot' },
    { name: '--token <->', help: "only as -: the bot's token from stdin [TG_AUTH_BOT_TOKEN]" },
    PASSWORD_WORD,
  ],
  examples: [
    'tg-auth login',
    'tg-auth login +79991234567 --session work',
    'tg-auth login --qr',
    'TG_AUTH_BOT_TOKEN=$(pass bot) tg-auth login --bot',
  ],
  lasting: (input) => input.has('qr'),
  async run(ctx, input) {
    const [qr, bot, phone] = [input.has('qr'), input.has('bot'), input.args[0]];
    if (qr && bot) throw new UsageError('--qr and --bot exclude each other.');
    if ((qr || bot) && phone !== undefined) throw new UsageError(`--${qr ? 'qr' : 'bot'} takes no phone number.`);
    if (!qr && !bot && !ctx.canAsk) throw alone(phone);
    if (phone !== undefined) parsePhone(phone);
    ctx.credentials(); // says at once if there are none
    const token = bot ? await tokenGiven(ctx, input) : undefined;
    const user = await whoIsIn(ctx);
    if (user !== undefined) return already(ctx, user, { phone, bot, token });
    await beginSignIn(ctx);
    if (bot) return asBot(ctx, token);
    const { signedIn } = await import('../tell/signed-in.ts');
    if (qr) {
      const { byQr } = await import('../login/by-qr.ts');
      const entered = await byQr(ctx, input);
      return signedIn(ctx, entered.method, entered.user);
    }
    const { byCode } = await import('../login/by-code.ts');
    const entered = await byCode(ctx, input);
    return signedIn(ctx, entered.method, entered.user, entered.phone);
  },
};

function alone(phone = '+79991234567'): UsageError {
  return new UsageError('login asks as it goes, and there is nobody to ask.', {
    next: `In a script, step by step:  tg-auth send-code ${phone}, then tg-auth sign-in ${phone} --code -  (or login --qr, login --bot)`,
  });
}

/** The account that is signed in already. A session that was ended elsewhere is none. */
async function whoIsIn(ctx: Context): Promise<User | undefined> {
  const session = await ctx.session();
  if (Object.keys(session.value.keys).length === 0) return undefined;
  const { whoAmI } = await import('../../auth/account.ts');
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

/** What was asked for. An account that happens to be signed in and is another one is no answer to that. */
interface Wanted {
  readonly phone: string | undefined;
  readonly bot: boolean;
  readonly token: string | undefined;
}

function isAnother(user: User, { phone, bot, token }: Wanted): boolean {
  if (phone !== undefined) return user.bot || (user.phone !== undefined && user.phone !== parsePhone(phone));
  return (bot && !user.bot) || (token !== undefined && !token.trim().startsWith(`${user.id}:`));
}

async function already(ctx: Context, user: User, wanted: Wanted): Promise<Ending> {
  const { nameOf } = await import('../../auth/user.ts');
  const { keepUser, userJson } = await import('../tell/signed-in.ts');
  if (isAnother(user, wanted))
    throw new UsageError(
      `This session is signed in as ${user.phone === undefined ? nameOf(user) : showPhone(printable(user.phone))} already.`,
      {
        next: `Take another one with --session NAME, or sign this one out first:  tg-auth logout --session ${ctx.options.session.value}`,
      },
    );
  await keepUser(ctx, user);
  ctx.out.success(`Signed in already, as ${nameOf(user)}.`);
  return { text: String(user.id), json: { method: null, result: String(user.id), ...(await userJson(ctx, user)) } };
}

/** `undefined`: a person is to be asked, if it comes to that. */
async function tokenGiven(ctx: Context, input: Input): Promise<string | undefined> {
  const { given } = await import('../ask/secret.ts');
  return given(ctx, input, await botToken());
}

/** As `asBot` asks for it; what it is checked with is not loaded for a help text. */
async function botToken(): Promise<Secret> {
  const { parseBotToken } = await import('../../auth/bot.ts');
  return {
    message: 'Bot token',
    option: 'token',
    flag: '--token - for stdin,',
    variable: 'TG_AUTH_BOT_TOKEN',
    secret: true,
    check: parseBotToken,
  };
}

async function asBot(ctx: Context, given: string | undefined): Promise<Ending> {
  const { parseBotToken, signInBot } = await import('../../auth/bot.ts');
  const { signedIn } = await import('../tell/signed-in.ts');
  const token = parseBotToken(given ?? (await ctx.ask(await botToken())));
  const client = await ctx.client();
  ctx.out.busy('Signing in');
  const user = await signInBot(client, { ...ctx.credentials(), token });
  return signedIn(ctx, 'auth.importBotAuthorization', user);
}

/** `login --bot`: signs in with a bot token. */
import { parseBotToken, signInBot } from '../../auth/bot.ts';
import { knownSecret, type Secret } from '../ask/secret.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import type { SignedIn } from './complete.ts';

const TOKEN: Secret = {
  message: 'Bot token',
  option: 'token',
  flag: '--token - for stdin,',
  variable: 'TG_AUTH_BOT_TOKEN',
  secret: true,
  check: parseBotToken,
};

/** The token from stdin or the environment; `undefined` if there is none. */
export function tokenOf(ctx: Context, input: Input): Promise<string | undefined> {
  return knownSecret(ctx, input, TOKEN);
}

/** Asks for the token if it is `undefined`. */
export async function asBot(ctx: Context, token: string | undefined): Promise<SignedIn> {
  const known = parseBotToken(token ?? (await ctx.ask(TOKEN)));
  const client = await ctx.client();
  ctx.out.busy('Signing in');
  return {
    method: 'auth.importBotAuthorization',
    user: await signInBot(client, { ...ctx.credentials(), token: known }),
  };
}

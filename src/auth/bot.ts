/** Signing a bot in with its token (https://core.telegram.org/api/bots). */
import { UsageError } from '../errors.ts';
import { type Caller, current } from '../tl/layer.ts';
import { type User, userIn } from './user.ts';

/** A token as BotFather gives it: the bot's id, a colon, and letters and digits. Throws `UsageError`, without quoting it. */
export function parseBotToken(text: string): string {
  const token = text.trim();
  if (/^\d{1,20}:[\w-]{30,64}$/.test(token)) return token;
  throw new UsageError('That is not a bot token: it is a number, a colon and some 35 letters and digits.', {
    next: 'Look it up:  https://t.me/BotFather',
  });
}

/** Throws `RpcError`: ACCESS_TOKEN_INVALID, ACCESS_TOKEN_EXPIRED. */
export async function signInBot(
  caller: Caller,
  { api_id, api_hash, token }: { readonly api_id: number; readonly api_hash: string; readonly token: string },
): Promise<User> {
  const params = { flags: 0, api_id, api_hash, bot_auth_token: token };
  return userIn(await caller.call(current, 'auth.importBotAuthorization', params, { startsAnew: true }));
}

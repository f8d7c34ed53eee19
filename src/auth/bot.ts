/** Signing a bot in with its token (https://core.telegram.org/api/bots). */
import { UsageError } from '../errors.ts';
import { type Caller, current } from '../tl/layer.ts';
import { type User, userIn } from './user.ts';

/**
 * Checks a token from BotFather: the bot's id, a colon, letters and digits. Throws `UsageError`, which does not quote
 * it.
 */
export function parseBotToken(text: string): string {
  const token = text.trim();
  if (/^\d{1,20}:[\w-]{30,64}$/.test(token)) return token;
  throw new UsageError('Invalid bot token. A token is a number, a colon and about 35 letters and digits.', {
    why: ['Get the token from https://t.me/BotFather'],
  });
}

/** Signs in as a bot. Throws `RpcError`: ACCESS_TOKEN_INVALID, ACCESS_TOKEN_EXPIRED. */
export async function signInBot(
  caller: Caller,
  { api_id, api_hash, token }: { readonly api_id: number; readonly api_hash: string; readonly token: string },
): Promise<User> {
  const params = { flags: 0, api_id, api_hash, bot_auth_token: token };
  return userIn(await caller.call(current, 'auth.importBotAuthorization', params, { startsAnew: true }));
}

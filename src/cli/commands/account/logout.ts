/** `logout`: signs out at Telegram, then deletes the session. A session that is not signed in is no error. */
import { logOut } from '../../../auth/account.ts';
import { hasKey } from '../../../session/session.ts';
import type { Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { isString } from '../../settings/session-string.ts';
import { isForgotten } from '../../signed-in.ts';

export async function run(ctx: Context): Promise<Result> {
  const session = await ctx.session();
  const name = isString(ctx.options) ? null : ctx.options.session.value;
  let wasSignedIn = false;
  if (hasKey(session.value)) {
    ctx.out.busy('Signing out');
    try {
      wasSignedIn = await logOut(await ctx.client());
    } catch (error) {
      if (!isForgotten(error)) throw error; // a key that the server does not know is signed in nowhere
    }
  }
  await ctx.forget();
  ctx.out.idle();
  ctx.out.success(message(name, wasSignedIn));
  return { text: 'true', json: { method: 'auth.logOut', result: true, session: name, wasSignedIn } };
}

/** `name`: null for a session string, which leaves the stored sessions alone. */
function message(name: string | null, wasSignedIn: boolean): string {
  if (name === null)
    return wasSignedIn
      ? 'Signed out. The session string no longer works.'
      : 'The session string was already signed out.';
  return wasSignedIn
    ? `Signed out and deleted session "${name}".`
    : `Session "${name}" was not signed in. Deleted what was left of it.`;
}

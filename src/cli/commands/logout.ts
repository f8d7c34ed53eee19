/** `logout`: ends the session at the server first, then here. A session that is signed out already is no error. */
import type { Command } from '../command.ts';
import { isString } from '../settings/session-string.ts';

export const logout: Command = {
  name: 'logout',
  summary: 'Sign out: at Telegram first, then here',
  examples: ['tg-auth logout', 'tg-auth logout --session work'],
  async run(ctx) {
    const session = await ctx.session();
    const name = isString(ctx.options) ? null : ctx.options.session.value;
    let told = false;
    if (Object.keys(session.value.keys).length > 0) {
      const { logOut } = await import('../../auth/account.ts');
      const { isForgotten } = await import('../tell/signed-in.ts');
      ctx.out.busy('Signing out');
      try {
        told = await logOut(await ctx.client());
      } catch (error) {
        if (!isForgotten(error)) throw error; // a key that the server does not know is signed in nowhere
      }
    }
    await ctx.forget();
    ctx.out.idle();
    ctx.out.success(endOf(name, told));
    return { text: 'true', json: { method: 'auth.logOut', result: true, session: name, wasSignedIn: told } };
  },
};

/** `name` null: it came as a string, and what is stored was left alone. */
function endOf(name: string | null, told: boolean): string {
  if (name === null)
    return told
      ? 'Signed out. The session string is worth nothing any more.'
      : 'This session string was not signed in.';
  return told
    ? `Signed out. Nothing of the session "${name}" is left, there or here.`
    : `The session "${name}" was not signed in; nothing of it is left here.`;
}

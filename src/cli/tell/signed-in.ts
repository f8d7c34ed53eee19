/** The end of every way in: the session keeps who is signed in, and the user id goes out. */
import type { User } from '../../auth/user.ts';
import { nameOf } from '../../auth/user.ts';
import { NetworkError, RpcError } from '../../errors.ts';
import type { Result } from '../command.ts';
import type { Context } from '../context.ts';
import type { Json } from './output.ts';

/** Keeps the user in the session, whose pending code for `phone` has done its work, and ends the command. */
export async function signedIn(ctx: Context, method: string, user: User, phone?: string): Promise<Result> {
  await keepUser(ctx, user, phone);
  ctx.out.success(`Signed in as ${nameOf(user)}.`);
  return { text: String(user.id), json: { method, result: String(user.id), ...(await userJson(ctx, user)) } };
}

/** Only the first half of that: for what goes on. */
export async function keepUser(ctx: Context, { id, bot }: User, phone?: string): Promise<void> {
  const session = await ctx.session();
  const { dc } = (await ctx.client()).state;
  const { value } = session;
  const { [phone ?? '']: done, ...pending } = value.pending;
  if (done === undefined && value.dc === dc && value.user?.id === id && value.user.bot === bot) return;
  await session.change({ dc, user: { id, bot }, pending });
}

/** The account as JSON tells it, with the keys of other commands. */
export async function userJson(ctx: Context, user: User): Promise<{ readonly [key: string]: Json }> {
  const { first_name, last_name, username, phone, bot } = user;
  return {
    id: String(user.id),
    bot,
    firstName: first_name ?? null,
    lastName: last_name ?? null,
    username: username ?? null,
    phone: phone ?? null,
    dc: (await ctx.client()).state.dc,
  };
}

/** Throws `RpcError` AUTH_KEY_UNREGISTERED, unasked, for a session without a key: nobody can be signed in with that. */
export async function requireKey(ctx: Context, method: string): Promise<void> {
  const session = await ctx.session();
  if (Object.keys(session.value.keys).length === 0) throw new RpcError(401, 'AUTH_KEY_UNREGISTERED', method);
}

/** Whether the server no longer knows the key of the session. */
export function isForgotten(error: unknown): boolean {
  return error instanceof NetworkError && error.type === 'KEY_UNKNOWN';
}

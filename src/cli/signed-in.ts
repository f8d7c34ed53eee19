/** The end of every sign-in: stores the user in the session and prints the user id. */
import { showPhone } from '../auth/phone.ts';
import { nameOf, rememberedUser, type User } from '../auth/user.ts';
import { NetworkError, RpcError } from '../errors.ts';
import type { Json } from '../printable.ts';
import { hasKey } from '../session/session.ts';
import type { Result } from './command.ts';
import type { Context } from './context.ts';
import { PASSWORD_NEEDED } from './pending-code.ts';

/** Stores the user, drops what was pending, and ends the command. */
export async function reportSignedIn(ctx: Context, method: string, user: User, phone?: string): Promise<Result> {
  await keepUser(ctx, user, phone);
  ctx.out.success(`Signed in as ${nameOf(user)}.`);
  return { text: String(user.id), json: { method, result: String(user.id), ...(await userJson(ctx, user)) } };
}

/** Stores the user, and drops the pending code of `phone` and a pending QR code. */
export async function keepUser(ctx: Context, account: User, phone?: string): Promise<void> {
  const session = await ctx.session();
  const { dc } = (await ctx.client()).state;
  const { value } = session;
  const { [phone ?? '']: done, ...pending } = value.pending;
  const user = rememberedUser(account);
  const { id, bot, name, phone: number } = { ...value.user };
  const isKnown = id === user.id && bot === user.bot && name === user.name && number === account.phone;
  const isSettled = value.qr === undefined && value.clone === undefined;
  if (done === undefined && value.dc === dc && isKnown && isSettled) return;
  await session.change({ dc, user, pending, qr: undefined, clone: undefined });
}

/** The account as JSON keys. */
export async function userJson(ctx: Context, user: User): Promise<{ readonly [key: string]: Json }> {
  const { first_name, last_name, username, phone, bot } = user;
  return {
    user: String(user.id),
    bot,
    firstName: first_name ?? null,
    lastName: last_name ?? null,
    username: username ?? null,
    phone: phone === undefined ? null : showPhone(phone),
    dc: (await ctx.client()).state.dc,
  };
}

const FINISH = { say: 'See how to finish this clone', run: 'tg-auth session list' };

/**
 * Throws `RpcError` AUTH_KEY_UNREGISTERED for a session without a key, which cannot be signed in. The step after an
 * error of one that is not signed in yet goes on with its clone, or with its password.
 */
export async function requireKey(ctx: Context, method: string): Promise<void> {
  const { value } = await ctx.session();
  if (!hasKey(value)) throw new RpcError(401, 'AUTH_KEY_UNREGISTERED', method);
  if (value.clone !== undefined)
    for (const type of ['SESSION_PASSWORD_NEEDED', 'AUTH_KEY_UNREGISTERED']) ctx.steps.set(type, [FINISH]);
  const [phone] = Object.keys(value.pending).filter((each) => value.pending[each]?.type === PASSWORD_NEEDED);
  if (phone !== undefined) ctx.facts.signIn = `sign-in ${showPhone(phone)}`;
  else if (value.qr !== undefined && value.qr.link === undefined) ctx.facts.signIn = 'login --qr --wait';
}

/** Whether the server no longer knows the session's key. */
export function isForgotten(error: unknown): boolean {
  return error instanceof NetworkError && error.type === 'KEY_UNKNOWN';
}

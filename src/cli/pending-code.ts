/** What the commands on one code have in common: its phone number, its hash, and its place in the session. */
import type { CodeSent } from '../auth/code.ts';
import { callOutlook } from '../auth/delivery.ts';
import { expiredCause, parseHash } from '../auth/hash.ts';
import { parsePhone, showPhone } from '../auth/phone.ts';
import { duration } from '../catalogue.ts';
import type { PendingCode } from '../session/session.ts';
import { missing, type Question } from './ask/question.ts';
import type { Input, Word } from './command.ts';
import type { Context } from './context.ts';
import { isString } from './settings/session-string.ts';

export const PHONE: Word = { name: '[phone]', help: 'the number, with its country code; asked for if not given' };
export const HASH: Word = {
  name: '--hash <hash>',
  help: 'the phone_code_hash, or - for stdin [TG_AUTH_HASH]; else that of the last send-code for this number',
};

export const WAIT: Word = {
  name: '--wait',
  help: 'wait until the next way of the code opens; a --timeout that ends before wins (exit 20)',
};

export const ASK_PHONE: Question = {
  message: 'Phone number',
  flag: 'it as an argument, as +79991234567',
  check: parsePhone,
};
const ASK_HASH: Question = {
  message: 'phone_code_hash',
  flag: '--hash HASH',
  variable: 'TG_AUTH_HASH',
  check: parseHash,
};

/** The number given, or asked for: digits alone. */
export async function phoneOf(ctx: Context, input: Input): Promise<string> {
  return numberFrom(ctx, input.args[0] ?? (await ctx.ask(ASK_PHONE)));
}

/** The digits of a number, which messages may name from now on. */
export function numberFrom(ctx: Context, text: string): string {
  const phone = parsePhone(text);
  ctx.facts.phone = showPhone(phone);
  return phone;
}

/** The code that this session has asked for; none in an embedded sandbox, which begins with its command. */
export async function pendingOf(ctx: Context, phone: string): Promise<PendingCode | undefined> {
  if (ctx.options.network.kind === 'sandbox') return undefined;
  return (await ctx.session()).value.pending[phone];
}

/**
 * The hash: flag, stdin, environment, what `pending` finds, a person. An empty variable is not an absent one here: it comes from
 * `hash=$(…)` that failed, and another hash in its place would hide that.
 */
export async function hashOf(
  ctx: Context,
  input: Input,
  pending: () => Promise<PendingCode | undefined>,
): Promise<string> {
  const flag = input.text('hash');
  const given =
    flag === '-'
      ? await ctx.line('hash')
      : (flag ?? ctx.outside.env.TG_AUTH_HASH ?? (await pending())?.phone_code_hash);
  if (given === undefined && ctx.promptObstacle !== undefined)
    throw missing(
      ASK_HASH,
      ctx.promptObstacle,
      isString(ctx.options) ? '' : 'Or ask for a code first:  tg-auth send-code {phone}',
    );
  const hash = parseHash(given ?? (await ctx.ask(ASK_HASH)));
  ctx.facts.hash = hash;
  return hash;
}

/** Which code a command is about. */
export interface Meant {
  readonly phone: string;
  readonly hash: string;
  /** The DC to ask, where this session knows it. */
  readonly dc: number | undefined;
  /** What is known of the code, if this session asked for it. */
  readonly code: PendingCode | undefined;
}

/** Finds out which code is meant, and sees to it that a later PHONE_CODE_EXPIRED names its likely cause, if that can be known. */
export async function codeMeant(ctx: Context, input: Input): Promise<Meant> {
  const phone = await phoneOf(ctx, input);
  const pending = await pendingOf(ctx, phone);
  const hash = await hashOf(ctx, input, async () => pending);
  const cause = expiredCause(hash, pending?.phone_code_hash);
  if (cause !== undefined) ctx.causes.set('PHONE_CODE_EXPIRED', cause);
  return { phone, hash, dc: pending?.dc, code: cause === undefined ? pending : undefined };
}

/** Keeps the code in the session, in place of an earlier one for the number. */
export async function keep(ctx: Context, phone: string, sent: CodeSent): Promise<void> {
  const session = await ctx.session();
  const { state } = await ctx.client();
  const asked = Math.ceil(ctx.outside.now() / 1000);
  const code: PendingCode = {
    dc: state.dc,
    phone_code_hash: sent.phone_code_hash,
    type: sent.type,
    asked,
    ...('length' in sent ? { length: sent.length } : {}),
    ...(sent.next_type === undefined ? {} : { next_type: sent.next_type }),
    ...(sent.timeout === undefined ? {} : { deadline: asked + sent.timeout }),
  };
  await session.change({ pending: { ...session.value.pending, [phone]: code } });
}

/** Before the next way of a code is open: waits with --wait, else tells. The server is asked all the same. */
export async function awaitTurn(ctx: Context, input: Input, { code }: Meant): Promise<void> {
  const seconds = Math.ceil((code?.deadline ?? 0) - ctx.outside.now() / 1000);
  if (seconds <= 0) return;
  if (input.has('wait')) await ctx.sleep(seconds, 'Waiting until the next way opens');
  else ctx.out.warn(`The next way opens in ${duration(seconds)}; asking now all the same. (--wait waits.)`);
}

/** Says when the server has announced something other than a call. It is asked all the same. */
export function warnOfNext(ctx: Context, { code }: Meant): void {
  const outlook = code === undefined ? undefined : callOutlook(code.next_type);
  if (outlook !== undefined) ctx.out.warn(outlook);
}

/** In place of a way that the code travels: it has arrived, and its password is awaited. */
export const PASSWORD_AWAITED = 'password';

/** Keeps that a code was right, and where: the next `sign-in` goes straight on to the password, and `recover-password` finds it. */
export async function awaitPassword(ctx: Context, phone: string): Promise<void> {
  const session = await ctx.session();
  const { dc } = (await ctx.client()).state;
  const { value } = session;
  const { [phone]: code } = value.pending;
  const awaited = code === undefined ? {} : { [phone]: { ...code, type: PASSWORD_AWAITED } };
  await session.change({ dc, pending: { ...value.pending, ...awaited } });
}

/** A code that was requested: its phone number, its hash, and what the session stores of it. */
import type { CodeSent, IssuedCode } from '../auth/code.ts';
import { callOutlook } from '../auth/delivery.ts';
import { expiredCause, parseHash } from '../auth/hash.ts';
import { groupedPhone, parsePhone, readPhone, showPhone } from '../auth/phone.ts';
import { duration } from '../catalogue.ts';
import { type PendingCode, secondsLeft } from '../session/session.ts';
import { missing, type Question } from './ask/question.ts';
import type { Input } from './command.ts';
import type { Context } from './context.ts';
import { isString } from './settings/session-string.ts';

export const ASK_PHONE: Question = {
  message: 'Phone number',
  flag: 'it as an argument, for example +79991234567',
  check: readPhone,
};
const ASK_HASH: Question = {
  message: 'phone_code_hash',
  flag: '--hash HASH',
  variable: 'TG_AUTH_HASH',
  check: parseHash,
};

/** Returns the digits of the number, from the argument or a prompt. */
export async function phoneOf(ctx: Context, input: Input): Promise<string> {
  return usePhone(ctx, input.args[0] ?? (await ctx.ask(ASK_PHONE)));
}

/** Returns the digits of a number, and asks about a doubtful one. Messages may name it from now on. */
export async function usePhone(ctx: Context, text: string): Promise<string> {
  const phone = await settled(ctx, text);
  ctx.facts.phone = showPhone(phone);
  return phone;
}

async function settled(ctx: Context, text: string): Promise<string> {
  const { digits, meant, others = [] } = readPhone(text);
  if (meant === undefined) return digits;
  if (!ctx.canAsk) return parsePhone(text); // throws
  for (const each of [meant, ...others])
    if (await ctx.confirm(`Did you mean ${groupedPhone(each)}?`, 'the full number with its country code')) return each;
  return settled(ctx, await ctx.ask(ASK_PHONE));
}

/** The code that this session has requested. An embedded sandbox starts with its command and has none. */
export async function pendingOf(ctx: Context, phone: string): Promise<PendingCode | undefined> {
  if (ctx.options.network.kind === 'sandbox') return undefined;
  return (await ctx.session()).value.pending[phone];
}

/** Returns the hash from the flag, stdin, the environment, the pending code or a prompt. */
export async function hashOf(
  ctx: Context,
  input: Input,
  pending: () => Promise<PendingCode | undefined>,
): Promise<string> {
  const flag = input.text('hash');
  const known =
    flag === '-'
      ? await ctx.line('hash')
      : (flag ?? ctx.variable('TG_AUTH_HASH', ASK_HASH) ?? (await pending())?.phone_code_hash);
  if (known === undefined && ctx.promptObstacle !== undefined) {
    const first = isString(ctx.options)
      ? undefined
      : { say: 'Or ask for a code first', run: 'tg-auth send-code {phone}' };
    throw missing(ASK_HASH, ctx.promptObstacle, first);
  }
  const hash = parseHash(known ?? (await ctx.ask(ASK_HASH)));
  ctx.facts.hash = hash;
  return hash;
}

/** The code that a command is about. */
export interface ResolvedCode extends IssuedCode {
  /** The data centre of the code, if this session requested it. */
  readonly dc: number | undefined;
  /** What is stored of the code, if this session requested it. */
  readonly pending: PendingCode | undefined;
}

/** Finds the code that a command is about. Throws `UsageError` if the hash or the api_id is missing. */
export async function resolveCode(ctx: Context, input: Input): Promise<ResolvedCode> {
  const phone = await phoneOf(ctx, input);
  const pending = await pendingOf(ctx, phone);
  const phone_code_hash = await hashOf(ctx, input, async () => pending);
  const cause = expiredCause(phone_code_hash, pending?.phone_code_hash);
  if (cause !== undefined) ctx.causes.set('PHONE_CODE_EXPIRED', cause);
  ctx.api_id();
  return { phone, phone_code_hash, dc: pending?.dc, pending: cause === undefined ? pending : undefined };
}

/** Stores a code in the session. It replaces an earlier code for the number. */
export async function storeCode(ctx: Context, phone: string, sent: CodeSent): Promise<void> {
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

/** Waits with --wait until the next delivery method is due. Warns without it; the request is still sent. */
export async function waitUntilDue(ctx: Context, input: Input, { pending }: ResolvedCode): Promise<void> {
  if (pending?.deadline === undefined) return;
  const { asked, deadline } = pending;
  const seconds = secondsLeft({ asked, seconds: deadline - asked }, ctx.outside.now());
  if (seconds <= 0) return;
  if (input.has('wait')) await ctx.sleep(seconds, 'Waiting for the next delivery method');
  else ctx.out.warn(`The next delivery method is due in ${duration(seconds)}. Asking now. Use --wait to wait.`);
}

/** Warns if the server has announced something other than a call. The request is still sent. */
export function warnIfCallUnlikely(ctx: Context, { pending }: ResolvedCode): void {
  const outlook = pending === undefined ? undefined : callOutlook(pending.next_type);
  if (outlook === undefined) return;
  ctx.out.warn(outlook);
  ctx.out.hint({ say: 'Sign in without a code', run: 'tg-auth login --qr' });
}

/** Replaces the delivery type of a correct code while the password is still needed. */
export const PASSWORD_NEEDED = 'password';

/** Stores that the code was correct, and on which data centre. The next `sign-in` sends only the password. */
export async function storePasswordNeeded(ctx: Context, { phone, phone_code_hash }: IssuedCode): Promise<void> {
  const session = await ctx.session();
  const { dc } = (await ctx.client()).state;
  const { pending } = session.value;
  const asked = Math.ceil(ctx.outside.now() / 1000);
  const code = { asked, ...pending[phone], dc, phone_code_hash, type: PASSWORD_NEEDED };
  await session.change({ dc, pending: { ...pending, [phone]: code } });
}

/** What the commands that change the password or the recovery e-mail have in common. */
import { type PasswordQuestion, passwordQuestion } from '../../../../auth/password.ts';
import {
  confirmRecoveryEmail,
  type PasswordUpdate,
  passwordSettings,
  requirePassword,
  type Unconfirmed,
  updatePassword,
} from '../../../../auth/two-step/settings.ts';
import type { NextStep } from '../../../../catalogue.ts';
import { InterruptedError, RpcError, UsageError } from '../../../../errors.ts';
import { printable } from '../../../../printable.ts';
import { repeatWithPassword, withPassword } from '../../../ask/password.ts';
import type { Input, Result } from '../../../command.ts';
import type { Context } from '../../../context.ts';
import { withEmailCode } from './secrets.ts';

export const METHOD = 'account.updatePasswordSettings';

export const STATUS: NextStep = { say: 'See what the account has', run: 'tg-auth password status' };
export const CONFIRM: NextStep = { say: 'Enter the code from the e-mail', run: 'tg-auth password email --code -' };
export const NEW_EMAIL: NextStep = { say: 'Set an address', run: 'tg-auth password email - --password -' };
export const SET: NextStep = { say: 'Set a password', run: 'tg-auth password set --new-password -' };

/** Throws `UsageError` at once if the command would need a prompt to be confirmed. */
export async function requireYes(ctx: Context, input: Input): Promise<void> {
  if (!input.has('yes') && !ctx.canAsk) await ctx.confirm('', '--yes');
}

/** Returns the question about the password that the account has. Throws `RpcError`: PASSWORD_EMPTY. */
export async function questionOf(ctx: Context, method = METHOD): Promise<PasswordQuestion> {
  const client = await ctx.client();
  ctx.out.busy('Asking Telegram');
  const question = await requirePassword(client, method);
  ctx.out.idle();
  return question;
}

export function warnOfPassport(ctx: Context, { has_secure_values }: PasswordQuestion): void {
  if (has_secure_values === true)
    ctx.out.warn('The documents in Telegram Passport are lost without the password: they are encrypted with it.');
}

/** Proves the password to the server, before anything else is asked. `known`: the password, if no prompt is needed. */
export async function proven(ctx: Context, known: string | undefined, first: PasswordQuestion) {
  const client = await ctx.client();
  const { random } = ctx.outside;
  repeatWithPassword(ctx, ['PASSWORD_HASH_INVALID']);
  const proof = await withPassword(ctx, {
    known,
    question: async () => first,
    use: async (password, question) => {
      const settings = await passwordSettings(client, { password, random, ...(question && { question }) });
      return { password, settings };
    },
  });
  ctx.out.idle();
  return proof;
}

interface Change extends Omit<PasswordUpdate, 'random'> {
  /** Says what was done. */
  readonly done: string;
  /** Ends the command when a code was sent that no prompt can ask for. Default: the error EMAIL_UNCONFIRMED_X. */
  readonly onSent?: (pattern: string, sent: Unconfirmed) => Result;
}

const MAYBE_MADE = 'It is unknown whether Telegram made the change.';

/** Sends a change. If Ctrl-C interrupts that, the message says that the change may have been made. */
export async function changing<T>(ctx: Context, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof InterruptedError) {
      ctx.causes.set(error.type, MAYBE_MADE);
      ctx.steps.set(error.type, [STATUS]);
    }
    throw error;
  }
}

/** Makes a change. If a new e-mail address needs its code first, asks for that. */
export async function makeChange(ctx: Context, { done, onSent, ...update }: Change): Promise<Result> {
  const client = await ctx.client();
  ctx.out.busy('Changing the account');
  const answer = await changing(ctx, () => updatePassword(client, { ...update, random: ctx.outside.random }));
  ctx.out.idle();
  if (typeof answer === 'boolean') return ended(ctx, METHOD, answer, done);

  const { email_unconfirmed_pattern: pattern = '' } = await passwordQuestion(client);
  const { length } = answer;
  if (!ctx.canAsk && onSent === undefined)
    throw new RpcError(400, length === undefined ? 'EMAIL_UNCONFIRMED' : `EMAIL_UNCONFIRMED_${length}`, METHOD);
  ctx.out.success(`Telegram sent a code to ${printable(pattern)}. Nothing changes until you enter it.`);
  if (!ctx.canAsk && onSent !== undefined) {
    ctx.out.hint(CONFIRM);
    return onSent(pattern, answer);
  }
  return confirmed(ctx, { length, done });
}

interface Confirmation {
  /** The code, if no prompt is needed. */
  readonly known?: string | undefined;
  readonly length?: number | undefined;
  readonly done: string;
}

/** Confirms the new e-mail address, which also makes the change that waits for it. */
export async function confirmed(ctx: Context, { known, length, done }: Confirmation): Promise<Result> {
  for (const type of ['INTERRUPTED', 'CODE_INVALID']) ctx.steps.set(type, [CONFIRM]);
  const client = await ctx.client();
  const use = (code: string) => changing(ctx, () => confirmRecoveryEmail(client, code));
  const result = await withEmailCode(ctx, { known, length, use });
  return ended(ctx, 'account.confirmPasswordEmail', result, done);
}

/** The end of a command whose answer is a Bool. */
export function ended(ctx: Context, method: string, result: boolean, done: string): Result {
  ctx.out.idle();
  if (result) ctx.out.success(done);
  else ctx.out.warn('Telegram did not make the change, and did not say why.');
  if (!result) ctx.out.hint(STATUS);
  return { text: String(result), no: !result, json: { method, result } };
}

/** Reads --email. Throws `UsageError` for a text that is no address. */
export function checkEmail(text: string): void {
  if (!/^[^@\s]+@[^@\s]+$/.test(text)) throw new UsageError('That is not an e-mail address.');
}

/**
 * The password of two-step verification: from the environment, stdin or a prompt, which shows the hint and allows
 * several tries. It is never trimmed: spaces at either end are part of it.
 */
import { checkPassword, type PasswordQuestion, passwordQuestion } from '../../auth/password.ts';
import type { User } from '../../auth/user.ts';
import { EXIT, named } from '../../catalogue.ts';
import { RpcError, UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Caller } from '../../tl/layer.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { knownSecret, type Secret } from './secret.ts';

export const PASSWORD: Secret = {
  message: 'Password',
  option: 'password',
  flag: '--password -',
  variable: 'TG_AUTH_PASSWORD',
  secret: true,
  check(text) {
    if (text === '') throw new UsageError('The password is empty.', { exit: EXIT.password });
  },
};

/** Wrong passwords at the prompt before the command ends. */
const MAX_TRIES = 5;

interface Proof {
  /** The data centre to ask, if that is not the session's own. */
  readonly dc?: number;
  /** Default: that of the command's session. */
  readonly client?: Caller;
  /** The password, if it was read before. */
  readonly known?: string | undefined;
}

/**
 * Checks the password with the server. Throws `RpcError`: SESSION_PASSWORD_NEEDED if there is no password and no
 * prompt.
 */
export async function provePassword(ctx: Context, input: Input, { dc, ...proof }: Proof = {}): Promise<User> {
  const client = proof.client ?? (await ctx.client());
  const where = dc === undefined ? {} : { dc };
  const { random } = ctx.outside;
  const known = proof.known ?? (await knownSecret(ctx, input, PASSWORD));
  if (known === undefined && !ctx.canAsk) throw new RpcError(401, 'SESSION_PASSWORD_NEEDED', 'auth.signIn');
  return withPassword(ctx, {
    known,
    question: () => passwordQuestion(client, where),
    use: (password, question) => checkPassword(client, { password, random, ...where, ...(question && { question }) }),
  });
}

/** Makes the next step after a wrong password this command again, as a session that is signed in needs it. */
export function repeatWithPassword(ctx: Context, types = ['PASSWORD_HASH_INVALID', 'SESSION_PASSWORD_NEEDED']): void {
  const isRead = / --password -(?= |$)/.test(String(ctx.facts.again));
  const again = { say: 'Try again', run: isRead ? '{again}' : `{again} ${PASSWORD.flag}` };
  for (const type of types) ctx.steps.set(type, [again, ...(named(type)?.more ?? [])]);
}

interface PasswordUse<T> {
  /** The password, if no prompt is needed. */
  readonly known: string | undefined;
  /** Returns the question whose hint the prompt shows. */
  readonly question: () => Promise<PasswordQuestion>;
  readonly use: (password: string, question?: PasswordQuestion) => Promise<T>;
}

/** Uses the password that is known, or passwords from a prompt until one is right. */
export async function withPassword<T>(ctx: Context, { known, question, use }: PasswordUse<T>): Promise<T> {
  const tryOut = (password: string, asked?: PasswordQuestion) => {
    ctx.out.busy('Checking the password');
    return use(password, asked);
  };
  if (known !== undefined) return tryOut(known);
  const first = await question();
  const { hint } = first;
  const message = hint === undefined ? 'Password' : `Password (hint: ${printable(hint)})`;
  for (let tries = 1; ; tries++)
    try {
      // A challenge is valid for one answer.
      return await tryOut(await ctx.ask({ ...PASSWORD, message }), tries === 1 ? first : undefined);
    } catch (error) {
      if (!(error instanceof RpcError) || error.type !== 'PASSWORD_HASH_INVALID' || tries === MAX_TRIES) throw error;
      ctx.out.idle();
      ctx.out.warn(error.message);
    }
}

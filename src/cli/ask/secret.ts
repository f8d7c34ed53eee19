/**
 * A value that must stay out of the process list, which other users can read: it comes from an environment variable,
 * from stdin (with `-` for its flag) or from a hidden prompt.
 */
import { UsageError } from '../../errors.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { missing, type Question } from './question.ts';

export interface Secret extends Question {
  /** Name of its flag, without dashes. */
  readonly option: string;
  readonly variable: string;
  /** Allows a plain argument: the value is useless to others, or expires soon. */
  readonly plain?: boolean;
}

/** The value from the flag, stdin or the environment, if there is one. Throws `UsageError` for an invalid one. */
export async function knownSecret(ctx: Context, input: Input, secret: Secret): Promise<string | undefined> {
  const { option, variable, plain, check, message } = secret;
  const flag = input.text(option);
  if (flag !== undefined && flag !== '-' && plain !== true)
    throw new UsageError(`--${option} accepts only "-": other users can read command-line arguments.`, {
      why: [`Pipe it to --${option} -, or set ${variable}.`],
    });
  const value = flag === '-' ? await ctx.line(message.toLowerCase()) : (flag ?? ctx.variable(variable, secret));
  if (value !== undefined) check(value);
  return value;
}

/** The value, from a prompt if necessary. */
export async function secretOf(ctx: Context, input: Input, secret: Secret): Promise<string> {
  return (await knownSecret(ctx, input, secret)) ?? (await ctx.ask(secret));
}

/** The value, or `undefined` if a prompt will ask for it. Throws `UsageError` at once if there is neither. */
export async function requireSecret(ctx: Context, input: Input, secret: Secret): Promise<string | undefined> {
  const value = await knownSecret(ctx, input, secret);
  if (value === undefined && ctx.promptObstacle !== undefined) throw missing(secret, ctx.promptObstacle);
  return value;
}

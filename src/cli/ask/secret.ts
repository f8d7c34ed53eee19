/**
 * A value that should not be in the process list, where other users of the machine can read it: it comes from an environment variable, from
 * stdin where its flag is given as `-`, or from a prompt that hides it.
 */
import { UsageError } from '../../errors.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import type { Question } from './question.ts';

export interface Secret extends Question {
  /** The name of its flag, without the dashes. */
  readonly option: string;
  readonly variable: string;
  /** A plain argument will do: it is worth nothing to others, or not for long. */
  readonly plain?: boolean;
}

/** The value that was given; `undefined` if there is none, and a person is to be asked. Throws `UsageError` for one that will not do. */
export async function given(ctx: Context, input: Input, secret: Secret): Promise<string | undefined> {
  const { option, variable, plain, check, message } = secret;
  const flag = input.text(option);
  if (flag !== undefined && flag !== '-' && plain !== true)
    throw new UsageError(
      `--${option} takes only "-": what stands on a command line can be read by other users of this machine.`,
      {
        next: `Pipe it in with --${option} -, or set ${variable}.`,
      },
    );
  const value = flag === '-' ? await ctx.line(message.toLowerCase()) : (flag ?? ctx.outside.env[variable]);
  if (value !== undefined) check(value);
  return value;
}

/** The value, from a person if it was not given. */
export async function secretOf(ctx: Context, input: Input, secret: Secret): Promise<string> {
  return (await given(ctx, input, secret)) ?? (await ctx.ask(secret));
}

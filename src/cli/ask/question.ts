/** A question to a person, and the error for a value that nobody can be asked for. */
import type { Readable, Writable } from 'node:stream';
import { UsageError } from '../../errors.ts';

export interface Question {
  readonly message: string;
  /** The flag or argument that would have answered it, as in "Pass …". */
  readonly flag: string;
  readonly variable?: string;
  /** A line to print before the question. */
  readonly note?: string;
  /** The answer is hidden, and taken exactly as typed. */
  readonly secret?: boolean;
  /** Throws `UsageError` for an unusable answer; the prompt then shows the message and asks again. */
  readonly check: (answer: string) => unknown;
}

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether a person can be asked: stdin and stderr are terminals, and neither --no-input nor CI is set. */
export function canAsk({ stdin, stderr, env }: Terminal, noInput: boolean): boolean {
  const ci = env.CI !== undefined && !['', '0', 'false'].includes(env.CI);
  return stdin.isTTY === true && stderr.isTTY === true && !noInput && !ci;
}

/** Returns the usage error for a value that is missing where nobody can be asked. */
export function missing({ message, flag, variable }: Question, other = ''): UsageError {
  const advice = variable === undefined ? `Pass ${flag}.` : `Pass ${flag} or set ${variable}.`;
  return new UsageError(`${message} required: tg-auth cannot prompt here.`, { next: `${advice} ${other}`.trim() });
}

/**
 * A question to a person, and whether there is somebody to ask: stdin and stderr are terminals, and neither --no-input nor CI is set.
 * Where there is nobody, the value is missing at once.
 */
import type { Readable, Writable } from 'node:stream';
import { UsageError } from '../../errors.ts';

export interface Question {
  readonly message: string;
  /** What the flag or argument is called that would have answered. */
  readonly flag: string;
  readonly variable?: string;
  /** A line for whoever is asked, before the question. */
  readonly note?: string;
  /** The answer is hidden, and taken as it was typed. */
  readonly secret?: boolean;
  /** Throws `UsageError` for an answer that will not do; the prompt then shows its message and asks again. */
  readonly check: (answer: string) => unknown;
}

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether there is somebody to ask. */
export function canAsk({ stdin, stderr, env }: Terminal, noInput: boolean): boolean {
  const ci = env.CI !== undefined && !['', '0', 'false'].includes(env.CI);
  return stdin.isTTY === true && stderr.isTTY === true && !noInput && !ci;
}

/** The usage error of a value that nobody can be asked for. */
export function missing({ message, flag, variable }: Question, other = ''): UsageError {
  const ways = variable === undefined ? `Give ${flag}.` : `Give ${flag} or set ${variable}.`;
  return new UsageError(`${message} is missing, and there is nobody to ask.`, { next: `${ways} ${other}`.trim() });
}

/** A question to a person, and the error for a missing value where prompts are unavailable. */
import type { Readable, Writable } from 'node:stream';
import type { NextStep } from '../../catalogue.ts';
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

/** Whether this would be a usable answer. */
export function accepts({ check }: Pick<Question, 'check'>, answer: string): boolean {
  try {
    check(answer);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(isRaw: boolean): unknown };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether a terminal understands no escape sequences. */
export function isPlain({ TERM }: Terminal['env']): boolean {
  return TERM === 'dumb';
}

/** Returns why prompts are unavailable; `undefined` if they are available. */
export function promptObstacle({ stdin, stderr, env }: Terminal, noInput: boolean): string | undefined {
  if (noInput) return '--no-input is set';
  if (env.CI !== undefined && !['', '0', 'false'].includes(env.CI)) return 'CI is set';
  if (stdin.isTTY !== true) return 'stdin is not a terminal';
  return stderr.isTTY === true ? undefined : 'stderr is not a terminal';
}

/** Returns the usage error for a missing value. `reason`: why tg-auth does not ask for it. */
export function missing({ message, flag, variable }: Question, reason: string, next?: NextStep): UsageError {
  const advice = variable === undefined ? `Pass ${flag}.` : `Pass ${flag} or set ${variable}.`;
  return new UsageError(`${message} required: ${reason}.`, { why: [advice], next });
}

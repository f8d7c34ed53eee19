/**
 * Asking a person. Prompts are drawn on stderr, since stdout is for the answer, and only when there is somebody to ask: stdin and stderr
 * are terminals, and neither --no-input nor CI is set. inquirer costs about 100 ms to load and is loaded when the first prompt is due.
 */
import type { Readable, Writable } from 'node:stream';
import { InterruptedError, UsageError } from '../errors.ts';

export interface Question {
  readonly message: string;
  /** What the flag or argument is called that would have answered. */
  readonly flag: string;
  readonly variable?: string;
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

/** Asks. Throws `InterruptedError` on Ctrl-C, and the signal's reason when that ends it. */
export async function prompt({ stdin, stderr }: Terminal, question: Question, signal: AbortSignal): Promise<string> {
  const { createPromptModule } = (await import('inquirer')).default;
  const ask = createPromptModule({ input: stdin, output: stderr, signal });
  try {
    const { answer } = await ask<{ answer: string }>([
      {
        type: 'input',
        name: 'answer',
        message: question.message,
        validate: (text: string) => complaint(question, text),
      },
    ]);
    return answer;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof Error && error.name === 'ExitPromptError') throw new InterruptedError({ cause: error });
    throw error;
  }
}

function complaint({ check }: Question, text: string): true | string {
  try {
    check(text);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

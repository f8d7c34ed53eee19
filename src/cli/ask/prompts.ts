/**
 * Asking a person, with inquirer. Prompts are drawn on stderr, since stdout is for the answer. This file costs about 100 ms to load, and
 * is loaded when the first prompt is due.
 */
import inquirer from 'inquirer';
import { InterruptedError, UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { type CodeAnswer, type CodeQuestion, codePrompt } from './code-prompt.ts';
import type { Question, Terminal } from './question.ts';

/** Asks whether to do something; Enter alone is no. Throws as `prompt` does. */
export async function confirm(terminal: Terminal, message: string, signal: AbortSignal): Promise<boolean> {
  const { answer } = await asked(terminal, signal, (ask) =>
    ask<{ answer: boolean }>([{ type: 'confirm', name: 'answer', message: shown(message), default: false }]),
  );
  return answer;
}

/** Asks. Throws `InterruptedError` on Ctrl-C and Ctrl-D, and the signal's reason when that ends it. */
export async function prompt(terminal: Terminal, question: Question, signal: AbortSignal): Promise<string> {
  const { secret } = question;
  const words = {
    name: 'answer',
    message: shown(question.message),
    validate: (text: string) => complaint(question, text),
  } as const;
  const { answer } = await asked(terminal, signal, (ask) =>
    ask<{ answer: string }>([
      secret === true ? { ...words, type: 'password', mask: false } : { ...words, type: 'input' },
    ]),
  );
  return answer;
}

/** Asks for a code, or what to do in its place. Throws as `prompt` does. */
export function promptCode(
  { stdin, stderr }: Terminal,
  question: CodeQuestion,
  signal: AbortSignal,
): Promise<CodeAnswer> {
  return ended(stdin, signal, (signal) => codePrompt(question, { input: stdin, output: stderr, signal }));
}

function asked<T>(
  { stdin, stderr }: Terminal,
  signal: AbortSignal,
  put: (ask: ReturnType<typeof inquirer.createPromptModule>) => Promise<T>,
): Promise<T> {
  return ended(stdin, signal, (signal) => put(inquirer.createPromptModule({ input: stdin, output: stderr, signal })));
}

interface Key {
  readonly ctrl?: boolean;
  readonly name?: string;
}

/**
 * In our own errors, however it ends. On Ctrl-D, where there is nothing to delete, readline closes and lets go of the terminal, and inquirer
 * waits on: for ever where a connection is open.
 */
async function ended<T>(
  stdin: Terminal['stdin'],
  signal: AbortSignal,
  put: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const closed = new AbortController();
  const either = AbortSignal.any([signal, closed.signal]);
  const heard = (_: unknown, { ctrl, name }: Key) => {
    if (ctrl !== true || name !== 'd') return;
    setImmediate(() => stdin.isPaused() && closed.abort(new InterruptedError()));
  };
  stdin.on('keypress', heard);
  try {
    return await put(either);
  } catch (error) {
    if (either.aborted) throw either.reason;
    if (error instanceof Error && error.name === 'ExitPromptError') throw new InterruptedError({ cause: error });
    throw error;
  } finally {
    stdin.off('keypress', heard);
  }
}

function complaint({ check }: Question, text: string): true | string {
  try {
    check(text);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return shown(error.message);
    throw error;
  }
}

/** inquirer writes a question as it is, and with it what it repeats of a server. */
function shown(message: string): string {
  return printable(message, Number.POSITIVE_INFINITY);
}

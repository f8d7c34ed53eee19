/**
 * Prompts, drawn with inquirer on stderr, because stdout is for the answer. Loading this file takes about 100 ms, so it
 * is loaded for the first prompt only.
 */
import inquirer from 'inquirer';
import { InterruptedError, UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { type CodeAnswer, type CodeQuestion, codePrompt } from './code-prompt.ts';
import type { Question, Terminal } from './question.ts';

/** Asks a yes-or-no question; Enter alone means no. Throws as `prompt` does. */
export async function confirm(terminal: Terminal, message: string, signal: AbortSignal): Promise<boolean> {
  const { answer } = await asked(terminal, signal, (ask) =>
    ask<{ answer: boolean }>([{ type: 'confirm', name: 'answer', message: safe(message), default: false }]),
  );
  return answer;
}

/** Asks a question. Throws `InterruptedError` on Ctrl-C and Ctrl-D, and the signal's reason on an abort. */
export async function prompt(terminal: Terminal, question: Question, signal: AbortSignal): Promise<string> {
  const { secret } = question;
  const words = {
    name: 'answer',
    message: safe(question.message),
    validate: (text: string) => complaint(question, text),
  } as const;
  const { answer } = await asked(terminal, signal, (ask) =>
    ask<{ answer: string }>([
      secret === true ? { ...words, type: 'password', mask: false } : { ...words, type: 'input' },
    ]),
  );
  return answer;
}

/** Asks for a code or another action. Throws as `prompt` does. */
export function promptCode(
  { stdin, stderr }: Terminal,
  question: CodeQuestion,
  signal: AbortSignal,
): Promise<CodeAnswer> {
  return guard(stdin, signal, (signal) => {
    const context = { input: stdin, output: stderr, signal, clearPromptOnDone: false };
    const onKey = () => {
      context.clearPromptOnDone = true;
    };
    return codePrompt({ ...question, onKey, columns: stderr.columns }, context);
  });
}

function asked<T>(
  { stdin, stderr }: Terminal,
  signal: AbortSignal,
  ask: (prompt: ReturnType<typeof inquirer.createPromptModule>) => Promise<T>,
): Promise<T> {
  return guard(stdin, signal, (signal) => ask(inquirer.createPromptModule({ input: stdin, output: stderr, signal })));
}

interface Key {
  readonly ctrl?: boolean;
  readonly name?: string;
}

/**
 * Runs a prompt and turns its failures into our errors. On Ctrl-D on an empty line, readline closes but inquirer keeps
 * waiting; an open connection then keeps the process alive.
 */
async function guard<T>(
  stdin: Terminal['stdin'],
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const closed = new AbortController();
  const either = AbortSignal.any([signal, closed.signal]);
  const onKey = (_: unknown, { ctrl, name }: Key) => {
    if (ctrl !== true || name !== 'd') return;
    setImmediate(() => stdin.isPaused() && closed.abort(new InterruptedError()));
  };
  stdin.on('keypress', onKey);
  try {
    return await run(either);
  } catch (error) {
    if (either.aborted) throw either.reason;
    if (error instanceof Error && error.name === 'ExitPromptError') throw new InterruptedError({ cause: error });
    throw error;
  } finally {
    stdin.off('keypress', onKey);
  }
}

function complaint({ check }: Question, text: string): true | string {
  try {
    check(text);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return safe(error.message);
    throw error;
  }
}

/** inquirer writes a message unchanged, and it may contain text from a server. */
function safe(message: string): string {
  return printable(message, Number.POSITIVE_INFINITY);
}

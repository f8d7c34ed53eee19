/**
 * Asking a person, with inquirer. Prompts are drawn on stderr, since stdout is for the answer. This file costs about 100 ms to load, and
 * is loaded when the first prompt is due.
 */
import inquirer from 'inquirer';
import { InterruptedError, UsageError } from '../errors.ts';
import { type CodeAnswer, type CodeQuestion, codePrompt } from './code-prompt.ts';
import type { Question, Terminal } from './question.ts';

/** Asks whether to do something; Enter alone is no. Throws as `prompt` does. */
export async function confirm(terminal: Terminal, message: string, signal: AbortSignal): Promise<boolean> {
  const { answer } = await asked(terminal, signal, (ask) =>
    ask<{ answer: boolean }>([{ type: 'confirm', name: 'answer', message, default: false }]),
  );
  return answer;
}

/** Asks. Throws `InterruptedError` on Ctrl-C, and the signal's reason when that ends it. */
export async function prompt(terminal: Terminal, question: Question, signal: AbortSignal): Promise<string> {
  const { message, secret } = question;
  const words = { name: 'answer', message, validate: (text: string) => complaint(question, text) } as const;
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
  return ended(signal, () => codePrompt(question, { input: stdin, output: stderr, signal }));
}

function asked<T>(
  { stdin, stderr }: Terminal,
  signal: AbortSignal,
  put: (ask: ReturnType<typeof inquirer.createPromptModule>) => Promise<T>,
): Promise<T> {
  return ended(signal, () => put(inquirer.createPromptModule({ input: stdin, output: stderr, signal })));
}

/** In our own errors, however it ends. */
async function ended<T>(signal: AbortSignal, put: () => Promise<T>): Promise<T> {
  try {
    return await put();
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

/**
 * Asking a person, with inquirer. Prompts are drawn on stderr, since stdout is for the answer. This file costs about 100 ms to load, and
 * is loaded when the first prompt is due.
 */
import inquirer from 'inquirer';
import { InterruptedError, UsageError } from '../errors.ts';
import type { Question, Terminal } from './question.ts';

/** Asks. Throws `InterruptedError` on Ctrl-C, and the signal's reason when that ends it. */
export async function prompt({ stdin, stderr }: Terminal, question: Question, signal: AbortSignal): Promise<string> {
  const ask = inquirer.createPromptModule({ input: stdin, output: stderr, signal });
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

/**
 * Questions for a terminal that understands no escape sequences (TERM=dumb), such as a shell inside an editor: a line
 * to read, then a line to type.
 */
import { InterruptedError, UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { wrap } from '../tell/wrap.ts';
import type { CodeAnswer, CodeQuestion } from './code-prompt.ts';
import type { Question, Terminal } from './question.ts';

/**
 * Asks until the answer is usable. Throws `InterruptedError` at the end of stdin, and the signal's reason on an abort.
 */
export async function prompt(terminal: Terminal, question: Question, signal: AbortSignal): Promise<string> {
  for (;;) {
    const answer = await typed(terminal, question, signal);
    if (isUsable(terminal, question, answer)) return answer;
  }
}

/** Asks for a code or another action, whose keys it lists first. */
export async function promptCode(terminal: Terminal, question: CodeQuestion, signal: AbortSignal): Promise<CodeAnswer> {
  const { keys, message, check } = question;
  for (;;) {
    const help = keys.map(({ key, label }) => `${key} = ${label()}`).join(', ');
    const code = await typed(terminal, { message: `${message} (or ${help})` }, signal);
    const pressed = keys.find(({ key }) => key === code.trim());
    if (pressed !== undefined) return { key: pressed.key };
    if (isUsable(terminal, { check }, code)) return { code };
  }
}

/** Asks a yes-or-no question; Enter alone means no. */
export async function confirm(terminal: Terminal, message: string, signal: AbortSignal): Promise<boolean> {
  return /^y(es)?$/i.test((await typed(terminal, { message: `${message} (y/N)` }, signal)).trim());
}

function isUsable({ stderr }: Terminal, { check }: Pick<Question, 'check'>, answer: string): boolean {
  try {
    check(answer);
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${wrap(printable(error.message, Number.POSITIVE_INFINITY), stderr.columns)}\n`);
    return false;
  }
}

/** Keys that end or edit a hidden answer, which raw mode leaves to the program. */
const INTERRUPT = '\x03';
const END = '\x04';
const ERASE = ['\x7f', '\b'];
const KILL = '\x15';

/** Asks, and reads a line. A hidden one is read in raw mode, where the terminal shows nothing. */
function typed(
  { stdin, stderr }: Terminal,
  { message, secret: isHidden = false }: Pick<Question, 'message' | 'secret'>,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    let line = '';
    const end = (settle: () => void) => {
      stdin.off('data', onData).off('end', onEnd).pause();
      signal.removeEventListener('abort', onAbort);
      if (isHidden) stdin.setRawMode?.(false);
      if (isHidden) stderr.write('\n');
      settle();
    };
    const onAbort = () => end(() => reject(signal.reason));
    const onEnd = () => end(() => reject(new InterruptedError()));
    const onData = (data: Buffer | string) => {
      for (const char of String(data)) {
        if (char === '\n' || char === '\r') return end(() => resolve(line));
        if (isHidden && (char === INTERRUPT || (char === END && line === ''))) return onEnd();
        if (isHidden && char === KILL) line = '';
        else if (isHidden && ERASE.includes(char)) line = [...line].slice(0, -1).join('');
        else line += char;
      }
    };
    stdin.setEncoding('utf8');
    stdin.on('data', onData).on('end', onEnd).resume();
    signal.addEventListener('abort', onAbort, { once: true });
    if (stdin.readableEnded) return onEnd();
    if (isHidden) stdin.setRawMode?.(true); // before the question, or the first characters would show
    stderr.write(`${wrap(printable(message, Number.POSITIVE_INFINITY), stderr.columns)}: `);
  });
}

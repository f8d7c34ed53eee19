/**
 * The prompt for a login code: an input line with keys for other actions below it, whose labels count down.
 *
 * inquirer has no such prompt; this one is built from its parts. A key works only on an empty line, and no code begins
 * with it. A pasted message may, so a key counts only if nothing follows it at once.
 */
import { createPrompt, isEnterKey, makeTheme, useEffect, useKeypress, usePrefix, useState } from '@inquirer/core';
import { UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { join } from '../tell/wrap.ts';

export interface CodeKey {
  readonly key: string;
  /** What the key does; may change every second. */
  readonly label: () => string;
}

export interface CodeQuestion {
  readonly message: string;
  readonly keys: readonly CodeKey[];
  /** Throws `UsageError` for an invalid code. */
  readonly check: (code: string) => unknown;
}

interface ShownQuestion extends CodeQuestion {
  /** Called when a key ends the prompt: it leaves no line behind. */
  readonly onKey: () => void;
  /** The width of the terminal. */
  readonly columns: number | undefined;
}

export type CodeAnswer = { readonly code: string } | { readonly key: string };

const PASTE_MS = 30;

export const codePrompt = createPrompt<CodeAnswer, ShownQuestion>(
  ({ message, keys, check, onKey, columns = 80 }, done) => {
    const theme = makeTheme();
    const [status, setStatus] = useState<'idle' | 'done'>('idle');
    const [typed, setTyped] = useState('');
    const [complaint, setComplaint] = useState('');
    const [, setTicks] = useState(0);
    useEffect(() => {
      let ticks = 0;
      const timer = setInterval(() => setTicks(++ticks), 1000);
      return () => clearInterval(timer);
    }, []);
    useKeypress((event, line) => {
      const pressed = keys.find(({ key }) => typed === '' && line.line === key);
      if (pressed !== undefined) {
        setTimeout(() => {
          if (line.line !== pressed.key) return;
          line.clearLine(0);
          onKey();
          done({ key: pressed.key });
        }, PASTE_MS);
      } else if (!isEnterKey(event)) {
        setTyped(line.line);
        setComplaint('');
      } else {
        const refused = refusal(check, typed);
        if (refused === undefined) {
          setStatus('done');
          done({ code: typed });
        } else {
          line.write(typed);
          setComplaint(refused);
        }
      }
    });
    const question = `${usePrefix({ status, theme })} ${theme.style.message(message, status)} ${typed}`;
    if (status === 'done') return question;
    const actions = keys.map(({ key, label }) => `${theme.style.key(key)} ${label()}`);
    const help = join(actions, '   ', columns).join('\n');
    return [question, complaint === '' ? help : `${theme.style.error(complaint)}\n${help}`];
  },
);

function refusal(check: CodeQuestion['check'], code: string): string | undefined {
  try {
    check(code);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return printable(error.message);
    throw error;
  }
}

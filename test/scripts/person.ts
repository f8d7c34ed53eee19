/** A person at a terminal: a pseudo-terminal runs the program; a headless terminal has what the person would see. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { checkLines } from '../json-schema.ts';
import { cleanEnv, type Env, PROGRAM } from './cli.ts';

const COLUMNS = 100;
/** For a machine that is busy with something else. */
const PATIENCE = 60_000;

/** Waits for a text on the screen, then types. */
export class Person {
  readonly #columns: number;
  readonly #screen: xterm.Terminal;
  readonly #changed = new EventTarget();
  readonly ended: Promise<{ code: number; screen: string; raw: string }>;
  readonly #pty: ReturnType<typeof spawn>;
  #raw = '';

  constructor(command: string, args: readonly string[], env: Env, columns = COLUMNS) {
    this.#columns = columns;
    this.#screen = new xterm.Terminal({ cols: columns, rows: 40, allowProposedApi: true });
    this.#pty = spawn(command, [...args], { cols: columns, rows: 40, env: { TERM: 'xterm', ...env } });
    this.#pty.onData((text) => {
      this.#raw += text;
      this.#screen.write(text, () => this.#changed.dispatchEvent(new Event('change')));
    });
    const exited = new Promise<number>((resolve) => {
      this.#pty.onExit(({ exitCode }) => this.#screen.write('', () => resolve(exitCode)));
    });
    this.ended = exited.then(async (code) => {
      await checkLines(this.#raw.replaceAll('\r\n', '\n'));
      return { code, screen: this.screen, raw: this.#raw };
    });
  }

  get screen(): string {
    const { active } = this.#screen.buffer;
    const lines = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? '');
    return lines.join('\n').trimEnd();
  }

  /** The lines that the program did not wrap, so that the terminal broke them, maybe inside a word. */
  get broken(): string[] {
    const { active } = this.#screen.buffer;
    const rows = Array.from({ length: active.length }, (_, y) => active.getLine(y));
    return rows.flatMap((row, y) => {
      if (row?.isWrapped === true || rows[y + 1]?.isWrapped !== true) return [];
      const end = rows.findIndex((each, i) => i > y && each?.isWrapped !== true);
      return [
        rows
          .slice(y, end === -1 ? undefined : end)
          .map((each) => each?.translateToString(true))
          .join(''),
      ];
    });
  }

  /** The cells of each row, with their colours by number: 0 is black. */
  cells(): { char: string; fg: number; bg: number }[][] {
    const { active } = this.#screen.buffer;
    return Array.from({ length: active.length }, (_, y) => {
      const line = active.getLine(y);
      return Array.from({ length: this.#columns }, (_, x) => {
        const cell = line?.getCell(x);
        return { char: cell?.getChars() ?? '', fg: cell?.getFgColor() ?? -1, bg: cell?.getBgColor() ?? -1 };
      });
    });
  }

  /** Waits until the screen matches. After a minute, fails and shows the screen. */
  async sees(what: RegExp): Promise<void> {
    const over = AbortSignal.timeout(PATIENCE);
    let isSeen = what.test(this.screen);
    // Tests each screen. When this process runs again, several may have passed.
    const look = () => {
      isSeen ||= what.test(this.screen);
    };
    this.#changed.addEventListener('change', look);
    try {
      while (!isSeen) {
        const changed = once(this.#changed, 'change', { signal: over });
        const ended = await Promise.race([changed.catch(() => 'timed out'), this.ended]);
        if (typeof ended === 'string') assert.fail(`${ended} for ${what}:\n${this.screen}`);
        assert.ok(Array.isArray(ended) || isSeen, `ended without ${what}:\n${this.screen}`);
      }
    } finally {
      this.#changed.removeEventListener('change', look);
    }
  }

  /** Closes the terminal, as a window that is closed. */
  hangUp(): void {
    const pty: object = this.#pty;
    if ('destroy' in pty && typeof pty.destroy === 'function') pty.destroy();
  }

  types(text: string): void {
    this.#pty.write(text);
  }
}

export function atTerminal(args: readonly string[], env: Env = cleanEnv(), columns = COLUMNS): Person {
  const [program, ...before] = PROGRAM;
  return new Person(program, [...before, ...args], env, columns);
}

/**
 * The two output streams.
 *
 * - stdout carries only the answer: text or one JSON object, without colours. With --json a failure is such an object.
 * - stderr carries everything else written for a person. `--quiet` leaves only failures. A changing line (spinner,
 *   countdown) appears only on a terminal, and is erased before anything else is written.
 *
 * On a terminal, messages wrap at words.
 *
 * All output is made safe to show here. A caller that puts text from outside into a line cuts it with `printable`.
 */
import type { Now } from '../../bytes.ts';
import { duration, lineOfStep, type NextStep } from '../../catalogue.ts';
import { exactJson, type Json, printable, printableJson, printableLines } from '../../printable.ts';
import type { Failure } from './failure.ts';
import { cutTo, widthOf, wrap } from './wrap.ts';

/** An output stream of the process, or a buffer in a test. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width of a terminal. */
  readonly columns?: number | undefined;
  /** Waits until everything is written. Resolves to false if it could not be. */
  flushed?(): Promise<boolean>;
}

export interface Style {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Colours for stderr. */
  readonly paint: Paint;
  /** The terminal understands no escape sequences, so nothing on it is erased or redrawn. */
  readonly isPlain?: boolean;
  /** Changes each next step, before it is shown. */
  readonly toStep?: (step: NextStep) => NextStep;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Whether to use colours: by the flag, FORCE_COLOR, NO_COLOR (https://no-color.org), then by the terminal. */
export function hasColor(stream: { readonly isTTY?: boolean }, color: boolean | undefined, env: Env): boolean {
  if (color !== undefined) return color;
  const { FORCE_COLOR: force, NO_COLOR: none, TERM } = env;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (none !== undefined && none !== '') return false;
  return stream.isTTY === true && TERM !== 'dumb';
}

/** The styles in use. */
export type Paint = Readonly<Record<'red' | 'green' | 'yellow' | 'dim' | 'bold', (text: string) => string>>;

export const PLAIN: Paint = { red: String, green: String, yellow: String, dim: String, bold: String };

/** Loads chalk only if colours are used. */
export async function painter(colored: boolean): Promise<Paint> {
  if (!colored) return PLAIN;
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 });
}

const FRAMES = ['-', '\\', '|', '/'];
const CLEAR = '\r\x1b[K';

export class Output {
  /** The full name of the command that runs, once it is known. */
  command: string | null = null;
  readonly #out: Sink;
  readonly #err: Sink;
  readonly #style: Style;
  readonly #now: Now;
  readonly #paint: Paint;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #work: string | undefined;
  #wait: { readonly label: string; readonly endMs: number } | undefined;
  /** Terminal rows of the last picture. */
  #rows = 0;
  /** The next steps that were shown. */
  readonly #steps: NextStep[] = [];

  /** `now`: a clock for countdowns that no change of the system's time moves. */
  constructor(streams: { readonly stdout: Sink; readonly stderr: Sink }, style: Style, now: Now) {
    this.#out = streams.stdout;
    this.#err = streams.stderr;
    this.#style = style;
    this.#now = now;
    this.#paint = style.paint;
  }

  get json(): boolean {
    return this.#style.json;
  }
  get quiet(): boolean {
    return this.#style.quiet;
  }
  get verbose(): boolean {
    return this.#style.verbose;
  }
  /** The width of the terminal that shows the answer; `undefined` if none does. */
  get columns(): number | undefined {
    return columnsOf(this.#out);
  }

  /** Writes the answer to stdout: the text, or with --json an object. */
  answer(text: string, json: JsonObject, { exact = false, wraps = false, next = [] }: AnswerOptions = {}): void {
    if (!this.json) {
      this.text(text, { wraps });
      return;
    }
    const answer = exact ? json : mapped(json, printableJson);
    const steps = [...this.#steps, ...next];
    this.object({ ok: true, command: this.command, method: null, ...answer, next: steps.map(asJson) });
  }

  /** Writes text to stdout. `wraps`: at words, on a terminal. */
  text(text: string, { wraps = false } = {}): void {
    this.idle();
    if (text === '') return; // an empty list
    this.#out.write(`${wrap(printableLines(text), wraps ? this.columns : undefined)}\n`);
  }

  /** Writes an object to stdout, without loss. */
  object(json: unknown): void {
    this.idle();
    this.#out.write(`${exactJson(json)}\n`);
  }

  /** Writes one or more informational lines. */
  say(lines: string): void {
    this.#inform(printableLines(lines));
  }

  success(line: string): void {
    this.#inform(`${this.#paint.green('✔')} ${safe(line)}`);
  }

  /** Writes a line of advice after a success or a warning. A next step is also in the JSON of a success. */
  hint(advice: string | NextStep): void {
    const line = typeof advice === 'string' ? advice : lineOfStep(this.#keep(advice));
    this.#inform(`  ${this.#paint.dim(safe(line))}`);
  }

  #keep(advice: NextStep): NextStep {
    const step = this.#style.toStep?.(advice) ?? advice;
    this.#steps.push(step);
    return step;
  }

  warn(line: string): void {
    this.#inform(`${this.#paint.yellow('!')} ${safe(line)}`);
  }

  #inform(line: string): void {
    if (!this.quiet) this.#line(line);
  }

  /** Writes a line of protocol traffic. The caller removes secrets. */
  trace(line: string): void {
    if (this.verbose) this.#write(this.#paint.dim(printable(line)));
  }

  /** Writes a failure: to stderr, even with --quiet, or with --json an object, which includes `more`, to stdout. */
  failure({ exitCode, text, ...rest }: Failure, more: JsonObject = {}): void {
    const { type, code, parameter, next, retryAfter } = rest;
    const [message = '', ...why] = [rest.message, ...rest.why].map(safe);
    if (this.json) {
      const error = { type: printable(type), code, parameter, message, why, retryAfter };
      const { command } = this;
      this.object({ ok: false, command, exitCode, error, ...mapped(more, printableJson), next: next.map(asJson) });
      return;
    }
    this.idle();
    const name = text === null ? '' : ` (${code} ${printable(text)})`;
    this.#line(`${this.#paint.red('✖')} ${message}${this.#paint.dim(name)}`);
    for (const line of [...why, ...next.map(lineOfStep).map(safe)]) this.#line(`  ${line}`);
  }

  /**
   * Draws lines that the next picture replaces on a terminal. --quiet does not hide them: they are the command's
   * purpose.
   */
  picture(lines: readonly string[]): void {
    this.idle();
    this.unpicture();
    const text = wrap(lines.join('\n'), columnsOf(this.#err));
    this.#err.write(`${text}\n`);
    if (this.#canErase && !this.verbose)
      this.#rows = text.split('\n').reduce((rows, line) => rows + this.#rowsOf(line), 0);
  }

  get #canErase(): boolean {
    return this.#err.isTTY === true && this.#style.isPlain !== true;
  }

  #rowsOf(line: string): number {
    return Math.max(1, Math.ceil(widthOf(line) / (columnsOf(this.#err) ?? 80)));
  }

  /** Erases the picture, on a terminal. */
  unpicture(): void {
    if (this.#rows > 0) this.#err.write(`\x1b[${this.#rows}A\r\x1b[J`);
    this.#rows = 0;
  }

  /** Shows a spinner until `idle`, unless the work is done almost at once. */
  busy(work: string): void {
    this.#work = safe(work);
    this.#tick();
  }

  /** Shows a countdown until `idle`. The caller does the waiting. */
  countdown(label: string, seconds: number): void {
    if (!this.#canErase) this.say(`${label}: ${duration(seconds)}`);
    this.#wait = { label: safe(label), endMs: this.#now() + 1000 * seconds };
    this.#tick();
  }

  /** Erases the changing line. */
  idle(): void {
    clearInterval(this.#timer);
    if (this.#ticks > 0) this.#err.write(CLEAR);
    this.#timer = undefined;
    this.#ticks = 0;
    this.#work = undefined;
    this.#wait = undefined;
  }

  #tick(): void {
    if (!this.#canErase || this.quiet || this.verbose || this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#err.write(CLEAR + this.#changing()), 150).unref();
  }

  #changing(): string {
    const left = this.#wait === undefined ? 0 : Math.ceil((this.#wait.endMs - this.#now()) / 1000);
    const frame = FRAMES[this.#ticks++ % FRAMES.length];
    const room = (columnsOf(this.#err) ?? 80) - 3; // a line that wraps could not be erased
    if (this.#wait !== undefined && left > 0) {
      const time = `: ${duration(left)}`;
      return `${frame} ${cutTo(this.#wait.label, room - time.length)}${time}`;
    }
    return this.#work === undefined ? '' : `${frame} ${cutTo(this.#work, room)}`;
  }

  #line(line: string): void {
    this.#write(wrap(line, columnsOf(this.#err)));
  }

  #write(text: string): void {
    this.#err.write(`${this.#ticks > 0 ? CLEAR : ''}${text}\n`);
  }
}

/** Some terminals report no width, or 0. */
function columnsOf({ isTTY, columns }: Sink): number | undefined {
  return isTTY === true && columns !== 0 ? columns : undefined;
}

interface AnswerOptions {
  /** The strings are data, and are not cut. */
  readonly exact?: boolean;
  /** The text wraps on a terminal. */
  readonly wraps?: boolean;
  /** Next steps that the text contains. */
  readonly next?: readonly NextStep[];
}

type JsonObject = { readonly [key: string]: Json | undefined };

function mapped(object: JsonObject, change: (value: Json | undefined) => Json | undefined): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function asJson({ say, run }: NextStep): JsonObject {
  return { say: safe(say), run: safe(run) };
}

/** Makes a line safe; texts from outside in it are already cut. */
function safe(line: string): string {
  return printable(line, Number.POSITIVE_INFINITY);
}

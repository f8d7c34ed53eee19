/**
 * The two output streams and their house rules.
 *
 * - stdout carries the answer: a line of text, or one JSON object. Nothing else, no colour.
 * - stderr carries what is written for a person. `--quiet` leaves only failures; a line that changes (spinner, countdown) is drawn on a
 *   terminal only, and taken away before anything else is written.
 *
 * Whatever is written is made safe to show here; who puts a text from outside into a line cuts it with `printable`.
 */
import type { Now } from '../../bytes.ts';
import { duration } from '../../catalogue.ts';
import { exactJson, type Json, printable, printableJson, printableLines } from '../../printable.ts';
import type { Failure } from './failure.ts';

export type { Json };

/** A stream to write to: the process's own, or a test's buffer. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Of a terminal. */
  readonly columns?: number;
}

export interface Style {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** For stderr; stdout has no colours. */
  readonly paint: Paint;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Whether a stream gets colours: the flag, FORCE_COLOR, NO_COLOR (https://no-color.org), then whether it is a terminal that has them. */
export function hasColor(stream: { readonly isTTY?: boolean }, color: boolean | undefined, env: Env): boolean {
  if (color !== undefined) return color;
  const { FORCE_COLOR: force, NO_COLOR: none, TERM } = env;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (none !== undefined && none !== '') return false;
  return stream.isTTY === true && TERM !== 'dumb';
}

/** The few ways in which words are coloured. */
export type Paint = Readonly<Record<'red' | 'green' | 'yellow' | 'dim' | 'bold', (text: string) => string>>;

export const PLAIN: Paint = { red: String, green: String, yellow: String, dim: String, bold: String };

/** chalk, loaded where there are colours to put on. */
export async function painter(colored: boolean): Promise<Paint> {
  if (!colored) return PLAIN;
  const { Chalk } = await import('chalk');
  return new Chalk({ level: 1 });
}

const FRAMES = ['-', '\\', '|', '/'];
const CLEAR = '\r\x1b[K';

export class Output {
  readonly #out: Sink;
  readonly #err: Sink;
  readonly #style: Style;
  readonly #now: Now;
  readonly #paint: Paint;
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  #work: string | undefined;
  #wait: { readonly label: string; readonly end: number } | undefined;
  /** Lines of the picture that the cursor stands below. */
  #drawn = 0;

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

  /** The answer, on stdout: the text, or with --json the object. `exact`: its texts are data, and lose nothing. */
  answer(text: string, json: Json, { exact = false } = {}): void {
    this.idle();
    if (text === '' && !this.json) return; // a list of nothing
    this.#out.write(`${this.json ? exactJson(exact ? json : printableJson(json)) : printableLines(text)}\n`);
  }

  /** A friendly line, or several. */
  say(lines: string): void {
    this.#friendly(printableLines(lines));
  }

  success(line: string): void {
    this.#friendly(`${this.#paint.green('✔')} ${ours(line)}`);
  }

  /** A line behind a success or a warning: what to do next. */
  hint(line: string): void {
    this.#friendly(`  ${this.#paint.dim(ours(line))}`);
  }

  warn(line: string): void {
    this.#friendly(`${this.#paint.yellow('!')} ${ours(line)}`);
  }

  #friendly(line: string): void {
    if (!this.quiet) this.#line(line);
  }

  /** What goes over the wire; whoever calls has left the secrets out. */
  trace(line: string): void {
    if (this.verbose) this.#line(this.#paint.dim(printable(line)));
  }

  /** A failure: the text on stderr, even with --quiet, and with --json the object on stdout, with whatever more there is to tell. */
  failure(
    { exitCode, code, type, text, message, advice, retryAfter }: Failure,
    more: { readonly [key: string]: Json } = {},
  ): void {
    this.idle();
    const name = text === null ? '' : ` (${code} ${printable(text)})`;
    const [first = '', ...rest] = [message, ...advice].map(ours);
    this.#line(`${this.#paint.red('✖')} ${first}${this.#paint.dim(name)}`);
    for (const line of rest) this.#line(`  ${line}`);
    if (!this.json) return;
    const error = {
      code,
      type: printable(type),
      message: first,
      hint: rest.length === 0 ? null : rest.join('\n'),
      retryAfter,
    };
    const rows = Object.entries(more).map(([key, value]) => [key, printableJson(value)]);
    this.answer('', { ok: false, exitCode, error, ...Object.fromEntries(rows) }, { exact: true });
  }

  /** Lines that belong together; on a terminal, the next picture takes their place. It is what the command is for: --quiet does not hide it. */
  picture(lines: readonly string[]): void {
    this.idle();
    this.unpicture();
    this.#err.write(`${lines.join('\n')}\n`);
    if (this.#err.isTTY === true && !this.verbose)
      this.#drawn = lines.reduce((rows, line) => rows + this.#rowsOf(line), 0);
  }

  #rowsOf(line: string): number {
    const { columns = 80 } = this.#err;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room
    return Math.max(1, Math.ceil(line.replace(/\x1b\[[\d;]*m/g, '').length / columns));
  }

  /** Takes the picture away, where it can be. */
  unpicture(): void {
    if (this.#drawn > 0) this.#err.write(`\x1b[${this.#drawn}A\r\x1b[J`);
    this.#drawn = 0;
  }

  /** The spinner, until `idle`. It shows itself only when the work takes longer than a blink. */
  busy(work: string): void {
    this.#work = ours(work);
    this.#tick();
  }

  /** Counts seconds down; only tells, whoever waits does so by themselves. */
  countdown(label: string, seconds: number): void {
    if (this.#err.isTTY !== true) this.say(`${label}: ${duration(seconds)}.`);
    this.#wait = { label: ours(label), end: this.#now() + 1000 * seconds };
    this.#tick();
  }

  /** Takes the changing line away. */
  idle(): void {
    clearInterval(this.#timer);
    if (this.#ticks > 0) this.#err.write(CLEAR);
    this.#timer = undefined;
    this.#ticks = 0;
    this.#work = undefined;
    this.#wait = undefined;
  }

  #tick(): void {
    if (this.#err.isTTY !== true || this.quiet || this.verbose || this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#err.write(CLEAR + this.#changing()), 150).unref();
  }

  #changing(): string {
    const left = this.#wait === undefined ? 0 : Math.ceil((this.#wait.end - this.#now()) / 1000);
    const frame = FRAMES[this.#ticks++ % FRAMES.length];
    if (this.#wait !== undefined && left > 0) return `${frame} ${this.#wait.label}: ${duration(left)}`;
    return this.#work === undefined ? '' : `${frame} ${this.#work}`;
  }

  #line(line: string): void {
    this.#err.write(`${this.#ticks > 0 ? CLEAR : ''}${line}\n`);
  }
}

/** A line of our own, with texts from outside in it that were cut before. */
function ours(line: string): string {
  return printable(line, Number.POSITIVE_INFINITY);
}

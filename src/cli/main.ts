/**
 * The program: parses argv, runs a command, reports its result. Only this file sets exit codes and handles signals.
 *
 * A signal aborts the command, which cleans up; a second one ends the program at once. A reader that closes stdout
 * (`| head -0`) is not an error. Anything thrown that is not a TgAuthError is an internal error: exit 70.
 */
import { closeSync, createReadStream, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { EXIT } from '../catalogue.ts';
import { InterruptedError, StoreError } from '../errors.ts';
import { reasonOf } from '../session/system.ts';
import { isPlain } from './ask/question.ts';
import type { Command, CommandCode, Input, Result } from './command.ts';
import type { Context } from './context.ts';
import type { Outside } from './outside.ts';
import { parse } from './program.ts';
import type { Globals } from './settings/setting.ts';
import { aboutSession, bugOf, type Failure, failureOf } from './tell/failure.ts';
import { hasColor, Output, PLAIN, painter } from './tell/output.ts';
import { hiding } from './tell/secret-words.ts';

const HUNG_UP = 129;
const SIGNALS = [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', 143],
  ['SIGHUP', HUNG_UP],
] as const;

function uptimeMs(): number {
  return 1000 * process.uptime();
}

/** Reads --json and similar switches before parsing, so that a parse error is reported in the requested form. */
function earlySwitches(argv: readonly string[]) {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const color = words.includes('--no-color') ? false : words.includes('--color') ? true : undefined;
  return { json: words.includes('--json'), verbose: words.includes('--verbose'), color };
}

/** Runs the command line and returns the exit code. */
async function run(argv: readonly string[], outside: Outside): Promise<number> {
  const { stdout, env, now } = outside;
  const { json, verbose, color } = earlySwitches(argv);
  const paint = await painter(hasColor(outside.stderr, color, env));
  const hide = hiding(argv, env);
  const style = { paint, isPlain: isPlain(env) };
  let out = new Output(outside, { ...style, json, verbose, quiet: false }, uptimeMs);
  let ctx: Context | undefined;
  let flags: Globals = {};
  try {
    const columns = Math.min(outside.columns, 120);
    const order = parse(argv, { paint: await painter(hasColor(stdout, color, env)), columns });
    if ('text' in order) {
      stdout.write(order.text + (await order.notes()));
      return EXIT.done;
    }
    const { command, input, globals } = order;
    flags = globals;
    out = new Output(
      outside,
      { ...style, json, verbose: flags.verbose === true, quiet: flags.quiet === true },
      uptimeMs,
    );
    const code = await command.load();
    const { createContext } = await import('./context.ts');
    try {
      ctx = createContext(outside, flags, out, {
        command: command.name,
        lasting: command.lasting?.(input) === true,
        withoutConfig: command.withoutConfig?.(input) === true,
        readOnly: command.readOnly,
      });
    } catch (error) {
      if (code.runWithoutSettings === undefined) throw error;
      return report(code.runWithoutSettings(error), command, out, { now: now(), hide });
    }
    return report(await act(ctx, code, input), command, out, { now: now(), hide });
  } catch (error) {
    const { facts = {}, causes = new Map(), options } = ctx ?? {};
    const failure = failureOf(error, facts, causes, now());
    const session = facts.session === options?.session.value ? {} : { session: String(facts.session) };
    const advice = aboutSession(failure.advice, { ...flags, ...session });
    out.failure(hidden({ ...failure, advice }, hide));
    if (failure.exitCode === EXIT.bug && error instanceof Error) for (const line of stackOf(error)) out.trace(line);
    return failure.exitCode;
  }
}

function hidden(failure: Failure, hide: (message: string) => string): Failure {
  return { ...failure, message: hide(failure.message), advice: failure.advice.map(hide) };
}

/** Returns where an error was thrown, without its message, which may hold secrets. */
function stackOf({ stack = '' }: Error): string[] {
  return stack.split('\n').filter((line) => /^ +at /.test(line));
}

/** Prints a result, and the failure in it if there is one. Returns the exit code. */
function report(
  result: Result,
  { name }: Command,
  out: Output,
  { now, hide }: { readonly now: number; readonly hide: (message: string) => string },
): number {
  if ('status' in result) return result.status;
  if (result.error === undefined) {
    out.answer(result.text, { ok: true, ...result.json }, result);
    return result.no === true ? EXIT.no : EXIT.done;
  }
  const failure = failureOf(result.error, { phone: 'PHONE' }, new Map(), now);
  if (!out.json) out.answer(result.text, null);
  const advice = failure.advice.filter((line) => !line.endsWith(`  tg-auth ${name}`)); // this command just ran
  out.failure(hidden({ ...failure, advice }, hide), result.json);
  return failure.exitCode;
}

/** Runs the command. Its result is printed only after everything is closed and stored. */
async function act(ctx: Context, code: CommandCode, input: Input): Promise<Result> {
  try {
    return await code.run(ctx, input);
  } catch (error) {
    await ctx.rememberWait(error);
    throw error;
  } finally {
    await ctx.close();
  }
}

/** Ends the program on an error that nothing caught: one line, without the stack, which would quote the bundle. */
function endOnUncaught(argv: readonly string[], ending: Ending): void {
  process.removeAllListeners('uncaughtException'); // that of bin/, for errors before this
  let isReported = false;
  process.on('uncaughtException', (error: unknown) => {
    if (ending.isHungUp) return; // a prompt found out too, and the command is ending
    if (isReported) process.exit(EXIT.bug);
    isReported = true;
    const out = new Output(process, { ...earlySwitches(argv), quiet: false, paint: PLAIN }, uptimeMs);
    const failure = failureOf(bugOf(error), {}, new Map(), Date.now());
    out.failure(hidden({ ...failure, advice: [] }, hiding(argv, process.env)));
    process.exit(EXIT.bug);
  });
}

/** Closes the streams of a closed terminal: Node.js aborts if it cannot restore the modes of one that is open. */
function closeStreams(): void {
  for (const fd of [0, 1, 2]) closeSync(fd);
}

/** What ends a command from outside: a signal, a terminal that is closed, or a stream that cannot be written. */
class Ending {
  readonly #controller = new AbortController();
  /** The exit code of the first signal. */
  #signalled: number | undefined;
  #failure: StoreError | undefined;
  #terminal: typeof process.stdin | undefined;
  #listener: ((signal: NodeJS.Signals) => void) | undefined;

  constructor() {
    for (const [signal, code] of SIGNALS)
      process.on(signal, () => {
        if (this.#listener !== undefined) this.#listener(signal);
        else if (this.#signalled === undefined) this.#interrupt(code);
        else if (signal !== 'SIGHUP') process.exit(code); // a closed terminal may send several
      });
    for (const name of ['stdout', 'stderr'] as const)
      process[name].on('error', (error: NodeJS.ErrnoException) => this.#onWriteError(name, error));
  }

  get isHungUp(): boolean {
    return this.#signalled === HUNG_UP;
  }

  get interrupted(): AbortSignal {
    return this.#controller.signal;
  }

  takeSignals(listener: (signal: NodeJS.Signals) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  /** Returns stdin, and finds out if it is a terminal that is closed. */
  openStdin(): Outside['stdin'] {
    // Node.js takes a folder for empty, without an error.
    if (process.platform !== 'win32' && fstatSync(0).isDirectory()) return createReadStream('', { fd: 0 });
    const { stdin } = process;
    if (this.#terminal === undefined && stdin.isTTY)
      this.#terminal = stdin.prependListener('error', this.#hangUp).prependListener('end', this.#onEnd);
    return stdin;
  }

  /** Returns the exit code of the program, after everything is written. */
  async codeOf(code: number): Promise<number> {
    for (const stream of [process.stdout, process.stderr])
      await new Promise<void>((resolve) => stream.write('', () => resolve()));
    if (this.#signalled !== undefined) return code === EXIT.interrupted ? this.#signalled : code;
    if (this.#failure === undefined) return code;
    if (code !== EXIT.store) process.stderr.write(`✖ ${this.#failure.message}\n`);
    return EXIT.store;
  }

  /** Ctrl-D ends stdin too, at a plain prompt; the terminal is then still there. */
  readonly #onEnd = () => {
    if (!isatty(0)) this.#hangUp();
  };

  readonly #hangUp = () => this.#interrupt(HUNG_UP);

  #interrupt(code: number): void {
    if (code === HUNG_UP && !this.isHungUp) {
      process.once('exit', closeStreams);
      // An open prompt would throw an error of the terminal that is gone.
      this.#terminal?.removeAllListeners('error').on('error', () => {});
    }
    this.#signalled ??= code;
    this.#controller.abort(new InterruptedError());
  }

  #onWriteError(stream: 'stdout' | 'stderr', cause: NodeJS.ErrnoException): void {
    if (cause.code === 'EPIPE' || this.#signalled !== undefined) return;
    if (process[stream].isTTY) this.#hangUp();
    else this.#failure ??= new StoreError('STREAM_UNWRITABLE', { stream, reason: reasonOf(cause) }, { cause });
    if (stream === 'stdout') this.#controller.abort(this.#failure); // the answer can go nowhere
  }
}

/** Connects the program to the process: signals, streams, arguments. */
async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const ending = new Ending();
  endOnUncaught(argv, ending);
  const code = await run(argv, {
    get stdin() {
      return ending.openStdin(); // takes a few milliseconds
    },
    stdout: process.stdout,
    stderr: process.stderr,
    columns: process.stdout.columns ?? 80,
    env: process.env,
    platform: process.platform,
    uid: process.geteuid?.(),
    script: [process.execPath, process.argv[1] ?? ''],
    now: Date.now,
    random: (length) => new Uint8Array(process.getBuiltinModule('node:crypto').randomBytes(length)),
    interrupted: ending.interrupted,
    pid: process.pid,
    kill: process.kill,
    takeSignals: (listener) => ending.takeSignals(listener),
  });
  process.exitCode = await ending.codeOf(code);
}

void main();

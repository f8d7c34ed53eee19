/**
 * The program: parses argv, runs a command, reports its result. Only this file sets exit codes and handles signals.
 *
 * A signal aborts the command, which cleans up; a second one ends the program at once. A reader that closes stdout
 * (`| head -0`) is not an error. Anything thrown that is not a TgAuthError is an internal error: exit 70.
 */
import { closeSync, createReadStream, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { EXIT, type NextStep } from '../catalogue.ts';
import { InterruptedError, StoreError } from '../errors.ts';
import { reasonOf } from '../session/system.ts';
import { isPlain } from './ask/question.ts';
import type { CommandCode, Input, Result } from './command.ts';
import type { Context } from './context.ts';
import type { Outside } from './outside.ts';
import { type Page, parse } from './program.ts';
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
  const verbose = words.some((word) => word === '--verbose' || /^-[a-zA-Z]*v/.test(word));
  return { json: words.includes('--json'), verbose, color };
}

/** The command that runs, once it is known. */
let running: string | null = null;

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
    const order = parse(argv, {
      paint: await painter(!json && hasColor(stdout, color, env)),
      columns,
      onCommand(name) {
        out.command = running = name;
      },
    });
    if ('text' in order) return await showPage(order, out, stdout);
    const { command, input, globals } = order;
    flags = globals;
    const toStep = (step: NextStep) => aboutSession(step, globals);
    out = new Output(
      outside,
      { ...style, json, verbose: flags.verbose === true, quiet: flags.quiet === true, toStep },
      uptimeMs,
    );
    out.command = command.name;
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
      return report(code.runWithoutSettings(error), out, { now: now(), hide });
    }
    return report(await act(ctx, code, input), out, { now: now(), hide });
  } catch (error) {
    const { facts = {}, causes = new Map(), options } = ctx ?? {};
    const failure = failureOf(error, facts, causes, now());
    const session = facts.session === options?.session.value ? {} : { session: String(facts.session) };
    const next = failure.next.map((step) => aboutSession(step, { ...flags, ...session }));
    const exitCode = signalCode(error) ?? failure.exitCode;
    out.failure(hidden({ ...failure, exitCode, next }, hide));
    if (exitCode === EXIT.bug && error instanceof Error) for (const line of stackOf(error)) out.trace(line);
    return exitCode;
  }
}

/** Prints help or the version. Returns the exit code. */
async function showPage({ name, text, notes }: Page, out: Output, stdout: Outside['stdout']): Promise<number> {
  out.command = name;
  if (name === '--version' && (out.json || out.verbose)) {
    const { describeVersion } = await import('./tell/build.ts');
    const { text, json } = describeVersion();
    out.answer(text, json);
  } else if (out.json && name !== 'schema') out.answer('', { result: text + (await notes()) }, { exact: true });
  else stdout.write(text + (await notes()));
  return EXIT.done;
}

/** The exit code for the signal that interrupted the command, if one did. */
function signalCode(error: unknown): number | undefined {
  const signal = error instanceof InterruptedError ? error.signal : undefined;
  return SIGNALS.find(([name]) => name === signal)?.[1];
}

function hidden(failure: Failure, hide: (message: string) => string): Failure {
  const next = failure.next.map(({ say, run }) => ({ say: hide(say), run: hide(run) }));
  return { ...failure, message: hide(failure.message), why: failure.why.map(hide), next };
}

/** Returns where an error was thrown, without its message, which may hold secrets. */
function stackOf({ stack = '' }: Error): string[] {
  return stack.split('\n').filter((line) => /^ +at /.test(line));
}

/** Prints a result, and the failure in it if there is one. Returns the exit code. */
function report(
  result: Result,
  out: Output,
  { now, hide }: { readonly now: number; readonly hide: (message: string) => string },
): number {
  if ('status' in result) return result.status;
  if (result.error === undefined) {
    out.answer(result.text, result.json, result);
    return result.no === true ? EXIT.no : EXIT.done;
  }
  const failure = failureOf(result.error, { phone: 'PHONE' }, new Map(), now);
  if (!out.json) out.text(result.text);
  const next = failure.next.filter(({ run }) => run !== `tg-auth ${out.command}`); // this command just ran
  out.failure(hidden({ ...failure, next }, hide), result.json);
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
    out.command = running;
    const failure = failureOf(bugOf(error), {}, new Map(), Date.now());
    out.failure(hidden({ ...failure, why: [] }, hiding(argv, process.env)));
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
        else if (this.#signalled === undefined) this.#interrupt(code, signal);
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
    if (code !== EXIT.store || earlySwitches(process.argv.slice(2)).json)
      process.stderr.write(`✖ ${this.#failure.message}\n`);
    return EXIT.store;
  }

  /** Ctrl-D ends stdin too, at a plain prompt; the terminal is then still there. */
  readonly #onEnd = () => {
    if (!isatty(0)) this.#hangUp();
  };

  readonly #hangUp = () => this.#interrupt(HUNG_UP, 'SIGHUP');

  #interrupt(code: number, signal: string): void {
    if (code === HUNG_UP && !this.isHungUp) {
      process.once('exit', closeStreams);
      // An open prompt would throw an error of the terminal that is gone.
      this.#terminal?.removeAllListeners('error').on('error', () => {});
    }
    this.#signalled ??= code;
    this.#controller.abort(new InterruptedError({ signal }));
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

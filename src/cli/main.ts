/**
 * The program: parses argv, runs a command, reports its result. Only this file sets exit codes and handles signals.
 *
 * A signal aborts the command, which cleans up; a second one ends the program at once. A reader that closes stdout
 * (`| head -0`) is not an error. Anything thrown that is not a TgAuthError is an internal error: exit 70.
 */
import { EXIT } from '../catalogue.ts';
import { InterruptedError } from '../errors.ts';
import type { Command, CommandCode, Input, Result } from './command.ts';
import type { Context } from './context.ts';
import type { Outside } from './outside.ts';
import { parse } from './program.ts';
import type { Globals } from './settings/setting.ts';
import { aboutSession, type Failure, failureOf } from './tell/failure.ts';
import { hasColor, Output, painter } from './tell/output.ts';
import { hiding } from './tell/secret-words.ts';

const SIGNALS = [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

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
  let out = new Output(outside, { json, verbose, quiet: false, paint }, now);
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
    out = new Output(outside, { json, verbose: flags.verbose === true, quiet: flags.quiet === true, paint }, now);
    const code = await command.load();
    const { createContext } = await import('./context.ts');
    try {
      ctx = createContext(outside, flags, out, {
        command: command.name,
        lasting: command.lasting?.(input) === true,
        withoutConfig: command.withoutConfig,
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

/** Connects the program to the process: signals, streams, arguments. */
async function main(): Promise<void> {
  const controller = new AbortController();
  let signalled: number | undefined;
  let listener: ((signal: NodeJS.Signals) => void) | undefined;
  for (const [signal, code] of SIGNALS)
    process.on(signal, () => {
      if (listener !== undefined) return listener(signal);
      if (signalled !== undefined) process.exit(code);
      signalled = code;
      controller.abort(new InterruptedError());
    });
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  const code = await run(process.argv.slice(2), {
    get stdin() {
      return process.stdin; // opening it takes a few milliseconds
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
    interrupted: controller.signal,
    pid: process.pid,
    kill: process.kill,
    takeSignals(other) {
      listener = other;
      return () => {
        listener = undefined;
      };
    },
  });
  process.exitCode = code === EXIT.interrupted ? (signalled ?? code) : code;
}

void main();

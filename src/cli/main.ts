/**
 * The program. The one place that knows exit codes, signals and the process.
 *
 * A signal aborts the command and lets it tidy up; a second one ends the program at once. A reader that has closed
 * stdout (`| head -0`) is no error. Whatever is thrown and is no TgAuthError is an internal error: 70.
 */
import { EXIT } from '../catalogue.ts';
import { InterruptedError } from '../errors.ts';
import type { Command, CommandCode, Input, Result } from './command.ts';
import type { Context, Outside } from './context.ts';
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

/** --json and the like, read before parsing: a line that cannot be parsed is refused in the form it asks for. */
function earlySwitches(argv: readonly string[]) {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  const color = words.includes('--no-color') ? false : words.includes('--color') ? true : undefined;
  return { json: words.includes('--json'), verbose: words.includes('--verbose'), color };
}

async function run(argv: readonly string[], outside: Outside): Promise<number> {
  const { stdout, env, now } = outside;
  const { json, verbose, color } = earlySwitches(argv);
  const paint = await painter(hasColor(outside.stderr, color, env));
  let out = new Output(outside, { json, verbose, quiet: false, paint }, now);
  let ctx: Context | undefined;
  let given: Globals = {};
  const hide = hiding(argv, env);
  try {
    const columns = Math.min(outside.columns, 120);
    const order = parse(argv, { paint: await painter(hasColor(stdout, color, env)), columns });
    if ('text' in order) {
      stdout.write(order.text + (await order.notes()));
      return EXIT.done;
    }
    const { command, input, globals } = order;
    given = globals;
    const style = { json, verbose: globals.verbose === true, quiet: globals.quiet === true, paint };
    out = new Output(outside, style, now);
    const code = await command.load();
    const { createContext } = await import('./context.ts');
    try {
      ctx = createContext(outside, globals, out, command, input);
    } catch (error) {
      if (code.runWithoutSettings === undefined) throw error;
      return tell(code.runWithoutSettings(error), command, out, { now: now(), hide });
    }
    return tell(await act(ctx, code, input), command, out, { now: now(), hide });
  } catch (error) {
    const { facts = {}, causes = new Map(), options } = ctx ?? {};
    const told = failureOf(error, facts, causes, now());
    const another = facts.session === options?.session.value ? {} : { session: String(facts.session) };
    const failure = { ...told, advice: aboutSession(told.advice, { ...given, ...another }) };
    out.failure(hidden(failure, hide));
    if (failure.exitCode === EXIT.bug && error instanceof Error) for (const line of stackOf(error)) out.trace(line);
    return failure.exitCode;
  }
}

function hidden(failure: Failure, hide: (message: string) => string): Failure {
  return { ...failure, message: hide(failure.message), advice: failure.advice.map(hide) };
}

/** Where an error arose, without its message, which may hold anything. */
function stackOf({ stack = '' }: Error): string[] {
  return stack.split('\n').filter((line) => /^ +at /.test(line));
}

/** The answer, and with it a failure if it has one; brings the exit code. To do the same again is no advice. */
function tell(
  ending: Result,
  { name }: Command,
  out: Output,
  { now, hide }: { readonly now: number; readonly hide: (message: string) => string },
): number {
  if ('status' in ending) return ending.status;
  const failure = ending.error === undefined ? undefined : failureOf(ending.error, { phone: 'PHONE' }, new Map(), now);
  if (failure === undefined) {
    out.answer(ending.text, { ok: true, ...ending.json }, ending);
    return ending.no === true ? EXIT.no : EXIT.done;
  }
  if (!out.json) out.answer(ending.text, null);
  const advice = failure.advice.filter((line) => !line.endsWith(`  tg-auth ${name}`));
  out.failure(hidden({ ...failure, advice }, hide), ending.json);
  return failure.exitCode;
}

/** An answer is told only when everything is closed, and with it stored. */
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
      return process.stdin; // costs a few milliseconds to open
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
    takeSignals(taker) {
      listener = taker;
      return () => {
        listener = undefined;
      };
    },
  });
  process.exitCode = code === EXIT.interrupted ? (signalled ?? code) : code;
}

void main();

/**
 * The program: parses argv, runs a command, reports its result and sets the exit code.
 *
 * Anything thrown that is not a TgAuthError is an internal error: exit 70. `ending.ts` has signals and broken streams.
 */
import { EXIT, type NextStep } from '../catalogue.ts';
import { isPlain, promptObstacle } from './ask/question.ts';
import type { CommandCode, Input, Result } from './command.ts';
import type { Context } from './context.ts';
import { Ending, signalCode } from './ending.ts';
import type { Outside } from './outside.ts';
import { type Page, parse } from './program.ts';
import type { Globals } from './settings/setting.ts';
import { aboutSession, bugOf, type Failure, failureOf } from './tell/failure.ts';
import { repeated, stepsAfter, withPrompts, withStdin, withString } from './tell/next-steps.ts';
import { hasColor, Output, PLAIN, painter, type Sink } from './tell/output.ts';
import { hiding } from './tell/secret-words.ts';
import { wrap } from './tell/wrap.ts';

type Streams = Readonly<Record<'stdout' | 'stderr', Sink>>;

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
export async function run(argv: readonly string[], outside: Outside, streams: Streams): Promise<number> {
  const { env, now } = outside;
  const { stdout, stderr } = streams;
  const { json, verbose, color } = earlySwitches(argv);
  const paint = await painter(hasColor(stderr, color, env));
  const hide = hiding(argv, env);
  const style = { paint, isPlain: isPlain(env) };
  let out = new Output(streams, { ...style, json, verbose, quiet: false }, uptimeMs);
  let ctx: Context | undefined;
  let flags: Globals = {};
  let again: string | undefined;
  const toStep = (step: NextStep, globals: Globals = flags) => {
    const isAsking = stderr.isTTY === true && promptObstacle(outside, flags.input === false) === undefined;
    const whole = withString(step, globals);
    return aboutSession(isAsking ? withPrompts(whole) : withStdin(whole), globals, outside.platform);
  };
  try {
    const columns = Math.min(outside.columns, 120);
    const order = parse(argv, {
      paint: await painter(!json && hasColor(stdout, color, env)),
      columns,
      platform: outside.platform,
      onCommand(name) {
        out.command = running = name;
      },
    });
    if ('text' in order) return await showPage(order, out, stdout);
    const { command, input, globals } = order;
    flags = globals;
    again = repeated(command, input, globals, outside.platform);
    out = new Output(
      streams,
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
        again,
      });
    } catch (error) {
      if (code.runWithoutSettings === undefined) throw error;
      return report(code.runWithoutSettings(error), out, { now: now(), hide, toStep });
    }
    return report(await act(ctx, code, input), out, { now: now(), hide, toStep });
  } catch (error) {
    const { causes = new Map(), options, steps, useless } = ctx ?? {};
    const facts = ctx?.facts ?? (again === undefined ? {} : { again });
    const failure = failureOf(error, facts, causes, now());
    const session = facts.session === options?.session.value ? {} : { session: String(facts.session) };
    const isMalformed = ctx === undefined && failure.exitCode === EXIT.usage; // one of these flags may be the reason
    const globals = isMalformed ? {} : { ...flags, ...session };
    const known = { command: out.command, json: out.json, facts, ...(steps && { steps }), ...(useless && { useless }) };
    const next = stepsAfter(error, failure, known).map((step) => toStep(step, globals));
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
  else stdout.write(text + (name === 'schema' ? await notes() : wrap(await notes(), out.columns)));
  return EXIT.done;
}

function hidden(failure: Failure, hide: (message: string) => string): Failure {
  const next = failure.next.map(({ say, run }) => ({ say: hide(say), run: hide(run) }));
  return { ...failure, message: hide(failure.message), why: failure.why.map(hide), next };
}

/** Returns where an error was thrown, without its message, which may hold secrets. */
function stackOf({ stack = '' }: Error): string[] {
  return stack.split('\n').filter((line) => /^ +at /.test(line));
}

/** What reporting a result needs. */
interface Reporting {
  readonly now: number;
  readonly hide: (message: string) => string;
  readonly toStep: (step: NextStep) => NextStep;
}

/** Prints a result, and the failure in it if there is one. Returns the exit code. */
function report(result: Result, out: Output, { now, hide, toStep }: Reporting): number {
  if ('status' in result) return result.status;
  if (result.error === undefined) {
    out.answer(result.text, result.json, result);
    return result.no === true ? EXIT.no : EXIT.done;
  }
  const failure = failureOf(result.error, {}, new Map(), now);
  if (!out.json) out.text(result.text, result);
  const isOther = ({ run }: NextStep) => run !== `tg-auth ${out.command}`; // this command just ran
  const steps = stepsAfter(result.error, failure, { command: out.command, json: out.json, facts: {} });
  const next = steps.filter(isOther).map((step) => toStep(step));
  out.failure(hidden({ ...failure, next }, hide), result.json);
  return failure.exitCode;
}

/** Runs the command. Its result is printed only after everything is closed and stored. */
async function act(ctx: Context, code: CommandCode, input: Input): Promise<Result> {
  try {
    await ctx.openTrace();
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
    const out = new Output(ending.streams, { ...earlySwitches(argv), quiet: false, paint: PLAIN }, uptimeMs);
    out.command = running;
    const failure = failureOf(bugOf(error), {}, new Map(), Date.now());
    const next = out.json ? stepsAfter(error, failure, { command: running, json: true, facts: {} }) : [];
    out.failure(hidden({ ...failure, why: [], next }, hiding(argv, process.env)));
    process.exit(EXIT.bug);
  });
}

/** Connects the program to the process: signals, streams, arguments. */
export async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const ending = new Ending();
  endOnUncaught(argv, ending);
  const { stdout, stderr } = ending.streams;
  const outside: Outside = {
    get stdin() {
      return ending.openStdin(); // takes a few milliseconds
    },
    stdout,
    get stderr() {
      return stderr.stream;
    },
    columns: stdout.columns || 80, // some terminals report 0
    env: process.env,
    platform: process.platform,
    uid: process.geteuid?.(),
    script: [process.execPath, ...process.argv.slice(1, 2).filter((script) => script !== process.execPath)],
    now: Date.now,
    random: (length) => new Uint8Array(process.getBuiltinModule('node:crypto').randomBytes(length)),
    interrupted: ending.interrupted,
    pid: process.pid,
    kill: process.kill,
    takeSignals: (listener) => ending.takeSignals(listener),
  };
  const code = await run(argv, outside, ending.streams);
  process.exitCode = await ending.codeOf(code, earlySwitches(argv).json);
}

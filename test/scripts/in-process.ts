/** `tgAuth` and `runs` of cli.ts, in this process: one for each command line would take most of the time of a test. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { run } from '../../src/cli/main.ts';
import type { Outside } from '../../src/cli/outside.ts';
import * as cli from './cli.ts';
import { checked, cleanEnv, type Ended, type Env, withTrace } from './cli.ts';

interface RunOptions {
  readonly interrupted?: AbortSignal;
  /** Gets each line of stdout as soon as it is written. */
  readonly onLine?: (line: string) => void;
}

/**
 * Runs tg-auth to its end; in a process if the variable EXECUTABLE names a program, or if `sandbox --` passes the
 * streams on. Not for tests of what belongs to a process: signals, streams, locks.
 */
export async function tgAuth(
  args: readonly string[],
  env: Env = cleanEnv(),
  input?: string,
  { interrupted = new AbortController().signal, onLine = () => {} }: RunOptions = {},
): Promise<Ended> {
  if (process.env.EXECUTABLE !== undefined || args.includes('--')) {
    const [program, ...before] = cli.PROGRAM;
    const { child, ended } = cli.start(program, [...before, ...args], env, input);
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine);
    interrupted.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
    return ended;
  }
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written) =>
    new Writable({
      decodeStrings: false,
      write(chunk, _, done) {
        written[name] += chunk;
        if (name === 'stdout') onLine(String(chunk).trimEnd());
        done();
      },
    });
  const [stdout, stderr] = [sink('stdout'), sink('stderr')];
  const outside: Outside = {
    stdin: input === undefined ? new Readable({ read() {} }) : Readable.from(input === '' ? [] : [Buffer.from(input)]),
    stdout,
    stderr,
    columns: 80,
    env,
    platform: process.platform,
    uid: process.geteuid?.(),
    script: [process.execPath, cli.BIN],
    now: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    interrupted,
    takeSignals: () => () => {},
    pid: process.pid,
    kill: process.kill,
  };
  const { words, check } = withTrace(args, env);
  const code = await run(words, outside, { stdout, stderr });
  check();
  return checked({ code, ...written }, args, env);
}

/** Runs it, requires exit code 0, and returns its stdout. */
export function runs(args: readonly string[], env: Env, input?: string): Promise<string> {
  return cli.runs(args, env, input, tgAuth);
}

export interface Answer {
  readonly code: number | null;
  readonly stderr: string;
  /** The last line of stdout. */
  readonly json: {
    readonly ok: boolean;
    readonly result?: unknown;
    readonly user?: string;
    readonly phone?: string | null;
    readonly error?: { readonly type: string; readonly retryAfter: number | null };
    readonly next: readonly { readonly say: string; readonly run: string }[];
  };
}

/** Runs it with --json. Returns its last line. */
export async function answerOf(
  args: readonly string[],
  env: Env,
  { input = '', ...options }: RunOptions & { readonly input?: string } = {},
): Promise<Answer> {
  const { code, stdout, stderr } = await tgAuth([...args, '--json', '--quiet'], env, input, options);
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  assert.match(last, /^\{"ok":/, stderr);
  return { code, stderr, json: JSON.parse(last) };
}

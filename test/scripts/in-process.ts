/** `tgAuth` and `runs` of cli.ts, in this process: one for each command line would take most of the time of a test. */
import { randomBytes } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { run } from '../../src/cli/main.ts';
import type { Outside } from '../../src/cli/outside.ts';
import * as cli from './cli.ts';
import { checked, cleanEnv, type Ended, type Env } from './cli.ts';

/**
 * Runs tg-auth to its end; in a process if the variable EXECUTABLE names a program, or if `sandbox --` passes the
 * streams on. Not for tests of what belongs to a process: signals, streams, locks.
 */
export async function tgAuth(args: readonly string[], env: Env = cleanEnv(), input?: string): Promise<Ended> {
  if (process.env.EXECUTABLE !== undefined || args.includes('--')) return cli.tgAuth(args, env, input);
  const written = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof written) =>
    new Writable({
      decodeStrings: false,
      write(chunk, _, done) {
        written[name] += chunk;
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
    interrupted: new AbortController().signal,
    takeSignals: () => () => {},
    pid: process.pid,
    kill: process.kill,
  };
  const code = await run(args, outside, { stdout, stderr });
  return checked({ code, ...written }, args, env);
}

/** Runs it, requires exit code 0, and returns its stdout. */
export function runs(args: readonly string[], env: Env, input?: string): Promise<string> {
  return cli.runs(args, env, input, tgAuth);
}

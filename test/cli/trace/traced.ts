/** Commands in this process that write a trace, against one sandbox. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after } from 'node:test';
import { createContext } from '../../../src/cli/context.ts';
import type { Outside } from '../../../src/cli/outside.ts';
import { parse } from '../../../src/cli/program.ts';
import { Output, PLAIN } from '../../../src/cli/tell/output.ts';
import { TgAuthError } from '../../../src/errors.ts';
import { type SandboxEvent, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { removeFolder, temporaryFolder } from '../../session/folder.ts';

export type Env = Readonly<Record<string, string>>;

export interface Traced {
  /** The answer, or the type of the error. */
  readonly outcome: string;
  /** What the command wrote to stderr. */
  readonly said: string;
  /** The text of the trace. */
  readonly trace: string;
  readonly file: string;
}

/** Starts a sandbox, and returns it with what a test needs to run commands against it. Both end with the test file. */
export async function tracing(options: SandboxOptions = {}) {
  const events: SandboxEvent[] = [];
  const sandbox = await startSandbox({
    ...options,
    onEvent(event) {
      events.push(event);
      if (event.event === 'qr') setImmediate(() => sandbox.scan(event.link, '9996620000'));
    },
  });
  const home = join(temporaryFolder(), 'tg-auth-sandbox-test'); // named as the folder of a sandbox
  mkdirSync(home);
  after(async () => {
    await sandbox.close();
    removeFolder(dirname(home));
  });
  const keyFile = join(home, 'key.pem');
  writeFileSync(keyFile, sandbox.publicKey);
  let runs = 0;
  /** Runs a command of these words. `session`: a folder of sessions of its own. */
  const run = async (
    words: readonly string[],
    { env = {}, session = 'one', input = '', flags = ['--trace'] }: RunOptions = {},
  ) => {
    const file = join(home, `${++runs}.jsonl`);
    const given: Env = {
      HOME: home,
      XDG_CONFIG_HOME: home,
      XDG_STATE_HOME: join(home, session),
      TG_AUTH_SERVER: `${sandbox.host}:${sandbox.dcs[1]?.port}`,
      TG_AUTH_SERVER_KEY: keyFile,
      TG_API_ID: '1234567',
      TG_API_HASH: API_HASH,
      ...env,
    };
    return runIn(
      given,
      [...words, ...flags.flatMap((flag) => (flag === '--trace' ? [flag, file] : [flag]))],
      file,
      input,
    );
  };
  return { sandbox, events, home, run };
}

interface RunOptions {
  readonly env?: Env;
  readonly session?: string;
  readonly input?: string;
  readonly flags?: readonly string[];
}

export const API_HASH = 'fedcba9876543210fedcba9876543210';

async function runIn(env: Env, argv: readonly string[], file: string, input: string): Promise<Traced> {
  let said = '';
  const sink = (onText: (text: string) => void) =>
    new Writable({
      write(chunk, _, done) {
        onText(String(chunk));
        done();
      },
    });
  const outside: Outside = {
    stdin: Readable.from(input === '' ? [] : [input]),
    stdout: sink(() => {}),
    stderr: sink((text) => {
      said += text;
    }),
    columns: 80,
    env,
    platform: process.platform,
    uid: process.geteuid?.(),
    script: [process.execPath, 'tg-auth'],
    now: Date.now,
    random: (length) => new Uint8Array(randomBytes(length)),
    interrupted: new AbortController().signal,
    takeSignals: () => () => {},
    pid: process.pid,
    kill: process.kill,
  };
  const order = parse(argv, { paint: PLAIN, columns: 80 });
  assert.ok('command' in order);
  const { command, input: words, globals } = order;
  const out = new Output(outside, { json: false, quiet: false, verbose: true, paint: PLAIN }, Date.now);
  const ctx = createContext(outside, globals, out, { command: command.name, lasting: false });
  let outcome: string;
  try {
    outcome = await act();
  } catch (error) {
    if (!(error instanceof TgAuthError)) throw error;
    outcome = error.type;
  }
  return {
    outcome,
    said,
    file,
    get trace() {
      return readFileSync(file, 'utf8');
    },
  };

  async function act(): Promise<string> {
    try {
      await ctx.openTrace();
      const result = await (await command.load()).run(ctx, words);
      return 'text' in result ? result.text : String(result.status);
    } finally {
      await ctx.close();
    }
  }
}

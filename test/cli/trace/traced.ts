/** Commands in this process that write a trace, against one sandbox. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { type SandboxEvent, type SandboxOptions, startSandbox } from '../../../src/sandbox/index.ts';
import { cleanEnv, type Env, folder } from '../../scripts/cli.ts';
import { tgAuth } from '../../scripts/in-process.ts';

export interface Traced {
  /** The result, or the type of the error. */
  readonly outcome: string;
  /** What the command wrote to stderr. */
  readonly said: string;
  /** The text of the trace. */
  readonly trace: string;
  readonly file: string;
}

interface RunOptions {
  readonly env?: Env;
  /** The folder of the sessions. */
  readonly session?: string;
  readonly input?: string;
  readonly flags?: readonly string[];
}

export const API_HASH = 'fedcba9876543210fedcba9876543210';

/** Starts a sandbox, and returns it with what a test needs to run commands against it. It ends with the test file. */
export async function tracing(options: SandboxOptions = {}) {
  const events: SandboxEvent[] = [];
  const sandbox = await startSandbox({
    ...options,
    onEvent(event) {
      events.push(event);
      if (event.event === 'qr') setImmediate(() => sandbox.scan(event.link, '9996620000'));
    },
  });
  after(() => sandbox.close());
  const home = join(folder(), 'tg-auth-sandbox-test'); // named as the folder of a sandbox
  mkdirSync(home);
  const keyFile = join(home, 'key.pem');
  writeFileSync(keyFile, sandbox.publicKey);
  let runs = 0;
  const run = async (words: readonly string[], given: RunOptions = {}): Promise<Traced> => {
    const { env = {}, session = 'one', input = '', flags = ['--trace'] } = given;
    const file = join(home, `${++runs}.jsonl`);
    const all = cleanEnv({
      XDG_STATE_HOME: join(home, session),
      TG_AUTH_SERVER: `${sandbox.host}:${sandbox.dcs[1]?.port}`,
      TG_AUTH_SERVER_KEY: keyFile,
      TG_API_ID: '1234567',
      TG_API_HASH: API_HASH,
      ...env,
    });
    const traced = flags.flatMap((flag) => (flag === '--trace' ? [flag, file] : [flag]));
    const { stdout, stderr } = await tgAuth([...words, '--json', ...traced], all, input);
    const { result, error } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''); // after the events of --qr
    return {
      outcome: error?.type ?? (typeof result === 'string' ? result : JSON.stringify(result)),
      said: stderr,
      file,
      get trace() {
        return readFileSync(file, 'utf8');
      },
    };
  };
  return { sandbox, events, home, run };
}

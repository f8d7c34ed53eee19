/** Runs the command of an audit once: in a process group of its own, with an empty home and a deadline. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ended } from '../../sandbox/audit/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { codeOf } from '../../session/system.ts';
import type { Context } from '../context.ts';
import { type Env, inTemporary, startChild, startError, withEnvironment } from './run-command.ts';
import { killTree } from './windows-command.ts';

interface Guest {
  readonly command: readonly string[];
  readonly seconds: number;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

const KEPT_OUTPUT = 16_384;
/** How long to wait for output of processes that have left the group. */
const LAST_OUTPUT_MS = 200;

/** Throws `UsageError` if the command cannot be started, and the reason of the signal. */
export function runGuest(ctx: Context, sandbox: Sandbox, guest: Guest): Promise<Ended> {
  return withEnvironment(ctx, sandbox, async (env, folder) => {
    const homes = await inTemporary(() => homesIn(folder, env));
    const TG_AUTH_TIMEOUT = env.TG_AUTH_TIMEOUT ?? String(Math.ceil(guest.seconds / 2)); // it ends before the deadline
    return run(ctx, { ...env, TG_AUTH_TIMEOUT, ...homes }, guest);
  });
}

/** The folders in which programs keep what must not pass from one run to the next. */
async function homesIn(folder: string, env: Env): Promise<Env> {
  const inside = (name: string) => join(folder, 'home', name);
  const homes = {
    HOME: join(folder, 'home'),
    USERPROFILE: join(folder, 'home'),
    XDG_CONFIG_HOME: inside('config'),
    XDG_DATA_HOME: inside('data'),
    XDG_CACHE_HOME: inside('cache'),
    APPDATA: inside('roaming'),
    LOCALAPPDATA: inside('local'),
    TMPDIR: inside('tmp'),
    TEMP: inside('tmp'),
    TMP: inside('tmp'),
  };
  for (const path of new Set(Object.values(homes))) await mkdir(path, { recursive: true });
  // On Windows, names of variables have no case: a second spelling would win by chance.
  const others = Object.keys(env).filter((name) => !(name in homes) && name.toUpperCase() in homes);
  return { ...Object.fromEntries(others.map((name) => [name, undefined])), ...homes };
}

async function run({ outside, deadline }: Context, env: Env, { command, seconds, signal }: Guest): Promise<Ended> {
  signal.throwIfAborted();
  deadline.signal.throwIfAborted();
  const options = { env, stdio: 'pipe', detached: outside.platform !== 'win32', windowsHide: true } as const;
  const child = startChild(outside, command, options);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-KEPT_OUTPUT);
    });
  child.stdin?.on('error', () => {}).end();
  const kill = () => killGroup(child, outside.platform);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, seconds * 1000);
  const closed = once(child, 'close').catch(() => {});
  try {
    for (const each of [signal, deadline.signal]) each.addEventListener('abort', kill, { once: true });
    const [status, by] = await once(child, 'exit');
    if (outside.platform !== 'win32') kill(); // what it has left behind
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LAST_OUTPUT_MS).unref())]);
    signal.throwIfAborted();
    deadline.signal.throwIfAborted();
    return { status, signal: by, timedOut, output };
  } catch (cause) {
    if (codeOf(cause) === undefined || child.pid !== undefined) throw cause;
    throw startError(command, outside, cause);
  } finally {
    clearTimeout(timer);
    for (const each of [signal, deadline.signal]) each.removeEventListener('abort', kill);
    for (const stream of [child.stdout, child.stderr]) stream?.destroy();
  }
}

function killGroup({ pid }: ChildProcess, platform: NodeJS.Platform): void {
  if (pid === undefined) return;
  try {
    if (platform === 'win32') killTree(pid);
    else process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (codeOf(error) !== 'ESRCH' && codeOf(error) !== 'EPERM') throw error; // it has ended
  }
}

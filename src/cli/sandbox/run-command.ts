/**
 * `sandbox -- COMMAND`: runs a command against a sandbox.
 *
 * Every variable that could name another network names the sandbox, so that neither the user's variables nor their
 * config file send a script to Telegram. A temporary folder holds the key file, the sessions (XDG_STATE_HOME, which
 * tg-auth uses on every system) and a `tg-auth` that starts this program.
 */
import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { EXIT, NetworkError, StoreError, UsageError } from '../../errors.ts';
import { authorityOf } from '../../net/dial/proxy.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { codeOf, reasonOf } from '../../session/system.ts';
import type { Context } from '../context.ts';
import type { Outside } from '../outside.ts';
import { shellQuote } from '../tell/shell-quote.ts';
import { FOLDER_PREFIX } from './guest.ts';
import { killTree, windowsCommand } from './windows-command.ts';

/** Runs the command and returns its exit code: 128 plus the signal's number if a signal ended it, as in a shell. */
export async function runCommand(ctx: Context, sandbox: Sandbox, command: readonly string[]): Promise<number> {
  return withEnvironment(ctx, sandbox, (env) => runChild(ctx, command, env));
}

/** Calls `use` with the environment of a command, and a temporary folder that exists until it returns. */
export function withEnvironment<T>(
  ctx: Context,
  sandbox: Sandbox,
  use: (env: Env, folder: string) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => use(await inTemporary(() => environment(ctx, sandbox, folder)), folder));
}

/**
 * Calls `use` with the variables that point every tg-auth to the sandbox, and the id of this process. Their files exist
 * until it returns.
 */
export function withVariables<T>(
  ctx: Context,
  sandbox: Sandbox,
  use: (variables: Variables) => Promise<T>,
): Promise<T> {
  return withFolder(async (folder) => {
    const variables = await inTemporary(() => variablesIn(folder, ctx, sandbox));
    return use({ ...variables, TG_AUTH_SANDBOX_PID: String(process.pid) });
  });
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await inTemporary(() => mkdtemp(join(tmpdir(), FOLDER_PREFIX)));
  try {
    return await use(folder);
  } finally {
    await removed(folder);
  }
}

/** Deletes a folder, and waits a little for processes that still write there. Throws `StoreError`. */
async function removed(folder: string): Promise<void> {
  try {
    await madeWritable(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  } catch (cause) {
    throw new StoreError('FILE_UNWRITABLE', { file: folder, reason: reasonOf(cause) }, { cause });
  }
}

/** Go, for one, keeps modules in read-only folders, which cannot be emptied. */
async function madeWritable(folder: string): Promise<void> {
  try {
    await chmod(folder, 0o700);
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isDirectory()) await madeWritable(join(folder, entry.name));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error; // the command has deleted it meanwhile
  }
}

/** Throws `StoreError` if the folder for temporary files is missing, full or closed. */
export async function inTemporary<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (codeOf(cause) === undefined) throw cause;
    throw new StoreError('NO_TEMPORARY_FOLDER', { path: tmpdir(), reason: reasonOf(cause) }, { cause });
  }
}

export type Env = Record<string, string | undefined>;

/** Those that point every tg-auth to the sandbox. Undefined ones are not set. */
export type Variables = Readonly<Env>;

async function environment(ctx: Context, sandbox: Sandbox, folder: string): Promise<Env> {
  const { env, platform, script } = ctx.outside;
  const bin = join(folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'tg-auth'), `#!/bin/sh\nexec ${script.map((word) => shellQuote(word)).join(' ')} "$@"\n`);
  await chmod(join(bin, 'tg-auth'), 0o700);
  if (platform === 'win32')
    await writeFile(join(bin, 'tg-auth.cmd'), `@"${script.join('" "').replaceAll('%', '%%')}" %*\r\n`);
  const path = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const variables = await variablesIn(folder, ctx, sandbox);
  return { ...env, [path]: [bin, env[path] ?? ''].join(delimiter), ...variables };
}

async function variablesIn(folder: string, { options }: Context, sandbox: Sandbox): Promise<Variables> {
  const keyFile = join(folder, 'key.pem');
  await writeFile(keyFile, sandbox.publicKey, { mode: 0o600 });
  const dc = sandbox.dcs.find(({ id }) => id === options.dc.value) ?? sandbox.dcs[0];
  return {
    XDG_STATE_HOME: join(folder, 'state'),
    TG_AUTH_SERVER: authorityOf({ host: sandbox.host, port: dc?.port ?? 0 }),
    TG_AUTH_SERVER_KEY: keyFile,
    TG_AUTH_DC: String(dc?.id),
    TG_AUTH_PROXY: sandbox.proxies[0]?.link ?? '',
    TG_AUTH_SESSION: 'sandbox',
    TG_AUTH_SESSION_STRING: '',
    TG_AUTH_SANDBOX: '0',
    TG_AUTH_SANDBOX_CONTROL: sandbox.control?.url,
    TG_AUTH_SANDBOX_TOKEN: sandbox.control?.token,
    TG_AUTH_TEST: '0',
    TG_API_ID: '1',
    TG_API_HASH: '0'.repeat(32),
  };
}

async function runChild({ outside, deadline }: Context, command: readonly string[], env: Env): Promise<number> {
  const child = startChild(outside, command, { stdio: 'inherit', env });
  const kill = (signal: NodeJS.Signals) => (outside.platform === 'win32' ? killTree(child.pid) : child.kill(signal));
  const release = outside.takeSignals((signal) => {
    // A terminal sends Ctrl-C to the child as well.
    if (signal !== 'SIGINT' || outside.stdin.isTTY !== true) kill(signal);
  });
  const stop = () => kill('SIGTERM');
  deadline.signal.addEventListener('abort', stop, { once: true });
  try {
    const [status, signal]: unknown[] = await once(child, 'close');
    if (deadline.signal.reason instanceof NetworkError) throw deadline.signal.reason;
    return typeof status === 'number' ? status : 128 + signalNumber(signal);
  } catch (cause) {
    if (cause instanceof NetworkError) throw cause;
    throw startError(command, outside, cause);
  } finally {
    deadline.signal.removeEventListener('abort', stop);
    release();
  }
}

function startOf({ platform, script }: Outside, name: string, args: readonly string[], env: Env) {
  const [program, ...before] = script;
  if (name === 'tg-auth') return { file: program, args: [...before, ...args] };
  if (platform !== 'win32') return { file: name, args };
  return windowsCommand([name, ...args], { env, cwd: process.cwd(), isFile });
}

/** Starts a command. Some names fail before a process exists; most cause an event, for `startError`. */
export function startChild(outside: Outside, command: readonly string[], options: SpawnOptions & { env: Env }) {
  const [name = '', ...args] = command;
  const { file, args: words, ...how } = startOf(outside, name, args, options.env);
  try {
    return spawn(file, words, { ...options, ...how });
  } catch (cause) {
    throw startError(command, outside, cause);
  }
}

/** The exit codes are those of a shell. */
export function startError([name = '']: readonly string[], { platform, env }: Outside, cause: unknown): UsageError {
  const isPath = /[\\/]/.test(name);
  // A folder of the PATH that this user cannot search is EACCES, too.
  const isMissing = codeOf(cause) === 'ENOENT' || (codeOf(cause) === 'EACCES' && !isPath && !isInPath(name, env));
  if (!isMissing && name !== '')
    return new UsageError(`${name} cannot be run: ${whyNot(name, cause)}.`, {
      type: 'COMMAND_NOT_RUNNABLE',
      exit: EXIT.notRunnable,
      next:
        isFile(name) && platform !== 'win32'
          ? { say: 'Make it executable', run: `chmod +x ${shellQuote(name)}` }
          : undefined,
      cause,
    });
  const why = isFile(name) && isPath ? ['The program that its first line names does not exist.'] : [];
  const run = `tg-auth sandbox -- ./${shellQuote(name)}`;
  const next = isFile(name) && !isPath ? { say: 'Run the file of this folder', run } : undefined;
  const exit = EXIT.notFound;
  return new UsageError(`Command not found: ${shellQuote(name)}.`, {
    type: 'COMMAND_NOT_FOUND',
    exit,
    why,
    next,
    cause,
  });
}

function isInPath(name: string, { PATH = '' }: Env): boolean {
  return PATH.split(delimiter).some((folder) => existsSync(join(folder, name)));
}

function whyNot(name: string, cause: unknown): string {
  return existsSync(name) && !isFile(name) ? 'it is a folder' : reasonOf(cause);
}

function isFile(name: string): boolean {
  return existsSync(name) && statSync(name).isFile();
}

function signalNumber(signal: unknown): number {
  return Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0;
}

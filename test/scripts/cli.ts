/** The program as a real process: what a shell sees of it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import type { Sandbox } from '../../src/sandbox/index.ts';

export const BIN = resolve('bin/tg-auth.js');
if (!existsSync('dist/cli.cjs')) throw new Error('These tests run the built program: npm run build:cli');

/** For tests of signals, modes and /bin/sh. */
export const POSIX = process.platform === 'win32' ? { skip: 'Windows has none of these' } : {};

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Env = Readonly<Record<string, string>>;

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

const folders: string[] = [];
const children: ChildProcess[] = [];
const running: { close(): Promise<void> }[] = [];
after(async () => {
  for (const each of running.splice(0).reverse()) await each.close();
  for (const child of children) child.kill('SIGKILL'); // one that a failed test has left
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** What was started here ends with the test file. */
export async function lasting<T extends { close(): Promise<void> }>(started: Promise<T>): Promise<T> {
  const one = await started;
  running.push(one);
  return one;
}

/** A folder that goes with the test file. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tg-auth-test-'));
  folders.push(made);
  return made;
}

/** One code cache for all tests: a program that starts without one is slower, and leaves one in its home. */
const CODE_CACHE = resolve('node_modules/.cache/tests');
mkdirSync(CODE_CACHE, { recursive: true });

/** An environment in which nothing of this machine's user shows: no variables of ours, and folders that are empty. */
export function cleanEnv(env: Env = {}): Env {
  const home = folder();
  const { PATH = '', SystemRoot = '', TEMP = '' } = process.env; // the last two: Windows opens no socket and no file without them
  const machine = process.platform === 'win32' ? { PATH, SystemRoot, TEMP, LOCALAPPDATA: CODE_CACHE } : { PATH };
  return { ...machine, HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: CODE_CACHE, ...env };
}

/** What points a command at this sandbox. */
export function envOf(sandbox: Sandbox, env: Env = {}): Env {
  const keyFile = join(folder(), 'key.pem');
  writeFileSync(keyFile, sandbox.publicKey);
  return cleanEnv({
    TG_AUTH_SERVER: `${sandbox.host}:${sandbox.dcs[1]?.port}`,
    TG_AUTH_SERVER_KEY: keyFile,
    TG_API_ID: '12345',
    TG_API_HASH: '0123456789abcdef0123456789abcdef',
    ...env,
  });
}

/** Starts a program. `input`: its stdin; without it stdin is a pipe that nobody writes to and nobody closes. */
export function start(command: string, args: readonly string[], env: Env, input?: string): Running {
  const child = spawn(command, args, { env });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdin.on('error', () => {}); // it need not read what it is given
  if (input !== undefined) child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => {
    keepsSecrets(env, args, { stdout, stderr });
    return { code, stdout, stderr };
  });
  return { child, ended };
}

/** What the tests give to the program and no output of it may hold, wherever in the suite it runs. */
const SECRETS = [
  '0123456789abcdef0123456789abcdef', // the api_hash
  's'.repeat(35), // bots' tokens
  't'.repeat(35),
  'correct horse',
  'from the start',
  'swordfish',
  'open: s@same', // a proxy's password
  'open%3A%20s%40same',
  'brand-new secret',
];

/** An output has no secret that was given, and no key that is stored; but an answer on stdout that was asked for may be a session string. */
function keepsSecrets(env: Env, args: readonly string[], { stdout, stderr }: Omit<Ended, 'code'>): void {
  const asked = args.includes('export') || args.includes('--') ? '' : stdout;
  for (const secret of [...SECRETS, ...keysIn(env.XDG_STATE_HOME)])
    assert.ok(!(stderr + asked).includes(secret), `a secret was told by tg-auth ${args.slice(1, 3).join(' ')}`);
}

/** The auth keys that are stored unencrypted, in the ways in which they might be written. */
function keysIn(home: string | undefined): string[] {
  if (home === undefined || !existsSync(join(home, 'tg-auth'))) return [];
  const files = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.flatMap((file) => {
    const text = existsSync(join(home, file)) ? readFileSync(join(home, file), 'utf8') : '';
    return [...text.matchAll(/"auth_key": "([^"]+)"/g)].flatMap(([, key = '']) => {
      const bytes = Buffer.from(key, 'base64');
      return [key, bytes.toString('base64url'), bytes.toString('hex')].map((each) => each.slice(0, 40));
    });
  });
}

/** Runs tg-auth to its end. */
export function tgAuth(args: readonly string[], env: Env = cleanEnv(), input?: string): Promise<Ended> {
  return start(process.execPath, [BIN, ...args], env, input).ended;
}

/** Runs it to a good end, and returns what it printed. */
export async function runs(args: readonly string[], env: Env, input?: string): Promise<string> {
  const { code, stdout, stderr } = await tgAuth(args, env, input);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** The file of the only session that is stored in this environment; `undefined` if there is none. */
export function sessionFile({ HOME = '' }: Env): string | undefined {
  const found = readdirSync(HOME, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.json'));
  return found === undefined ? undefined : join(HOME, found);
}

/** A failure as both of its readers see it (the run had --json): the words on stderr, the object on stdout, and nothing of our insides. */
export function checkFailure(ended: Ended, exit: number, type: string | RegExp): void {
  const { code, stdout, stderr } = ended;
  assert.equal(code, exit, stderr);
  assert.match(stderr, /^✖ /m);
  assert.doesNotMatch(stderr, /^\s+at /m, 'no stack trace');
  assert.doesNotMatch(stderr, /\{\w+\}|<\w+>/, 'no template is left unfilled');
  const json = JSON.parse(stdout);
  assert.deepEqual(Object.keys(json), ['ok', 'exitCode', 'error']);
  assert.deepEqual(Object.keys(json.error), ['code', 'type', 'message', 'hint', 'retryAfter']);
  assert.equal(json.ok, false);
  assert.equal(json.exitCode, exit);
  if (typeof type === 'string') assert.equal(json.error.type, type);
  else assert.match(json.error.type, type);
  assert.ok(stderr.includes(json.error.message), 'text and JSON say the same');
}

/** Runs the program as a real process, as a shell does. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import { lineOfStep } from '../../src/catalogue.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { checkLines, checkStdout } from '../json-schema.ts';
import { spellings } from '../spellings.ts';

export const BIN = resolve('bin/tg-auth.js');
/** The program of most tests: the executable that .ci/binary.ts built, or Node.js and the script. */
export const PROGRAM: readonly [string, ...string[]] =
  process.env.EXECUTABLE === undefined ? [process.execPath, BIN] : [process.env.EXECUTABLE];
/** How often a test repeats a step: a few times, or as often as the variable TG_AUTH_TEST_RUNS of test:kills says. */
export const times = (few: number): number => Number(process.env.TG_AUTH_TEST_RUNS ?? few);
if (!existsSync('dist/cli.cjs')) throw new Error('These tests run the built program: npm run build:cli');

/** For tests of signals, modes and /bin/sh. */
export const POSIX = process.platform === 'win32' ? { skip: 'not on Windows' } : {};

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
  for (const child of children) child.kill('SIGKILL'); // those that a failed test left running
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Closes it at the end of the test file. */
export async function lasting<T extends { close(): Promise<void> }>(started: Promise<T>): Promise<T> {
  const one = await started;
  running.push(one);
  return one;
}

/** A temporary folder, removed at the end of the test file. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'tg-auth-test-'));
  folders.push(made);
  return made;
}

/** One code cache for all tests: starting without one is slower, and writes one to the home folder. */
const CODE_CACHE = resolve('node_modules/.cache/tests');
mkdirSync(CODE_CACHE, { recursive: true });

/** An environment without the settings of this machine's user: no variables of tg-auth, and empty folders. */
export function cleanEnv(env: Env = {}): Env {
  const home = folder();
  // Without SystemRoot and TEMP, Windows opens no sockets and no files.
  const { PATH = '', SystemRoot = '', TEMP = '' } = process.env;
  const machine = process.platform === 'win32' ? { PATH, SystemRoot, TEMP, LOCALAPPDATA: CODE_CACHE } : { PATH };
  return { ...machine, HOME: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: CODE_CACHE, ...env };
}

/** The environment that points a command at this sandbox. */
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

/** With TRACE_ALL=1, every run of tg-auth writes a trace, and no secret may be in it. */
export function withTrace(args: readonly string[], env: Env, isProgram = true) {
  const isTraced = process.env.TRACE_ALL !== undefined && isProgram && !args.some((word) => /^(?:--)?trace/.test(word));
  if (!isTraced) return { words: args, check: () => {} };
  const file = join(folder(), 'trace.jsonl');
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const check = () => {
    if (existsSync(file)) hasNoSecrets(readFileSync(file, 'utf8'), env);
  };
  return { words: args.toSpliced(end, 0, `--trace=${file}`), check };
}

/** Starts a program. `input` is its stdin; without it, stdin is an open pipe that stays empty. */
export function start(command: string, args: readonly string[], env: Env, input?: string): Running {
  const isProgram = PROGRAM.every((word, i) => [command, ...args][i] === word);
  const { words, check } = withTrace(args, env, isProgram);
  const child = spawn(command, words, { env });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdin.on('error', () => {}); // the program need not read its input
  if (input !== undefined) child.stdin.end(input);
  const ended = once(child, 'close').then(async ([code]) => {
    check();
    const all = [command, ...args];
    return checked({ code, stdout, stderr }, isProgram ? all.slice(PROGRAM.length) : all, env, isProgram);
  });
  return { child, ended };
}

/** Checks an output for secrets, and its JSON against the schema. `isProgram`: tg-auth alone wrote it. */
export async function checked(ended: Ended, args: readonly string[], env: Env, isProgram = true): Promise<Ended> {
  keepsSecrets(env, args, ended);
  const isJson = isProgram && args.includes('--json') && !args.includes('--') && args[0] !== 'help';
  await (isJson ? checkStdout(ended.stdout) : checkLines(ended.stdout));
  return ended;
}

/** Secrets that tests pass to the program. No output may contain them. */
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

/**
 * Fails if an output contains a secret from the input or a stored key. Only `session export` and `session clone
 * --format` may print a session string on stdout.
 */
function keepsSecrets(env: Env, args: readonly string[], { stdout, stderr }: Omit<Ended, 'code'>): void {
  const asked = ['export', '--format', '--'].some((word) => args.includes(word)) ? '' : stdout;
  for (const secret of [...SECRETS, ...keysIn(env.XDG_STATE_HOME)])
    assert.ok(!(stderr + asked).includes(secret), `a secret was printed by tg-auth ${args.slice(0, 3).join(' ')}`);
}

function hasNoSecrets(trace: string, env: Env): void {
  const keys = keysIn(env.XDG_STATE_HOME);
  for (const secret of [...SECRETS.flatMap(spellings), ...keys])
    assert.ok(!trace.includes(secret), 'a secret in a trace');
}

/** The unencrypted auth keys in the store, in each encoding in which they might be printed. */
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
  const [program, ...before] = PROGRAM;
  return start(program, [...before, ...args], env, input).ended;
}

/** Runs it, requires exit code 0, and returns its stdout. */
export async function runs(args: readonly string[], env: Env, input?: string, run = tgAuth): Promise<string> {
  const { code, stdout, stderr } = await run(args, env, input);
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

/** The file of the only stored session in this environment; `undefined` if there is none. */
export function sessionFile({ HOME = '' }: Env): string | undefined {
  const found = readdirSync(HOME, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.json'));
  return found === undefined ? undefined : join(HOME, found);
}

/** What the program tells a person: stderr, and failures in JSON in the form that they have without --json. */
export function said({ stdout, stderr }: Ended): string {
  const failures = stdout.split('\n').filter((line) => line.startsWith('{"ok":false'));
  const texts = failures.map((line) => {
    const { error, next } = JSON.parse(line);
    return `✖ ${[error.message, ...error.why, ...next.map(lineOfStep)].join('\n  ')}\n`;
  });
  return stderr + texts.join('');
}

/** Checks a failure with --json: an object on stdout, no failure on stderr, and no internals in either. */
export function checkFailure(ended: Ended, exit: number, type: string | RegExp): void {
  const { code, stdout, stderr } = ended;
  assert.equal(code, exit, stdout + stderr);
  assert.doesNotMatch(stderr, /^✖ /m, 'the failure is only on stdout');
  assert.doesNotMatch(stderr + stdout, /^\s+at /m, 'no stack trace');
  assert.doesNotMatch(stderr + stdout, /\{\w+\}|<\w+>/, 'no template is left unfilled');
  const json = JSON.parse(stdout); // the schema is checked wherever JSON is seen
  assert.deepEqual([json.ok, json.exitCode], [false, exit]);
  if (typeof type === 'string') assert.equal(json.error.type, type);
  else assert.match(json.error.type, type);
}

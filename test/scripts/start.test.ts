/** bin/tg-auth.js: the bundle, the process list, and what a start loads and evaluates. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build, transform } from 'esbuild';
import { CLI } from '../../.ci/esbuild.ts';
import { BIN, cleanEnv, folder, POSIX, start } from './cli.ts';

test('reports a missing bundle and how to build it', async () => {
  const home = folder();
  cpSync('bin', join(home, 'bin'), { recursive: true });
  const bin = join(home, 'bin', 'tg-auth.js');
  const { code, stdout, stderr } = await start(process.execPath, [bin, '--version'], cleanEnv(), '').ended;
  assert.deepEqual([code, stdout], [70, '']);
  assert.match(stderr, /^✖ tg-auth has not been built yet\.\n {2}Build it: {2}npm run build\n$/);
});

/** A module for `node -r` that makes the runtime another one. */
function pretending(versions: Readonly<Record<string, string>>): string {
  const file = join(folder(), 'runtime.cjs');
  const entries = { ...process.versions, ...versions };
  writeFileSync(file, `Object.defineProperty(process, 'versions', { value: ${JSON.stringify(entries)} });`);
  return file;
}

test('names the runtime that is required, before anything is loaded', async () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal(engines.node, '^20.19.0 || >=22.3.0');
  const required = 'tg-auth requires Node.js 20 (from 20.19), 22 (from 22.3) or newer';
  const run = (versions: Readonly<Record<string, string>>) =>
    start(process.execPath, ['-r', pretending(versions), BIN, '--version'], cleanEnv(), '').ended;
  for (const node of ['8.17.0', '18.20.8', '20.18.3', '21.7.3', '22.2.0']) {
    const stderr = `✖ ${required}. This is Node.js ${node}.\n  Install it:  https://nodejs.org\n`;
    assert.deepEqual(await run({ node }), { code: 2, stdout: '', stderr });
  }
  const bun = await run({ node: '24.3.0', bun: '1.4.5' });
  assert.deepEqual([bun.code, bun.stderr.split('\n')[0]], [2, `✖ ${required}. This is Bun 1.4.5.`]);
  for (const node of ['20.19.0', '22.3.0', '23.0.0', '26.12.1', '100.0.0'])
    assert.equal((await run({ node })).code, 0, node);
});

test('an old Node.js can parse the program', async () => {
  const code = readFileSync(BIN, 'utf8').replace(/^#!.*\n/, '');
  const lowered = await transform(code, { target: 'node8', supported: { 'template-literal': true } });
  assert.equal(lowered.code, (await transform(code, { target: 'esnext' })).code);
});

/** A module for `node -r` that runs `statement` before each module loaded after the program itself. */
function beforeEachLoad(statement: string): string {
  const file = join(folder(), 'modules.cjs');
  writeFileSync(
    file,
    `const { readFileSync } = require('node:fs');
     const loader = require('node:module');
     const { _load: load } = loader;
     loader._load = (name, parent, isMain) => {
       if (!isMain) { ${statement} }
       return load(name, parent, isMain);
     };`,
  );
  return file;
}

test('arguments leave the process list before any module is loaded, refused arguments too', POSIX, async () => {
  const list = existsSync('/proc/self/cmdline') ? "readFileSync('/proc/self/cmdline', 'utf8')" : 'process.title';
  const spy = beforeEachLoad(`console.error('listed', JSON.stringify(${list}))`);
  for (const line of [
    'hunter2',
    'sign-in 79991234567 --password=hunter2',
    'sign-in 79991234567 --password hunter2',
    'login --bot --token=hunter2',
    'password recover --new-password hunter2',
    'session passphrase --new=hunter2',
    'whoami --passphrase hunter2',
    'session import hunter2',
    'session show hunter2',
    'whoami --session-string hunter2',
    'send-call 79991234567 --hash=hunter2 --api-hash hunter2',
    'doctor --proxy socks5://me:hunter2@127.0.0.1:1 --timeout 1',
    'explain --proxy=socks5://me:hunter2@127.0.0.1:1 PHONE_CODE_INVALID',
  ]) {
    const { stderr } = await start(process.execPath, ['-r', spy, BIN, ...line.split(' ')], cleanEnv(), '').ended;
    const listed = stderr.split('\n').filter((each) => each.startsWith('listed'));
    assert.ok(listed.length > 3, line);
    for (const each of listed) assert.match(each, /^listed "tg-auth(\\u0000)*"$/, line);
  }
});

test('help and the version load no slow part of Node.js', async () => {
  const spy = beforeEachLoad("console.error('loads', name)");
  for (const args of [['--version'], ['--help'], ['login', '--help'], ['sign-in', '--help']]) {
    const { code, stderr } = await start(process.execPath, ['-r', spy, BIN, ...args], cleanEnv(), '').ended;
    assert.equal(code, 0);
    assert.match(stderr, /^loads node:fs$/m);
    assert.doesNotMatch(stderr, /^loads node:(crypto|zlib|child_process|net|tls|https?)$/m, args.join(' '));
  }
});

test('--help in a pipe prints what the parser prints, and does not load the bundle', async () => {
  const spy = beforeEachLoad("console.error('loads', name)");
  const run = (args: string[], env = {}) => start(process.execPath, ['-r', spy, BIN, ...args], cleanEnv(env), '').ended;
  const parsed = await run(['--help', '--no-color']);
  assert.match(parsed.stderr, /^loads node:vm$/m);
  for (const option of ['--help', '-h']) {
    const { code, stdout, stderr } = await run([option]);
    assert.deepEqual([code, stdout], [0, parsed.stdout]);
    assert.doesNotMatch(stderr, /^loads node:vm$/m);
  }
  const { stdout } = await run(['--help'], { FORCE_COLOR: '1' });
  assert.ok(stdout.startsWith('\x1b[1mUsage:'), stdout);
});

/** The program, built with the names of its modules. It prints each when it is evaluated. */
async function evaluationSpy(): Promise<string> {
  const home = folder();
  cpSync('bin', join(home, 'bin'), { recursive: true });
  mkdirSync(join(home, 'dist'));
  const { outputFiles } = await build({ ...CLI, minify: false, minifyWhitespace: true, sourcemap: false });
  const [bundle = ''] = outputFiles.map(({ text }) => text);
  const evaluates = 'return fn&&(';
  assert.equal(bundle.split(evaluates).length, 2, "esbuild's __esm evaluates a module here");
  const spy = bundle.replace(evaluates, `fn&&console.error('evaluates',Object.keys(fn)[0]);${evaluates}`);
  writeFileSync(join(home, 'dist', 'cli.cjs'), spy);
  return join(home, 'bin', 'tg-auth.js');
}

test('a run evaluates the files of its own command only', async () => {
  const bin = await evaluationSpy();
  const hash = ['--hash', '2dc02d2cda9e615c84'];
  for (const [line, ...expected] of [
    [['--version']],
    [['--help', '--no-color']],
    [['login', '--help']],
    [['explain', '12'], 'explain'],
    [['session', 'list'], 'stored'],
    [['whoami'], 'whoami'],
    [['login'], 'login'],
    [['completion', 'bash'], 'completion'],
    [['tl', 'decode', '997275b5'], 'tl'],
    [['send-code', '1'], 'send-code'],
    [['send-call', '79991234567', ...hash, '--dry-run'], 'request-delivery', 'send-call'],
  ] as const) {
    const { stderr } = await start(process.execPath, [bin, ...line], cleanEnv(), '').ended;
    const evaluated = [...stderr.matchAll(/^evaluates src\/cli\/commands\/(?:[a-z-]+\/)?([a-z-]+)\.ts$/gm)].map(
      ([, name]) => name,
    );
    assert.deepEqual(evaluated.sort(), expected, line.join(' '));
  }
});

test('npm run trace finds the source of a stack trace', async () => {
  const broken = join(folder(), 'broken.cjs');
  writeFileSync(broken, "require('node:os').hostname = () => { throw new TypeError('boom'); };");
  const args = ['-r', broken, BIN, 'whoami', '--api-id', '1', '--proxy', 'socks5://127.0.0.1:1', '-v'];
  const { code, stderr } = await start(process.execPath, args, cleanEnv(), '').ended;
  assert.equal(code, 70, stderr);
  assert.match(stderr, /^ +at .*cli\.cjs:\d+:\d+/m);
  const trace = ['--import', 'tsx', '.ci/trace.ts'];
  const { stdout } = await start(process.execPath, trace, cleanEnv(), stderr).ended;
  const source = readFileSync('src/session/owner.ts', 'utf8').split('\n');
  const [, line] = /\(src\/session\/owner\.ts:(\d+):\d+\)/.exec(stdout) ?? [];
  assert.match(source[Number(line) - 1] ?? '', /hostname\(\)/, stdout);
});

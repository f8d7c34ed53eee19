/** bin/tg-auth.js: how it finds the bundle, and the code cache beside it. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { version } from '../../src/version.ts';
import { BIN, cleanEnv, type Ended, folder, start } from './cli.ts';

let home = '';
beforeEach(() => {
  home = folder();
  cpSync('bin', join(home, 'bin'), { recursive: true });
  mkdirSync(join(home, 'dist'));
  cpSync('dist/cli.cjs', join(home, 'dist', 'cli.cjs'), { preserveTimestamps: true });
});

function run(...args: string[]): Promise<Ended> {
  return start(process.execPath, [join(home, 'bin', 'tg-auth.js'), ...args], cleanEnv(), '').ended;
}

const caches = () => readdirSync(join(home, 'dist', 'cache')).sort();
const ok = { code: 0, stdout: `${version}\n`, stderr: '' };

test('a command is compiled once', async () => {
  assert.deepEqual(await run('--version'), ok);
  assert.deepEqual(caches(), [`--version-${process.version}`]);
  const file = join(home, 'dist', 'cache', `--version-${process.version}`);
  const first = readFileSync(file);
  assert.deepEqual(await run('--version'), ok);
  assert.ok(readFileSync(file).equals(first), 'it is read, not written again');
});

test('what is no cache, or an older one, is replaced', async () => {
  await run('--version');
  const file = join(home, 'dist', 'cache', `--version-${process.version}`);
  const { length } = readFileSync(file);
  writeFileSync(file, 'no cache');
  assert.deepEqual(await run('--version'), ok);
  assert.ok(readFileSync(file).length > length / 2);
  utimesSync(file, 1, 1);
  assert.deepEqual(await run('--version'), ok);
  assert.equal(caches().length, 1, 'and nothing temporary is left');
});

test('mistakes are not kept', async () => {
  assert.equal((await run('snd-call')).code, 2);
  assert.equal((await run('--sesion', 'x')).code, 2);
  await run('--session', 'bob', '--help');
  await run('--session', 'eve', '--help');
  assert.deepEqual(caches(), [`other-${process.version}`]);
});

test('where nothing can be written it starts all the same', async () => {
  writeFileSync(join(home, 'dist', 'cache'), 'a file where the folder should be');
  assert.deepEqual(await run('--version'), ok);
});

test('without the bundle it says how to make it', async () => {
  rmSync(join(home, 'dist'), { recursive: true });
  const { code, stdout, stderr } = await run('--version');
  assert.deepEqual([code, stdout], [70, '']);
  assert.match(stderr, /^✖ tg-auth has not been built yet\.\n {2}Build it: {2}npm run build\n$/);
});

test('help and the version load none of the parts of Node.js that take longer than all the rest', async () => {
  const file = join(folder(), 'modules.cjs');
  writeFileSync(
    file,
    `const loader = require('node:module');
     const { _load: load } = loader;
     loader._load = (name, ...rest) => {
       console.error('loads', name);
       return load(name, ...rest);
     };`,
  );
  for (const args of [['--version'], ['--help'], ['login', '--help'], ['sign-in', '--help']]) {
    const { code, stderr } = await start(process.execPath, ['-r', file, BIN, ...args], cleanEnv(), '').ended;
    assert.equal(code, 0);
    assert.match(stderr, /^loads node:fs$/m);
    assert.doesNotMatch(stderr, /^loads node:(crypto|zlib|child_process|net|tls|https?)$/m, args.join(' '));
  }
});

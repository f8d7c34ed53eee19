/** The code cache of bin/tg-auth.js: only its user can write it, and only that cache is run. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { version } from '../../src/version.ts';
import { cleanEnv, type Ended, type Env, folder, POSIX, start } from './cli.ts';

const ok = { code: 0, stdout: `${version}\n`, stderr: '' };
const IS_ROOT = process.geteuid?.() === 0 ? {} : { skip: 'only root can give files away' };
const OTHER_USER = 12345;

let home = '';
let env: Env = {};
let caches = '';
beforeEach(() => {
  home = installed();
  const user = folder();
  env = cleanEnv({ XDG_CACHE_HOME: user, LOCALAPPDATA: user });
  caches = join(user, 'tg-auth');
});

/** A folder with the program, as a package manager installs it. `alter` changes the bundle. */
function installed(alter = (code: string) => code): string {
  const place = folder();
  cpSync('bin', join(place, 'bin'), { recursive: true });
  mkdirSync(join(place, 'dist'));
  writeFileSync(join(place, 'dist', 'cli.cjs'), alter(readFileSync('dist/cli.cjs', 'utf8')));
  return place;
}

const bin = (place: string) => join(place, 'bin', 'tg-auth.js');
const files = () => readdirSync(caches).sort();
const commands = () => files().map((name) => /^(.+)-[0-9a-f]{32}-v/.exec(name)?.[1]);
const modeOf = (path: string) => statSync(path).mode & 0o777;

function run(...args: string[]): Promise<Ended> {
  return start(process.execPath, [bin(home), ...args], env, '').ended;
}

/** Runs it in /bin/sh, after these commands. */
function runAfter(commands: string, env: Env, place = home): Promise<Ended> {
  const line = `${commands}; exec "${process.execPath}" "${bin(place)}" --version`;
  return start('/bin/sh', ['-c', line], env, '').ended;
}

describe('the code cache', () => {
  test('is the only file written, and saves the next run from compiling', async () => {
    const before = readdirSync(home, { recursive: true });
    assert.deepEqual(await run('--version'), ok);
    const [name = ''] = files();
    assert.deepEqual(files().length, 1);
    const first = statSync(join(caches, name));
    assert.deepEqual(await run('--version'), ok);
    assert.equal(statSync(join(caches, name)).ino, first.ino, 'it is read, not written again');
    assert.deepEqual(readdirSync(home, { recursive: true }), before, 'nothing in the installed package');
  });

  test('is replaced if it is damaged or older than the bundle', async () => {
    await run('--version');
    const file = join(caches, files()[0] ?? '');
    const { length } = readFileSync(file);
    writeFileSync(file, 'no cache');
    assert.deepEqual(await run('--version'), ok);
    assert.ok(readFileSync(file).length > length / 2);
    const bundle = join(home, 'dist', 'cli.cjs');
    const { atime, mtime } = statSync(bundle);
    writeFileSync(bundle, evil(readFileSync(bundle, 'utf8')));
    utimesSync(bundle, atime, mtime);
    assert.equal((await run('--version')).stdout, '6.6.6\n', 'a bundle of the same length and age');
    assert.equal(files().length, 1, 'and nothing temporary is left');
  });

  test('exists once for each command and set of V8 flags, and not for unknown commands', async () => {
    assert.equal((await run('snd-call')).code, 2);
    assert.equal((await run('--sesion', 'x')).code, 2);
    assert.equal(existsSync(caches), false);
    await run('explain', 'PHONE_CODE_INVALID');
    await run('--quiet', 'explain', 'PHONE_CODE_INVALID');
    assert.deepEqual(commands(), ['explain', 'other']);
    assert.deepEqual(await start(process.execPath, ['--no-opt', bin(home), '--version'], env, '').ended, ok);
    assert.deepEqual(await run('--version'), ok);
    assert.deepEqual(commands(), ['--version', '--version', 'explain', 'other']);
  });

  test('is never named after a word that may be a secret', async () => {
    for (const [code, ...words] of [
      [2, 'hunter', '--help'],
      [2, 'hunter', '-qh'],
      [0, '--session', 'hunter', '-h'],
      [0, 'help', 'login'],
    ] as const)
      assert.equal((await run(...words)).code, code, words.join(' '));
    await run('hunter', '-V');
    assert.deepEqual(commands(), ['--help', '--version']);
  });

  test('is limited in number', async () => {
    mkdirSync(caches, { mode: 0o700 });
    for (let age = 1; age <= 60; age++) {
      const file = join(caches, `old-${age}`);
      writeFileSync(file, '', { mode: 0o600 });
      utimesSync(file, 1e9 - age, 1e9 - age);
    }
    assert.deepEqual(await run('--version'), ok);
    assert.equal(files().length, 40);
    assert.deepEqual([existsSync(join(caches, 'old-39')), existsSync(join(caches, 'old-40'))], [true, false]);
  });

  test('can be read only by its user, whatever the umask', POSIX, async () => {
    for (const umask of ['000', '002', '022']) {
      rmSync(caches, { recursive: true, force: true });
      assert.deepEqual(await runAfter(`umask ${umask}`, env), ok);
      assert.deepEqual([modeOf(caches), ...files().map((name) => modeOf(join(caches, name)))], [0o700, 0o600]);
    }
  });

  test('is in the cache folder of the system; without a home there is none', POSIX, async () => {
    const { XDG_CACHE_HOME: _, HOME: __, ...bare } = env;
    const user = folder();
    const place = folder();
    for (const change of [{}, { HOME: '' }, { HOME: '.' }, { HOME: '', XDG_CACHE_HOME: '.' }])
      assert.deepEqual(await runAfter(`cd "${place}"`, { ...bare, ...change }), ok);
    assert.deepEqual(readdirSync(place), []);
    assert.deepEqual(await runAfter('true', { ...bare, HOME: join(user, 'gone') }), ok);
    assert.deepEqual(readdirSync(user), [], 'a home is not made');
    if (process.platform === 'darwin') mkdirSync(join(user, 'Library'));
    assert.deepEqual(await runAfter('true', { ...bare, HOME: user, XDG_CACHE_HOME: 'relative' }), ok);
    const made = join(user, process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'tg-auth');
    assert.equal(readdirSync(made).length, 1);
  });

  test('is not needed: commands run where it cannot be written', async () => {
    writeFileSync(caches, 'a file where the folder should be');
    assert.deepEqual(await run('--version'), ok);
    assert.equal(readFileSync(caches, 'utf8'), 'a file where the folder should be');
  });
});

/** Another bundle of the same length, whose cache V8 accepts for the real one. */
function evil(code: string): string {
  const altered = code.replaceAll(`"${version}"`, '"6.6.6"');
  assert.ok(altered !== code && altered.length === code.length);
  return altered;
}

/** Puts the cache of a malicious bundle where the real one looks for its own. Returns the file. */
async function plant(): Promise<string> {
  assert.equal((await runAfter('true', env, installed(evil))).stdout, '6.6.6\n');
  return join(caches, files()[0] ?? '');
}

describe('a code cache that another user may have planted', POSIX, () => {
  test('is run if its owner and modes are right (so that the tests below prove something)', async () => {
    await plant();
    assert.equal((await run('--version')).stdout, '6.6.6\n');
  });

  const elsewhere = (path: string) => {
    const target = join(folder(), 'planted');
    renameSync(path, target);
    symlinkSync(target, path);
  };
  const ways: [how: string, spoil: (file: string) => void, needs?: typeof IS_ROOT][] = [
    ['in a folder that all can write in', (file) => chmodSync(dirname(file), 0o777)],
    ['in a folder that its group can write in', (file) => chmodSync(dirname(file), 0o770)],
    ['in a file that all can write', (file) => chmodSync(file, 0o666)],
    ['in a file that its group can write', (file) => chmodSync(file, 0o660)],
    ['reached through a symbolic link', elsewhere],
    ['in a folder reached through a symbolic link', (file) => elsewhere(dirname(file))],
    ['in a file of theirs', (file) => chownSync(file, OTHER_USER, OTHER_USER), IS_ROOT],
    ['in a folder of theirs', (file) => chownSync(dirname(file), OTHER_USER, OTHER_USER), IS_ROOT],
  ];
  for (const [how, spoil, needs = {}] of ways)
    test(`${how}, is not run`, needs, async () => {
      spoil(await plant());
      assert.deepEqual(await run('--version'), ok);
      assert.deepEqual(await run('--version'), ok);
    });

  test('as a pipe, does not block', async () => {
    const file = await plant();
    rmSync(file);
    assert.equal((await start('mkfifo', ['-m', '600', file], env, '').ended).code, 0);
    assert.deepEqual(await run('--version'), ok);
    assert.ok(statSync(file).isFile());
  });

  test('is not written through a symbolic link', async () => {
    const target = folder();
    symlinkSync(target, caches);
    assert.deepEqual(await run('--version'), ok);
    assert.deepEqual(readdirSync(target), []);
  });
});

test("root leaves nothing in another user's home", IS_ROOT, async () => {
  const { XDG_CACHE_HOME: _, ...bare } = env;
  const user = folder();
  chownSync(user, OTHER_USER, OTHER_USER);
  assert.deepEqual(await runAfter('true', { ...bare, HOME: user }), ok);
  assert.deepEqual(readdirSync(user), []);
  mkdirSync(join(user, '.cache'));
  chownSync(join(user, '.cache'), OTHER_USER, OTHER_USER);
  assert.deepEqual(await runAfter('true', { ...bare, HOME: user }), ok);
  assert.deepEqual(readdirSync(join(user, '.cache')), []);
});

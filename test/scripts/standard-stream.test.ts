/** Files and pipes are written without the streams of Node.js; a pipe that is full neither loses text nor blocks. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { version } from '../../src/version.ts';
import { BIN, cleanEnv, folder, start } from './cli.ts';

const LINUX = process.platform === 'linux' ? {} : { skip: 'pipes are opened again in /proc' };

/** Runs a line of the shell in which `tg` is tg-auth. Returns its output and the modules of Node.js it loaded. */
async function inShell(line: string) {
  const [spy, list] = [join(folder(), 'spy.cjs'), join(folder(), 'modules')];
  writeFileSync(
    spy,
    `process.once('exit', () => require('node:fs').writeFileSync('${list}', process.moduleLoadList.join('\\n')));`,
  );
  const tg = `tg() { "${process.execPath}" -r "${spy}" "${BIN}" "$@"; }`;
  const ended = await start('/bin/sh', ['-c', `${tg}; ${line}`], cleanEnv(), '').ended;
  return { ...ended, modules: readFileSync(list, 'utf8').split('\n') };
}

const SLOW = ['net', 'tty', 'zlib', 'timers/promises', 'perf_hooks', 'crypto'];

test('help that goes to files or pipes loads no streams of sockets or terminals', LINUX, async () => {
  const plain = execFileSync(process.execPath, ['-p', 'process.moduleLoadList.join("\\n")'], { encoding: 'utf8' });
  const slow = SLOW.map((name) => `NativeModule ${name}`).filter((name) => !plain.split('\n').includes(name));
  const file = join(folder(), 'out');
  for (const line of ['tg --help 2>&1 | cat', `tg --help >"${file}" 2>&1; cat "${file}"`]) {
    const { code, stdout, modules } = await inShell(line);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: tg-auth .*\n$/s);
    assert.deepEqual(
      modules.filter((name) => slow.includes(name)),
      [],
    );
  }
});

test('the version is printed without the bundle', async () => {
  const file = join(folder(), 'modules.cjs');
  writeFileSync(
    file,
    `const loader = require('node:module'); const { _load: load } = loader;
     loader._load = (...args) => { if (!args[2]) console.error(args[0]); return load(...args); };`,
  );
  for (const option of ['--version', '-V']) {
    const ended = await start(process.execPath, ['-r', file, BIN, option], cleanEnv(), '').ended;
    assert.deepEqual(ended, { code: 0, stdout: `${version}\n`, stderr: 'node:fs\nnode:path\n' });
  }
});

/** A named pipe that is full, and `drain`, which reads it until `isEnough`. */
function fullPipe() {
  const path = join(folder(), 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const nonBlocking = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    for (;;) writeSync(nonBlocking, '.'.repeat(4096));
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error && error.code === 'EAGAIN');
  }
  const writer = openSync(path, constants.O_WRONLY);
  closeSync(nonBlocking);
  const drain = async (isEnough: (text: string) => boolean) => {
    let text = '';
    const buffer = Buffer.alloc(65_536);
    for (; !isEnough(text); await setTimeout(5)) {
      try {
        text += buffer.toString('utf8', 0, readSync(reader, buffer));
      } catch (error) {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'EAGAIN');
      }
    }
    return text.replace(/^\.+/, '');
  };
  return { reader, writer, drain };
}

const CALL = [BIN, 'send-call', '+79991234567', '--hash', '2dc02d2cda9e615c84', '--sandbox'];

test('a full pipe gets the whole answer once it has space', LINUX, async () => {
  const { reader, writer, drain } = fullPipe();
  const child = spawn(process.execPath, CALL, { env: cleanEnv(), stdio: ['ignore', writer, 'pipe'] });
  closeSync(writer);
  const ended = once(child, 'exit');
  assert.ok(child.stderr !== null);
  await once(child.stderr, 'data'); // the line before the answer
  assert.equal(await drain((text) => text.endsWith('true\n')), 'true\n');
  assert.deepEqual(await ended, [0, null]);
  closeSync(reader);
});

test('a full pipe does not keep signals away', LINUX, async () => {
  const { reader, writer } = fullPipe();
  const child = spawn(process.execPath, CALL, { env: cleanEnv(), stdio: ['ignore', writer, 'pipe'] });
  closeSync(writer);
  let isOver = false;
  const ended = once(child, 'exit').then((how) => {
    isOver = true;
    return how;
  });
  assert.ok(child.stderr !== null);
  await once(child.stderr, 'data');
  for (; !isOver; await setTimeout(20)) child.kill('SIGTERM'); // the second one ends it at once
  assert.deepEqual(await ended, [143, null]);
  closeSync(reader);
});

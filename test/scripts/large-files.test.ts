/** Files are read up to 1 MiB: a device or a wrong file neither hangs the program nor fills its memory. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { checkFailure, cleanEnv, folder, POSIX, said } from './cli.ts';
import { tgAuth } from './in-process.ts';

const LARGE = 'x'.repeat((1 << 20) + 1);

test('session import --file', POSIX, async () => {
  const file = join(folder(), 'session.txt');
  writeFileSync(file, LARGE);
  for (const each of ['/dev/zero', file]) {
    const { code, stdout, stderr } = await tgAuth(['session', 'import', '--file', each]);
    assert.deepEqual([code, stdout], [32, '']);
    assert.equal(stderr.split('\n')[0], `✖ ${each} cannot be read: it is larger than 1 MiB.`);
  }
});

test('--server-key', POSIX, async () => {
  const args = ['session', 'list', '--server', '127.0.0.1:1', '--server-key', '/dev/zero'];
  const { code, stderr } = await tgAuth(args);
  assert.equal(code, 32);
  assert.match(stderr, /^✖ The server key \/dev\/zero cannot be read: it is larger than 1 MiB\.\n/);
});

test('a server key that is not there, under a name that may be a secret', async () => {
  const args = ['session', 'list', '--server', '127.0.0.1:1', '--server-key', 'fedcba9876543210'.repeat(4)];
  const { code, stderr } = await tgAuth(args);
  assert.equal(code, 32);
  assert.match(stderr, /^✖ The server key cannot be read: no such file or folder\.\n/);
});

test('a named pipe is waited for until the deadline', POSIX, async () => {
  const pipe = join(folder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const read = (...more: string[]) => tgAuth(['session', 'import', '--file', pipe, '--json', ...more]);
  checkFailure(await read('--timeout', '0.5'), 30, 'TIMEOUT');
  const writer = openSync(pipe, constants.O_RDWR);
  checkFailure(await read('--timeout', '0.5'), 30, 'TIMEOUT');
  closeSync(writer);
  const late = read();
  const reached = await openForReader(pipe);
  writeSync(reached, 'no session string');
  closeSync(reached);
  checkFailure(await late, 2, 'USAGE');
});

/** Opens a pipe for writing as soon as another process reads it. */
async function openForReader(pipe: string): Promise<number> {
  for (let tries = 0; tries < 1500; tries++) {
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENXIO')) throw error;
    }
    await setTimeout(20);
  }
  throw new Error('no process reads the pipe');
}

test('config.json', async () => {
  const env = cleanEnv();
  const home = join(env.XDG_CONFIG_HOME ?? '', 'tg-auth');
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(join(home, 'config.json'), LARGE, { mode: 0o600 });
  const ended = await tgAuth(['session', 'list', '--json'], env);
  checkFailure(ended, 32, 'CONFIG_UNREADABLE');
  assert.match(said(ended), /larger than 1 MiB/);
});

test('a stored session', async () => {
  const env = cleanEnv();
  const home = join(env.XDG_STATE_HOME ?? '', 'tg-auth', 'production');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(join(home, 'default.json'), LARGE, { mode: 0o600 });
  const ended = await tgAuth(['session', 'show', '--json'], env);
  checkFailure(ended, 32, 'STORE_UNREADABLE');
  assert.match(said(ended), /larger than 1 MiB/);
});

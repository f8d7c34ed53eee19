/** bin/tg-auth.js: the bundle, the process list, and what a start loads. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BIN, cleanEnv, folder, POSIX, start } from './cli.ts';

test('without the bundle it says how to make it', async () => {
  const home = folder();
  cpSync('bin', join(home, 'bin'), { recursive: true });
  const bin = join(home, 'bin', 'tg-auth.js');
  const { code, stdout, stderr } = await start(process.execPath, [bin, '--version'], cleanEnv(), '').ended;
  assert.deepEqual([code, stdout], [70, '']);
  assert.match(stderr, /^✖ tg-auth has not been built yet\.\n {2}Build it: {2}npm run build\n$/);
});

/** A module for `node -r` that has `statement` run before each module that is loaded after the program itself. */
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

test('arguments leave the process list before anything is loaded, refused ones too', POSIX, async () => {
  const list = existsSync('/proc/self/cmdline') ? "readFileSync('/proc/self/cmdline', 'utf8')" : 'process.title';
  const spy = beforeEachLoad(`console.error('listed', JSON.stringify(${list}))`);
  for (const line of [
    'hunter2',
    'sign-in 79991234567 --password=hunter2',
    'sign-in 79991234567 --password hunter2',
    'login --bot --token=hunter2',
    'recover-password --new-password hunter2',
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

test('help and the version load none of the parts of Node.js that take longer than all the rest', async () => {
  const spy = beforeEachLoad("console.error('loads', name)");
  for (const args of [['--version'], ['--help'], ['login', '--help'], ['sign-in', '--help']]) {
    const { code, stderr } = await start(process.execPath, ['-r', spy, BIN, ...args], cleanEnv(), '').ended;
    assert.equal(code, 0);
    assert.match(stderr, /^loads node:fs$/m);
    assert.doesNotMatch(stderr, /^loads node:(crypto|zlib|child_process|net|tls|https?)$/m, args.join(' '));
  }
});

/** Streams that fail, a terminal that is closed, and errors that nothing catches. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { BIN, checkFailure, cleanEnv, type Ended, type Env, envOf, folder, start, tgAuth } from './cli.ts';
import { Person } from './person.ts';

const LINUX = process.platform === 'linux' ? {} : { skip: '/dev/full and /proc are those of Linux' };
const CALL = ['send-call', '+79991234567', '--sandbox'];

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

/** Runs tg-auth with the redirection that a shell would make. */
function redirected(args: readonly string[], redirection: string, env: Env = cleanEnv(), first = ''): Promise<Ended> {
  const words = ['-c', `${first} "$@" ${redirection}; exit $?`, 'sh', process.execPath, BIN, ...args];
  return start('/bin/sh', words, env, '').ended;
}

describe('a full disk', LINUX, () => {
  const COMMANDS: readonly (readonly string[])[] = [
    ['--help'],
    ['--version'],
    ['explain', '12'],
    ['explain', '12', '--json'],
    ['completion', 'bash'],
    ['tl', 'decode', '997275b5'],
    ['sandbox'],
    ['sandbox', '--json'],
    [...CALL, '--hash', '2dc02d2cda9e615c84'],
    ['tl', 'decode', 'bc799737', '--answer', 'auth.sendCall'],
  ];
  for (const args of COMMANDS)
    test(`behind stdout is exit 32 in words: ${args.join(' ')}`, async () => {
      const { code, stderr } = await redirected(args, '>/dev/full');
      assert.equal(code, 32, stderr);
      assert.match(stderr, /^✖ Cannot write to stdout: the disk is full\.$/m);
      assert.doesNotMatch(stderr, /^\s+at |node:/m);
    });

  test('that fills up in the middle of the text is exit 32', async () => {
    const file = join(folder(), 'help.txt');
    for (const word of ['--help', 'help']) {
      const { code, stderr } = await redirected([word], `> '${file}'`, cleanEnv(), 'ulimit -f 1;');
      assert.equal(code, 32, stderr);
      assert.match(stderr, /^✖ Cannot write to stdout: the file would be too large\.$/m);
    }
  });

  test('behind stderr is exit 32, and the answer is on stdout', async () => {
    const { code, stdout } = await redirected([...CALL, '--hash', '2dc02d2cda9e615c84'], '2>/dev/full');
    assert.deepEqual([code, stdout], [32, 'true\n']);
    assert.equal((await redirected(['explain', 'NOPE'], '2>/dev/full')).code, 32);
  });

  test('behind both is exit 32', async () => {
    assert.equal((await redirected(['explain', '12'], '>/dev/full 2>&1')).code, 32);
  });
});

describe('stdin that cannot be read', LINUX, () => {
  for (const [how, redirection] of [
    ['EIO', '</proc/$$/mem'],
    ['not open for reading', '0>/dev/null'],
    ['a folder', '</'],
  ] as const)
    test(`is exit 32: ${how}`, async () => {
      for (const args of [
        [...CALL, '--hash', '-'],
        ['session', 'import', '-'],
        ['tl', 'decode', '-'],
        ['sign-in', '+9996620000', '--sandbox', '--hash', 'abc', '--code', '-'],
      ]) {
        const ended = await redirected([...args, '--json'], redirection);
        checkFailure(ended, 32, 'STREAM_UNREADABLE');
        assert.doesNotMatch(ended.stdout, /the disk/); // stdin may be a terminal
      }
    });
});

describe('a terminal that is closed at a prompt', LINUX, () => {
  for (const args of [['login', '--bot'], ['login', '9996620001'], ['send-call']])
    test(`ends ${args.join(' ')} with 129, quietly, and leaves no lock`, async () => {
      const env = envOf(sandbox);
      const out = join(folder(), 'code');
      const words = ['-c', `trap "" HUP; "$@"; echo $? > "${out}"`, 'sh', process.execPath, BIN, ...args];
      const person = new Person('/bin/sh', words, env);
      await person.sees(/^\? /m);
      person.hangUp();
      const written = () => existsSync(out) && readFileSync(out, 'utf8') !== '';
      for (let tries = 0; tries < 600 && !written(); tries++) await setTimeout(50);
      assert.equal(readFileSync(out, 'utf8'), '129\n');
      const left = readdirSync(env.XDG_STATE_HOME ?? '', { recursive: true, encoding: 'utf8' });
      assert.deepEqual(
        left.filter((name) => name.includes('.lock')),
        [],
      );
    });
});

describe('an error that nothing catches', () => {
  for (const [how, code] of [
    ['an exception', 'throw new TypeError("boom")'],
    ['an exception of several lines', 'throw new TypeError("boom\\nat secret")'],
    ['a rejected promise', 'Promise.reject(new RangeError("boom"))'],
    ['no error at all', 'Promise.reject(undefined)'],
    ['a text', 'throw "boom"'],
    ['a null', 'throw null'],
    ['a failed emitter', 'new (require("node:events"))().emit("error", new Error("boom"))'],
    ['an endless recursion', '(function again() { again(); })()'],
  ])
    test(`is one line and exit 70: ${how}`, async () => {
      const file = join(folder(), 'break.cjs');
      writeFileSync(file, `setTimeout(() => { ${code} }, 300)`);
      const env = cleanEnv({ NODE_OPTIONS: `--require=${file}` });
      const ended = await tgAuth(['sandbox'], env);
      assert.equal(ended.code, 70, ended.stderr);
      const lines = ended.stderr.trimEnd().split('\n');
      const [last = ''] = lines.slice(-1);
      assert.match(last, /^✖ Internal error in tg-auth: .+$/);
      assert.equal(lines.filter((line) => /Internal error|^\s+at |cli\.cjs|node:/.test(line)).length, 1, ended.stderr);
    });

  test('is one line before the bundle runs, too', async () => {
    const file = join(folder(), 'break.cjs');
    writeFileSync(
      file,
      'process.title; require("node:vm").Script = class { constructor() { throw new Error("boom"); } };',
    );
    const { code, stderr } = await start(process.execPath, ['-r', file, BIN, 'login', '--help'], cleanEnv(), '').ended;
    assert.deepEqual([code, stderr], [70, '✖ Internal error in tg-auth: Error: boom\n']);
  });
});

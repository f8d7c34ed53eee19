/** --json, run from a shell. `start` checks every line of JSON against the schema. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { version } from '../../src/version.ts';
import { BIN, checkFailure, cleanEnv, folder, POSIX, runs, start, tgAuth } from './cli.ts';

const CALL = ['send-call', '+7 999 123-45-67', '--hash', '2dc02d2cda9e615c84', '--sandbox', '--json', '-q'];

test('a success has the same start and end for every command', async () => {
  for (const [args, command] of [
    [CALL, 'send-call'],
    [[...CALL, '--dry-run'], 'send-call'],
    [['session', '--json'], 'session list'],
    [['tl', 'decode', '997275b5', '--json'], 'tl decode'],
    [['explain', '12', '--json'], 'explain'],
    [['explain', 'PHONE_CODE_EXPIRED', '--json'], 'explain'],
    [['completion', 'bash', '--json'], 'completion'],
    [['--version', '--json'], '--version'],
    [['--help', '--json'], 'help'],
    [['help', 'send-call', '--json'], 'help'],
    [['--json', 'sandbox', '--help'], 'help'],
  ] as const) {
    const json = JSON.parse(await runs(args, cleanEnv({ FORCE_COLOR: '1' })));
    const keys = Object.keys(json);
    assert.deepEqual([...keys.slice(0, 4), keys.at(-1)], ['ok', 'command', 'method', 'result', 'next'], args.join(' '));
    assert.deepEqual([json.ok, json.command], [true, command]);
    assert.doesNotMatch(JSON.stringify(json), /\\u001b/, 'no colours');
  }
});

test('next has the commands that stderr advises, for this session', async () => {
  const env = cleanEnv();
  const { stdout, stderr } = await tgAuth(['session', 'list', '--session', 'work', '--json'], env);
  assert.deepEqual(JSON.parse(stdout).next, [{ say: 'Sign in', run: 'tg-auth --session work login' }]);
  assert.match(stderr, /^ {2}Sign in: {2}tg-auth --session work login$/m);
  assert.deepEqual(JSON.parse((await tgAuth(['explain', 'PHONE_CODE_EXPIRED', '--json'], env)).stdout).next, [
    { say: 'Ask for a new one', run: 'tg-auth send-code <phone>' },
  ]);
});

test('help json and tg-auth/schema.json are the schema, which is strict', async () => {
  const printed = JSON.parse(await runs(['help', 'json'], cleanEnv()));
  assert.equal(printed.$schema, 'https://json-schema.org/draft/2020-12/schema');
  assert.deepEqual(JSON.parse(await runs(['help', 'json', '--json'], cleanEnv())), printed);
  const exported = createRequire(import.meta.url).resolve('tg-auth/schema.json');
  assert.deepEqual(JSON.parse(readFileSync(exported, 'utf8')), printed);
});

describe('a parse error is a failure too', { concurrency: 3 }, () => {
  for (const [args, command] of [
    [['send-code', '--bogus'], 'send-code'],
    [['tl', 'encode'], 'tl encode'],
    [['session', 'show', 'a', 'b'], 'session show'],
    [['session', 'nope'], null],
    [['tl'], null],
    [['nope'], null],
    [['--bogus'], null],
    [[], null],
  ] as const)
    test(args.join(' '), async () => {
      const ended = await tgAuth([...args, '--json']);
      checkFailure(ended, 2, 'USAGE');
      assert.equal(JSON.parse(ended.stdout).command, command);
    });
});

test('a signal is a failure with its exit code', POSIX, async () => {
  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    const { child, ended } = start(process.execPath, [BIN, 'login', '--qr', '--sandbox', '--json'], cleanEnv());
    child.stderr?.on('data', (text) => /tg:\/\/login/.test(text) && child.kill(signal));
    checkFailure(await ended, exit, 'INTERRUPTED');
  }
});

describe('an internal error is a failure too', () => {
  const broken = (code: string) => {
    const file = join(folder(), 'break.cjs');
    writeFileSync(file, code);
    return cleanEnv({ NODE_OPTIONS: `--require=${file}` });
  };

  test('in a command', async () => {
    const code = 'setTimeout(() => { throw new Error("boom"); }, 300)';
    const { code: exit, stdout, stderr } = await tgAuth(['sandbox', '--json'], broken(code));
    const { command, exitCode, error } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    assert.deepEqual([exit, command, exitCode, error.type], [70, 'sandbox', 70, 'BUG']);
    assert.doesNotMatch(stderr, /✖/);
  });

  test('before the bundle runs', async () => {
    const code = 'process.title; require("node:vm").Script = class { constructor() { throw new Error("boom"); } };';
    checkFailure(await start(process.execPath, [BIN, 'whoami', '--json'], broken(code), '').ended, 70, 'BUG');
  });

  test('without a bundle', async () => {
    const home = folder();
    cpSync('bin', join(home, 'bin'), { recursive: true });
    const args = [join(home, 'bin', 'tg-auth.js'), 'whoami', '--json'];
    checkFailure(await start(process.execPath, args, cleanEnv(), '').ended, 70, 'BUG');
  });

  test('and so is an old Node.js', async () => {
    const old = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } })";
    checkFailure(await start(process.execPath, [BIN, 'whoami', '--json'], broken(old), '').ended, 2, 'USAGE');
  });
});

describe('the version', () => {
  test('is one line alone', async () => {
    assert.equal(await runs(['--version'], cleanEnv()), version);
  });

  test('names the commit, Node.js and the platform, and an unreleased build', async () => {
    const { result, commit, released, node, platform } = JSON.parse(await runs(['--version', '--json'], cleanEnv()));
    assert.deepEqual([result, node, platform], [version, process.version, `${process.platform} ${process.arch}`]);
    assert.match(String(commit), /^[0-9a-f]{40}(-dirty)?$|^null$/);
    const text = [
      `tg-auth ${version}${released ? '' : ' (unreleased)'}`,
      `commit ${commit ?? 'unknown'}`,
      `Node.js ${node}`,
      platform,
    ].join('\n');
    for (const args of [['--version', '--verbose'], ['-V', '-v'], ['-vV']])
      assert.equal(await runs(args, cleanEnv()), text);
  });
});

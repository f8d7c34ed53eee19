/** Sessions as strings: `session import`, `session export` and --session-string, run from a shell. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { readSessionString, writeSessionString } from '../../src/session/formats/index.ts';
import { VECTORS } from '../session/formats/samples.ts';
import { checkFailure, cleanEnv, type Env, envOf, folder, POSIX, said } from './cli.ts';
import { tgAuth } from './in-process.ts';
import { atTerminal } from './person.ts';

const [{ strings, full }] = [VECTORS[0] ?? assert.fail()];
const ofTest = VECTORS[2] ?? assert.fail();

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

/** An environment with this session string imported. */
async function holding(string: string, ...flags: string[]): Promise<Env> {
  const env = cleanEnv({ TG_API_ID: '12345' });
  const { code, stderr } = await tgAuth(['session', 'import', '-', ...flags], env, `${string}\n`);
  assert.equal(code, 0, stderr);
  return env;
}

function stored(env: Env): string[] {
  const all = readdirSync(env.HOME ?? '', { recursive: true, encoding: 'utf8' });
  return all.filter((name) => name.endsWith('.json')).map((name) => name.replaceAll('\\', '/'));
}

/** Asserts that these texts hold no part of any string. */
function silent(...texts: string[]): void {
  for (const string of Object.values(strings))
    for (let i = 20; i + 16 <= string.length; i += 8)
      for (const text of texts) assert.ok(!text.includes(string.slice(i, i + 16)), 'the string is not printed');
}

describe('session import', { concurrency: 4 }, () => {
  test('--file reads UTF-16, and names a file that is no string', async () => {
    const [env, place] = [cleanEnv(), folder()];
    const inFile = (name: string, bytes: Uint8Array | string) => {
      writeFileSync(join(place, name), bytes, { mode: 0o600 });
      return ['session', 'import', '--file', join(place, name), '--session', '+79991234567'];
    };
    const utf16 = await tgAuth(inFile('utf16', Buffer.from(`\ufeff${strings.mtcute}\r\n`, 'utf16le')), env);
    assert.deepEqual([utf16.code, utf16.stdout], [0, '+79991234567\n'], utf16.stderr);
    const show = await tgAuth(['session', 'show', '+79991234567'], env);
    assert.equal(show.code, 0, show.stderr);
    const exported = await tgAuth(['session', 'export', '--json', '--session', '+79991234567'], env);
    const large = 'x'.repeat(2 << 20);
    mkdirSync(join(place, 'tdata'));
    writeFileSync(join(place, 'tdata', 'key_datas'), 'TDF$');
    for (const [args, what] of [
      [inFile('telethon', `SQLite format 3\0CREATE TABLE sessions (server_address text)${large}`), /file of Telethon/],
      [inFile('pyrogram', `SQLite format 3\0CREATE TABLE sessions (test_mode INTEGER)${large}`), /file of Pyrogram/],
      [inFile('json', exported.stdout), /JSON of "session export --json"/],
      [['session', 'import', '--file', join(place, 'tdata')], /tdata of Telegram Desktop/],
      [['session', 'import', '--file', place], /tdata of Telegram Desktop/],
    ] as const) {
      const { code, stderr } = await tgAuth(args, env);
      assert.equal(code, 2, stderr);
      assert.match(stderr, what);
      silent(stderr);
    }
    const stdin = await tgAuth(['session', 'import', '-', '--force'], env, exported.stdout);
    assert.match(stdin.stderr, /JSON of "session export --json"/);
  });

  const rows = [
    ['telethon', 'Telethon', null],
    ['gramjs', 'GramJS', null],
    ['mtkruto', 'MTKruto', null],
    ['pyrogram', 'Pyrogram', '123456789'],
    ['mtcute', 'mtcute', '123456789'],
  ] as const;
  for (const [format, title, user] of rows)
    test(`recognises and stores a ${title} string`, async () => {
      const env = cleanEnv();
      const { code, stdout, stderr } = await tgAuth(['session', 'import', '--json'], env, strings[format]);
      assert.equal(code, 0, stderr);
      const { ok, method, result, format: found, dc, network, user: id } = JSON.parse(stdout);
      assert.deepEqual([ok, method, result, found, dc], [true, null, 'default', format, 2]);
      assert.deepEqual([network, id], ['production', user]);
      assert.match(stderr, new RegExp(`^✔ Stored the ${title} session as "default": DC 2, `));
      assert.match(stderr, user === null ? /tg-auth whoami$/m : /user 123456789/);
      assert.deepEqual(stored(env), ['tg-auth/production/default.json']);
      silent(stdout, stderr);
    });

  test('prints the name of the session', async () => {
    const env = cleanEnv();
    const args = ['session', 'import', '-', '--session', 'work'];
    const { stdout, stderr } = await tgAuth(args, env, strings.telethon);
    assert.equal(stdout, 'work\n');
    assert.match(stderr, /tg-auth --session work whoami$/m);
    assert.deepEqual(stored(env), ['tg-auth/production/work.json']);
  });

  test('reads the string from a file or the environment', async () => {
    const file = join(folder(), 'string.txt');
    writeFileSync(file, `${strings.mtcute}\n`, { mode: 0o600 });
    const fromFile = await tgAuth(['session', 'import', '--file', file]);
    assert.deepEqual([fromFile.code, fromFile.stdout], [0, 'default\n'], fromFile.stderr);
    assert.doesNotMatch(fromFile.stderr, /Other users/);
    const env = cleanEnv({ TG_AUTH_SESSION_STRING: strings.mtcute });
    const fromEnv = await tgAuth(['session', 'import', '--session', 'other'], env, 'not this');
    assert.deepEqual([fromEnv.code, fromEnv.stdout], [0, 'other\n'], fromEnv.stderr);
  });

  test('warns of a file that others can read', POSIX, async () => {
    const file = join(folder(), 'string.txt');
    writeFileSync(file, strings.mtcute);
    chmodSync(file, 0o644);
    const { code, stderr } = await tgAuth(['session', 'import', '--file', file]);
    assert.equal(code, 0);
    assert.match(stderr, /Other users of this machine can read .*string\.txt/);
    assert.match(stderr, /chmod go= "/);
    assert.doesNotMatch((await tgAuth(['session', 'import', '--file', '/dev/null'])).stderr, /Other users|chmod/);
  });

  test('refuses the string as an argument', async () => {
    for (const args of [
      ['session', 'import', strings.telethon],
      ['session', 'import', '--session-string', strings.telethon],
      ['session', 'import', '--session', strings.telethon],
      ['whoami', '--session', strings.telethon],
    ]) {
      const ended = await tgAuth([...args, '--json'], cleanEnv(), strings.telethon);
      checkFailure(ended, 2, 'USAGE');
      silent(ended.stdout, said(ended));
    }
  });

  test('names the likely format of a damaged string, and stores nothing', async () => {
    const env = cleanEnv();
    const ended = await tgAuth(['session', 'import', '-', '--json'], env, strings.pyrogram.slice(0, -3));
    checkFailure(ended, 2, 'USAGE');
    assert.match(said(ended), /looks like one from Pyrogram, but it is 3 characters too short/);
    silent(ended.stdout, said(ended));
    assert.deepEqual(stored(env), []);
  });

  test('names the sources of the string if it is missing', async () => {
    for (const args of [
      ['session', 'import'],
      ['session', 'import', '-'],
    ]) {
      const ended = await tgAuth([...args, '--json'], cleanEnv(), '\n');
      checkFailure(ended, 2, 'USAGE');
      assert.match(said(ended), /stdin \(-\), with --file FILE, or set TG_AUTH_SESSION_STRING/);
    }
    const file = join(folder(), 'nothing.txt');
    checkFailure(await tgAuth(['session', 'import', '--file', file, '--json']), 32, 'FILE_UNREADABLE');
    checkFailure(await tgAuth(['session', 'import', '-', '--file', file, '--json']), 2, 'USAGE');
  });

  test('keeps a session that is or may be signed in, unless --force is set', async () => {
    for (const [first, words] of [
      [strings.pyrogram, /is signed in/],
      [strings.telethon, /may be signed in/],
    ] as const) {
      const env = await holding(first);
      const path = join(env.HOME ?? '', stored(env)[0] ?? '');
      const kept = readFileSync(path, 'utf8');
      const ended = await tgAuth(['session', 'import', '-', '--json'], env, VECTORS[1]?.strings.mtcute);
      checkFailure(ended, 2, 'USAGE');
      assert.match(said(ended), words);
      assert.equal(readFileSync(path, 'utf8'), kept);
      const forced = await tgAuth(['session', 'import', '-', '--force'], env, VECTORS[1]?.strings.telethon);
      assert.equal(forced.code, 0, forced.stderr);
      const { dc, keys, user } = JSON.parse(readFileSync(path, 'utf8'));
      assert.deepEqual([dc, Object.keys(keys), user], [4, ['4'], undefined], 'nothing of the first session is left');
    }
  });

  test('replaces a session that only asked for a code', async () => {
    const env = envOf(sandbox);
    assert.equal((await tgAuth(['send-code', '9996620001'], env)).code, 0);
    const { code, stderr } = await tgAuth(['session', 'import', '-'], env, strings.telethon);
    assert.equal(code, 0, stderr);
  });
});

describe('the network of a string', { concurrency: 4 }, () => {
  test('follows from its flag or the address of a test DC', async () => {
    for (const format of ['pyrogram', 'mtkruto', 'telethon', 'gramjs'] as const) {
      const env = cleanEnv();
      const { code, stderr } = await tgAuth(['session', 'import', '-'], env, ofTest.strings[format]);
      assert.equal(code, 0, stderr);
      assert.deepEqual(stored(env), ['tg-auth/test/default.json']);
      assert.match(stderr, /DC 2 of the network test/);
    }
  });

  test('follows from --test if the string does not say', async () => {
    const env = await holding(strings.telethon, '--test');
    assert.deepEqual(stored(env), ['tg-auth/test/default.json']);
  });

  test('is refused if it contradicts --test, or another server', async () => {
    const env = envOf(sandbox);
    const refuse = async (args: readonly string[], env: Env, string: string, words: RegExp) => {
      const ended = await tgAuth(['session', 'import', '-', '--json', ...args], env, string);
      checkFailure(ended, 2, 'USAGE');
      assert.match(said(ended), words);
      assert.deepEqual(stored(env), []);
    };
    await refuse(['--test'], cleanEnv(), strings.pyrogram, /--test does not fit this session/);
    await refuse(['--sandbox'], cleanEnv(), strings.pyrogram, /embedded sandbox/);
    const own = (await tgAuth(['session', 'export'], await holding(strings.pyrogram))).stdout;
    await refuse([], env, own, /the network production, but --server names/);
    const away = envOf(sandbox);
    await tgAuth(['send-code', '9996620001'], away);
    const ofServer = (await tgAuth(['session', 'export'], away)).stdout;
    await refuse([], cleanEnv(), ofServer, /a server that is not Telegram's \(server-[0-9a-f]{16}\)/);
  });
});

describe('session export', { concurrency: 4 }, () => {
  for (const format of ['telethon', 'gramjs', 'pyrogram', 'mtcute'] as const)
    test(`prints exactly the string of ${format}`, async () => {
      const { code, stdout, stderr } = await tgAuth(
        ['session', 'export', '--format', format],
        await holding(strings.pyrogram),
      );
      assert.deepEqual([code, stdout], [0, `${strings[format]}\n`]);
      assert.match(stderr, /Anyone with this string can use your account/);
      assert.match(stderr, /AUTH_KEY_DUPLICATED/);
      silent(stderr);
    });

  test('prints the strings of mtkruto and tg-auth, which hold everything', async () => {
    const env = await holding(strings.pyrogram);
    const { stdout } = await tgAuth(['session', 'export', '--format', 'mtkruto', '--json'], env);
    const { ok, method, format, result, dc, network, user } = JSON.parse(stdout);
    assert.deepEqual([ok, method, format], [true, null, 'mtkruto']);
    assert.deepEqual([dc, network, user], [2, 'production', '123456789']);
    const { auth_key, api_id } = readSessionString(result);
    assert.deepEqual([auth_key, api_id], [full.auth_key, 12345]);
    const own = await tgAuth(['session', 'export'], env);
    assert.match(own.stdout, /^tgauth1-[\w-]+\n$/);
    const moved = await holding(own.stdout);
    const [before = '', after = ''] = [env, moved].map((each) =>
      readFileSync(join(each.HOME ?? '', stored(each)[0] ?? ''), 'utf8').replace(/"made": \d+/, ''),
    );
    assert.equal(after, before, 'the session is unchanged after export and import');
    assert.match(after, /"imported": true/);
  });

  test('exports a bot as a bot', async () => {
    const bot = VECTORS[1] ?? assert.fail();
    const args = ['session', 'export', '--format', 'pyrogram', '--api-id', String(bot.full.api_id)];
    const { stdout } = await tgAuth(args, await holding(bot.strings.mtcute));
    assert.equal(stdout, `${bot.strings.pyrogram}\n`);
  });

  test('converts a string without a user for a library that does not need the user', async () => {
    const env = await holding(strings.telethon);
    const { stdout, stderr } = await tgAuth(['session', 'export', '--format', 'gramjs'], env);
    assert.equal(stdout, `${strings.gramjs}\n`);
    assert.match(stderr, /Check that it is still signed in: {2}tg-auth whoami/);
    const ended = await tgAuth(['session', 'export', '--format', 'pyrogram', '--json'], env);
    checkFailure(ended, 2, 'USAGE');
    assert.match(said(ended), /Pyrogram needs the user id.*\n.*tg-auth whoami/);
  });

  test('converts a --session-string and stores nothing', async () => {
    const env = cleanEnv({ TG_AUTH_SESSION_STRING: strings.pyrogram });
    const { stdout } = await tgAuth(['session', 'export', '--format', 'telethon'], env);
    assert.equal(stdout, `${strings.telethon}\n`);
    const flag = await tgAuth(['session', 'export', '--format', 'gramjs', '--session-string', strings.telethon]);
    assert.equal(flag.stdout, `${strings.gramjs}\n`);
    const stdin = ['session', 'export', '--format', 'mtcute', '--session-string', '-'];
    const piped = await tgAuth(stdin, cleanEnv(), `${strings.pyrogram}\n`);
    assert.equal(piped.stdout, `${strings.mtcute}\n`);
    assert.deepEqual(readdirSync(env.HOME ?? ''), []);
  });

  test('exits with 15 for a session that is not signed in', async () => {
    for (const format of ['tg-auth', 'telethon', 'pyrogram']) {
      const env = cleanEnv({ TG_API_ID: '12345' });
      checkFailure(await tgAuth(['session', 'export', '--format', format, '--json'], env), 15, 'AUTH_KEY_UNREGISTERED');
    }
    const env = envOf(sandbox);
    await tgAuth(['send-code', '9996620001'], env);
    for (const format of ['telethon', 'pyrogram', 'gramjs', 'mtcute', 'mtkruto']) {
      const ended = await tgAuth(['session', 'export', '--format', format, '--json'], env);
      checkFailure(ended, 15, 'AUTH_KEY_UNREGISTERED');
    }
    const own = await tgAuth(['session', 'export'], env);
    assert.equal(own.code, 0);
    assert.match(said(own), /This session is not signed in/);
  });

  test('names the option that is missing or malformed', async () => {
    const env = await holding(strings.pyrogram);
    const unnamed = await tgAuth(['session', 'export', '--format', 'pyrogram', '--json'], { ...env, TG_API_ID: '' });
    checkFailure(unnamed, 2, 'USAGE');
    assert.match(said(unnamed), /--api-id.*TG_API_ID/);
    const unknown = await tgAuth(['session', 'export', '--format', 'tdata', '--json'], env);
    checkFailure(unknown, 2, 'USAGE');
    assert.match(said(unknown), /one of tg-auth, .*telethon/);
  });
});

describe('session export --output', POSIX, () => {
  test('writes a file with mode 0600, and replaces one only with --force', async () => {
    const env = await holding(strings.pyrogram);
    const file = join(folder(), 'session.txt');
    const args = ['session', 'export', '--format', 'telethon', '--output', file];
    const { code, stdout, stderr } = await tgAuth(args, env);
    assert.deepEqual([code, stdout], [0, `${file}\n`], stderr);
    assert.equal(readFileSync(file, 'utf8'), `${strings.telethon}\n`);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    writeFileSync(file, 'precious');
    const again = await tgAuth([...args, '--json'], env);
    checkFailure(again, 2, 'USAGE');
    assert.match(said(again), /already exists.*\n.*--force/);
    assert.equal(readFileSync(file, 'utf8'), 'precious');
    chmodSync(file, 0o644);
    assert.equal((await tgAuth([...args, '--force'], env)).code, 0);
    assert.equal(readFileSync(file, 'utf8'), `${strings.telethon}\n`);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(file, '..')), ['session.txt']);
  });

  test('does not write through a link', async () => {
    const env = await holding(strings.pyrogram);
    const place = folder();
    const [link, target] = [join(place, 'link'), join(place, 'target')];
    symlinkSync(target, link);
    const args = ['session', 'export', '--output', link, '--json'];
    checkFailure(await tgAuth(args, env), 2, 'USAGE');
    assert.equal((await tgAuth([...args, '--force'], env)).code, 0);
    assert.equal(existsSync(target), false);
    assert.equal(statSync(link).isFile(), true);
  });

  test('writes into a named pipe or a device, and never replaces it', async () => {
    const env = await holding(strings.pyrogram);
    const pipe = join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const args = ['session', 'export', '--format', 'telethon', '--output'];
    for (const force of [[], ['--force']]) {
      const unread = await tgAuth([...args, pipe, ...force, '--json'], env);
      checkFailure(unread, 32, 'FILE_UNWRITABLE');
      assert.match(said(unread), /no process reads it/);
      const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
      assert.equal((await tgAuth([...args, pipe, ...force], env)).code, 0);
      assert.equal(readFileSync(reader, 'utf8'), `${strings.telethon}\n`);
      closeSync(reader);
      assert.ok(statSync(pipe).isFIFO());
      assert.equal((await tgAuth([...args, '/dev/null', ...force], env)).code, 0);
      assert.ok(statSync('/dev/null').isCharacterDevice());
    }
  });

  test('--output - is stdout, and no name is refused', async () => {
    const env = await holding(strings.pyrogram);
    const args = ['session', 'export', '--format', 'telethon', '--output'];
    assert.equal((await tgAuth([...args, '-'], env)).stdout, `${strings.telethon}\n`);
    const empty = await tgAuth([...args, '', '--json'], env);
    checkFailure(empty, 2, 'USAGE');
    assert.match(said(empty), /^✖ --output must be the name of a file\./);
  });

  test('reports why a file cannot be written', async () => {
    const env = await holding(strings.pyrogram);
    const place = folder();
    for (const [file, force] of [
      [join(place, 'nowhere', 'x'), []],
      [place, ['--force']],
    ] as const) {
      const ended = await tgAuth(['session', 'export', '--output', file, '--json', ...force], env);
      checkFailure(ended, 32, 'FILE_UNWRITABLE');
      assert.match(said(ended), /cannot be written: /);
      silent(said(ended));
    }
    assert.deepEqual(readdirSync(place), []);
  });
});

describe('--session-string', { concurrency: 4 }, () => {
  /** A Telethon string with a key that the sandbox knows, and an environment with that sandbox. */
  async function known(): Promise<{ string: string; env: Env }> {
    const env = envOf(sandbox);
    await tgAuth(['send-code', '9996620001'], env);
    const own = (await tgAuth(['session', 'export', '--quiet'], env)).stdout;
    const { dc, auth_key } = readSessionString(own);
    const address = { host: sandbox.host, port: sandbox.dcs[1]?.port ?? 0 };
    return { string: writeSessionString('telethon', { dc, auth_key, address }), env: envOf(sandbox) };
  }

  test('is used with its key, stored nowhere, and takes no lock', async () => {
    const { string, env } = await known();
    const args = ['send-call', '79991234567', '--hash', '2dc02d2cda9e615c84', '-v'];
    const { code, stdout, stderr } = await tgAuth(args, { ...env, TG_AUTH_SESSION_STRING: string });
    assert.deepEqual([code, stdout], [0, 'true\n'], stderr);
    assert.doesNotMatch(stderr, /made an auth key/, 'no new key was needed');
    for (let i = 20; i + 16 < string.length; i += 8) assert.ok(!stderr.includes(string.slice(i, i + 16)));
    assert.deepEqual(readdirSync(env.HOME ?? ''), []);
  });

  test('is signed in like the session that it was exported from, in every format', async () => {
    const env = envOf(sandbox);
    await tgAuth(['send-code', '9996620001'], env);
    const { stdout: id, stderr } = await tgAuth(['sign-in', '9996620001', '--code', '22222'], env);
    assert.match(id, /^\d+\n$/, stderr);
    for (const format of ['tg-auth', 'telethon', 'gramjs', 'pyrogram', 'mtcute', 'mtkruto']) {
      const string = (await tgAuth(['session', 'export', '--format', format], env)).stdout;
      const elsewhere: Env = { ...envOf(sandbox), TG_AUTH_SESSION_STRING: string };
      const { stdout, stderr } = await tgAuth(['whoami', '--json'], elsewhere);
      assert.equal(`${JSON.parse(stdout).result}\n`, id, stderr);
      assert.deepEqual(readdirSync(elsewhere.HOME ?? ''), []);
    }
  });

  test('is signed out without touching the stored session', async () => {
    const env = envOf(sandbox);
    await tgAuth(['send-code', '9996620000'], env);
    await tgAuth(['sign-in', '9996620000', '--code', '22222'], env);
    const { stdout: string } = await tgAuth(['session', 'export', '--quiet'], env);
    const settings: Env = { ...env, TG_AUTH_SESSION_STRING: string.trim() };
    for (const wasSignedIn of [true, false]) {
      const { code, stdout, stderr } = await tgAuth(['logout', '--json'], settings);
      assert.equal(code, 0, stderr);
      assert.deepEqual(JSON.parse(stdout), {
        ok: true,
        command: 'logout',
        method: 'auth.logOut',
        result: true,
        session: null,
        wasSignedIn,
        next: [],
      });
      assert.doesNotMatch(stderr, /"default"/);
    }
    assert.match((await tgAuth(['session', 'list'], env)).stdout, /^default\t.*\n$/, 'the stored session is left');
  });

  test('imported without a user gets one from whoami, and can then be exported to any library', async () => {
    const env = envOf(sandbox);
    await tgAuth(['send-code', '9996620001'], env);
    const { stdout: id } = await tgAuth(['sign-in', '9996620001', '--code', '22222'], env);
    const { stdout: string } = await tgAuth(['session', 'export', '--format', 'telethon'], env);
    const moved = envOf(sandbox);
    assert.equal((await tgAuth(['session', 'import'], moved, string)).code, 0);
    assert.equal((await tgAuth(['whoami'], moved)).code, 0);
    const { stdout, stderr } = await tgAuth(['session', 'export', '--format', 'pyrogram'], moved);
    assert.equal(`${readSessionString(stdout).user?.id}\n`, id);
    assert.match(stderr, /would connect to Telegram/);
  });

  test('cannot be combined with --session', async () => {
    const env = cleanEnv({ TG_AUTH_SESSION_STRING: strings.pyrogram });
    const ended = await tgAuth(['session', 'export', '--session', 'work', '--json'], env);
    checkFailure(ended, 2, 'USAGE');
    assert.match(said(ended), /--session and TG_AUTH_SESSION_STRING cannot be combined/);
    const beside = await tgAuth(['session', 'export', '--format', 'telethon'], { ...env, TG_AUTH_SESSION: 'work' });
    assert.equal(beside.stdout, `${strings.telethon}\n`, 'TG_AUTH_SESSION is ignored');
  });

  test('cannot be used in an embedded sandbox', async () => {
    const call = ['send-call', '79991234567', '--hash', '2dc02d2cda9e615c84', '--sandbox'];
    const ended = await tgAuth([...call, '--session-string', strings.pyrogram, '--json']);
    checkFailure(ended, 2, 'USAGE');
    silent(said(ended), ended.stdout);
    const env = cleanEnv({ TG_AUTH_SESSION_STRING: strings.pyrogram });
    assert.equal((await tgAuth(call, env)).stdout, 'true\n', 'the sandbox ignores the variable');
  });

  test('is not passed to the command in a sandbox', async () => {
    const { code, stdout, stderr } = await tgAuth(
      ['sandbox', '--', process.execPath, '-p', 'JSON.stringify(process.env.TG_AUTH_SESSION_STRING)'],
      cleanEnv({ TG_AUTH_SESSION_STRING: strings.pyrogram }),
    );
    assert.deepEqual([code, stdout], [0, '""\n'], stderr);
  });

  test('is not read from the config file', async () => {
    const config = folder();
    mkdirSync(join(config, 'tg-auth'), { mode: 0o700 });
    const text = JSON.stringify({ 'session-string': strings.pyrogram });
    writeFileSync(join(config, 'tg-auth', 'config.json'), text, { mode: 0o600 });
    const ended = await tgAuth(['session', 'export', '--json'], cleanEnv({ XDG_CONFIG_HOME: config }));
    checkFailure(ended, 2, 'USAGE');
    assert.match(said(ended), /Unknown key "session-string"/);
    silent(ended.stdout, said(ended));
  });

  test('is refused if malformed, and not printed', async () => {
    for (const string of [strings.pyrogram.slice(5), `${strings.telethon} ${strings.telethon}`, 'x'.repeat(300)]) {
      const env = cleanEnv({ TG_AUTH_SESSION_STRING: string, TG_API_ID: '1' });
      const ended = await tgAuth(['whoami', '--json', '-v'], env);
      checkFailure(ended, 2, 'USAGE');
      silent(ended.stdout, said(ended));
    }
    checkFailure(await tgAuth(['whoami', '--session-string', '', '--json']), 2, 'USAGE');
  });
});

describe('at a terminal', POSIX, () => {
  test('import prompts for the string, hides it, and prompts again if it is malformed', async () => {
    const env = cleanEnv();
    const typist = atTerminal(['session', 'import'], env);
    await typist.sees(/\? Session string/);
    typist.types(`${strings.pyrogram.slice(0, -3)}\r`);
    await typist.sees(/like one from Pyrogram/);
    typist.types(`\x15${strings.pyrogram}\r`);
    const { code, screen, raw } = await typist.ended;
    assert.equal(code, 0, screen);
    assert.match(screen, /Stored the Pyrogram session as "default"/);
    silent(raw);
    assert.deepEqual(stored(env), ['tg-auth/production/default.json']);
  });

  test('export shows the string only with --show', async () => {
    const env = await holding(strings.pyrogram);
    const { code, screen, raw } = await atTerminal(['session', 'export'], env).ended;
    assert.equal(code, 2);
    assert.match(screen, /--output FILE, or allow it with --show/);
    silent(raw);
    const shown = await atTerminal(['session', 'export', '--format', 'telethon', '--show'], env).ended;
    assert.equal(shown.code, 0);
    assert.ok(shown.raw.includes(strings.telethon));
    const file = join(folder(), 'session.txt');
    assert.equal((await atTerminal(['session', 'export', '--output', file], env).ended).code, 0);
    assert.match(readFileSync(file, 'utf8'), /^tgauth1-/);
  });
});

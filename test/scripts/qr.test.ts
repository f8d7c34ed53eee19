/** `login --qr` for programs: JSON, a picture in a file, and two processes. */
import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inflateSync } from 'node:zlib';
import jsqr from 'jsqr';
import { InterruptedError, UsageError } from '../../src/errors.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { BIN, type Env, envOf, folder, POSIX, sessionFile, start } from './cli.ts';
import { answerOf, tgAuth } from './in-process.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

/** An ordinary account on DC 2; one on DC 1; one on DC 1 with a password. */
const [ADA, MOVED, LOCKED] = ['+9996625001', '+9996615002', '+9996611002'];

/** Draws black squares of 4 pixels on white. */
function scan(size: number, isDark: (x: number, y: number) => boolean): string | undefined {
  const width = size * 4;
  const pixels = new Uint8ClampedArray(width * width * 4);
  for (let i = 0; i < width * width; i++) {
    const dark = isDark(Math.floor((i % width) / 4), Math.floor(i / width / 4));
    pixels.set([dark ? 0 : 255, dark ? 0 : 255, dark ? 0 : 255, 255], i * 4);
  }
  return jsqr.default(pixels, width, width)?.data;
}

function scanSvg(text: string): string | undefined {
  const [, size = ''] = /^<svg [^>]*viewBox="0 0 (\d+) \1"/.exec(text) ?? [];
  const dark = new Set([...text.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x} ${y}`));
  return scan(Number(size), (x, y) => dark.has(`${x} ${y}`));
}

/** Reads a PNG of one bit for each pixel, without filters, whose modules have 8 pixels. */
function scanPng(file: Buffer): string | undefined {
  assert.equal(file.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
  const width = file.readUInt32BE(16);
  assert.deepEqual([...file.subarray(24, 29)], [1, 0, 0, 0, 0]);
  const data = inflateSync(file.subarray(41, 41 + file.readUInt32BE(33)));
  const stride = width / 8 + 1;
  assert.equal(data.length, stride * width);
  return scan(width / 8, (x, y) => data[stride * y * 8 + 1 + x] === 0);
}

const scanFile = (path: string) =>
  /png$/i.test(path) ? scanPng(readFileSync(path)) : scanSvg(readFileSync(path, 'utf8'));

interface Event {
  readonly event?: string;
  readonly link: string;
  readonly expires: number;
}

/** Runs `login --qr` and calls `onToken` for each token that it prints as JSON. */
async function login(env: Env, words: readonly string[], onToken: (event: Event) => void) {
  const lines: string[] = [];
  const ended = await tgAuth(['login', '--qr', '--json', '--verbose', ...words], env, '', {
    onLine(line) {
      lines.push(line);
      const event: Event = JSON.parse(line);
      if (event.event === 'qr') onToken(event);
    },
  });
  assert.doesNotMatch(ended.stderr, /tg:\/\/login|token=/, 'the link is only on stdout');
  return { ...ended, lines, last: JSON.parse(lines.at(-1) ?? '') };
}

/** A slow machine may be too late for a token that lives a few seconds. */
function scanned(quick: Sandbox, link: string): void {
  try {
    quick.scan(link, MOVED);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
}

/** `login --qr --start`. Returns the link. */
async function started(env: Env, ...words: readonly string[]): Promise<string> {
  const { code, json } = await answerOf(['login', '--qr', '--start', ...words], env);
  assert.equal(code, 0);
  const [next] = json.next;
  assert.match(next?.run ?? '', /^tg-auth (--session \w+ )?login --qr --wait$/);
  assert.doesNotMatch(JSON.stringify(json.next), /token=/);
  return String(json.result);
}

const waits = (env: Env, words: readonly string[] = [], stdin = '') =>
  answerOf(['login', '--qr', '--wait', ...words], env, { input: stdin });

const next = ({ json }: { json: { next: readonly { run: string }[] } }) => json.next.map(({ run }) => run);

describe('in one process', { concurrency: 2 }, () => {
  for (const name of ['code.svg', 'code.PNG'])
    test(`prints each token, writes it to ${name}, and ends with the account`, POSIX, async () => {
      const quick = await startSandbox({ speed: 10 }); // a token lives three seconds
      const path = join(folder(), name);
      const seen: Event[] = [];
      const { code, lines, last } = await login(envOf(quick), ['--qr-file', path], (event) => {
        seen.push(event);
        assert.equal(scanFile(path), event.link, 'a camera reads the link in the file');
        assert.equal(lstatSync(path).mode & 0o777, 0o600);
        if (seen.length > 1) scanned(quick, event.link); // one that is accepted too late is followed by another
      });
      await quick.close();
      assert.equal(code, 0);
      assert.equal(last.phone, MOVED);
      assert.equal(lines.length, seen.length + 1);
      assert.notEqual(seen[0]?.link, seen[1]?.link);
      assert.ok(Number(seen[0]?.expires) <= Number(seen[1]?.expires));
      assert.deepEqual(readdirSync(dirname(path)), [], 'no file is left');
    });

  test('stops at a password, which the next step goes on with', async () => {
    const env = envOf(sandbox);
    const path = join(folder(), 'code.svg');
    const { code, last } = await login(env, ['--qr-file', path], ({ link }) => sandbox.scan(link, LOCKED));
    assert.deepEqual([code, existsSync(path)], [14, false]);
    assert.deepEqual(next({ json: last }), ['tg-auth login --qr --wait --password -']);
    const wrong = await waits(env, ['--password', '-'], 'wrong\n');
    assert.equal(wrong.code, 14);
    assert.equal(next(wrong)[0], 'tg-auth login --qr --wait --password -');
    const right = await waits({ ...env, TG_AUTH_PASSWORD: 'sandbox' });
    assert.equal(right.json.phone, LOCKED);
    assert.equal((await answerOf(['whoami'], env)).json.phone, LOCKED);
  });

  test('deletes the file on a signal', POSIX, async () => {
    for (const [signal, exit] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const path = join(folder(), 'code.png');
      const words = [BIN, 'login', '--qr', '--json', '--qr-file', path];
      const { child, ended } = start(process.execPath, words, envOf(sandbox), '');
      let wasThere: boolean | undefined;
      child.stdout?.once('data', () => {
        wasThere = existsSync(path);
        child.kill(signal);
      });
      const { code, stdout } = await ended;
      assert.deepEqual([code, wasThere, existsSync(path)], [exit, true, false], stdout);
    }
  });

  test('fills an empty file, and leaves one that took its place', async () => {
    const path = join(folder(), 'code.svg');
    writeFileSync(path, '');
    const { code } = await login(envOf(sandbox), ['--qr-file', path], ({ link }) => {
      assert.equal(scanFile(path), link);
      rmSync(path);
      writeFileSync(`${path}.new`, 'mine');
      renameSync(`${path}.new`, path);
      sandbox.scan(link, ADA);
    });
    assert.deepEqual([code, readFileSync(path, 'utf8')], [0, 'mine']);
  });

  test('refuses a file that exists, before it connects, and one that cannot be written', POSIX, async () => {
    const here = folder();
    writeFileSync(join(here, 'a.svg'), 'mine');
    mkdirSync(join(here, 'b.svg'));
    symlinkSync('nowhere', join(here, 'c.svg'));
    for (const name of ['a.svg', 'b.svg', 'c.svg']) {
      const { code, json } = await answerOf(['login', '--qr', '--qr-file', join(here, name)], envOf(sandbox));
      assert.equal(code, 2, name);
      assert.match(JSON.stringify(json.error), /already exists/);
    }
    assert.equal(readFileSync(join(here, 'a.svg'), 'utf8'), 'mine');
    const none = await answerOf(['login', '--qr', '--qr-file', join(here, 'no', 'd.svg')], envOf(sandbox));
    assert.deepEqual([none.code, none.json.error?.type], [32, 'FILE_UNWRITABLE']);
  });

  test('refuses options that do not fit', async () => {
    const env = envOf(sandbox);
    for (const words of [
      ['--qr', '--qr-file', 'code.gif'],
      ['--qr', '--qr-file', 'svg'],
      ['--qr-file', 'code.svg'],
      ['--start'],
      ['--wait'],
      ['--qr', '--start', '--wait'],
      ['--qr', '--start', '--qr-file', 'code.svg'],
      ['--qr', '--start', '--sandbox'],
      ['--qr', '--wait', '--sandbox'],
      ['--bot', '--start'],
    ]) {
      const { code, json } = await answerOf(['login', ...words], env);
      assert.deepEqual([code, json.error?.type], [2, 'USAGE'], words.join(' '));
      assert.notDeepEqual(json.next, [], words.join(' '));
    }
  });
});

describe('in two processes', { concurrency: 2 }, () => {
  /** The key of the only session, as it is stored. */
  const keyOf = (env: Env) => /"auth_key": "[^"]+"/.exec(readFileSync(sessionFile(env) ?? '', 'utf8'))?.[0];

  test('the second goes on with the key of the first', async () => {
    const env = envOf(sandbox);
    const link = await started(env);
    const key = keyOf(env);
    assert.equal(await started(env), link, 'a token that is still valid');
    sandbox.scan(link, ADA);
    const { code, json, stderr } = await waits(env);
    assert.deepEqual([code, json.phone, stderr], [0, ADA, '']);
    assert.ok(key !== undefined && keyOf(env) === key);
    assert.doesNotMatch(readFileSync(sessionFile(env) ?? '', 'utf8'), /login\?token/);
    assert.equal((await waits(env)).json.phone, ADA, 'it is signed in already');
  });

  test('the second prints a token only if the first one has expired', async () => {
    const quick = await startSandbox();
    const env = envOf(quick);
    const link = await started(env);
    quick.clock({ advance: 31 });
    const seen: string[] = [];
    const { code, last } = await login(env, ['--wait'], (event) => {
      seen.push(event.link);
      quick.scan(event.link, ADA);
    });
    await quick.close();
    assert.deepEqual([code, seen.length, last.phone], [0, 1, ADA]);
    assert.notEqual(seen[0], link);
  });

  test('after an interruption, another one waits for the same token', async () => {
    const env = envOf(sandbox);
    const link = await started(env);
    const stop = new AbortController();
    const path = join(folder(), 'code.svg');
    const stopped = answerOf(['login', '--qr', '--wait', '--qr-file', path], env, { interrupted: stop.signal });
    while (!existsSync(path) || scanFile(path) !== link) await new Promise(setImmediate); // it is empty at first
    stop.abort(new InterruptedError({ signal: 'SIGINT' }));
    const { code, json } = await stopped;
    assert.equal(code, 130);
    assert.deepEqual(next({ json }), ['tg-auth login --qr --wait']);
    sandbox.scan(link, ADA);
    const { lines } = await login(env, ['--wait'], () => assert.fail('the token has not changed'));
    assert.equal(lines.length, 1);
  });

  test('over data centres, with a password, in a named session that is encrypted', async () => {
    const env = envOf(sandbox, { TG_AUTH_PASSPHRASE: 'open sesame', TG_AUTH_NEW_PASSPHRASE: 'open sesame' });
    const link = await started(env, '--session', 'work');
    assert.match(readFileSync(sessionFile(env) ?? '', 'utf8'), /"sealed"/);
    sandbox.scan(link, LOCKED);
    const due = await waits(env, ['--session', 'work']);
    assert.equal(due.code, 14);
    assert.deepEqual(next(due), ['tg-auth --session work login --qr --wait --password -']);
    const { code, json } = await waits(env, ['--session', 'work', '--password', '-'], 'sandbox\n');
    assert.deepEqual([code, json.phone], [0, LOCKED]);
  });

  test('says what to do if nothing is pending, or the server has forgotten it', async () => {
    const own = await startSandbox();
    const env = envOf(own);
    const none = await waits(env);
    assert.deepEqual([none.code, next(none)], [2, ['tg-auth login --qr --start']]);
    own.scan(await started(env), LOCKED);
    assert.equal((await waits(env)).code, 14);
    const [{ state } = { state: '' }] = JSON.parse((await tgAuth(['session', 'list', '--json'], env)).stdout).result;
    assert.equal(state, 'password-pending');
    own.reset();
    const forgotten = await waits(env, ['--password', '-'], 'sandbox\n');
    assert.deepEqual([forgotten.code, next(forgotten)], [15, ['tg-auth login --qr --start']]);
    assert.equal((await waits(env)).code, 2);
    await own.close();
  });

  test('print links and the user id without --json', async () => {
    const own = await startSandbox();
    const env = envOf(own);
    const first = await tgAuth(['login', '--qr', '--start'], env);
    assert.match(first.stdout, /^tg:\/\/login\?token=[\w-]{43}\n$/);
    assert.match(first.stderr, /: {2}tg-auth login --qr --wait$/m);
    const shown = JSON.parse((await tgAuth(['session', 'show', '--json'], env)).stdout).result;
    assert.equal(shown.qr.passwordNeeded, false);
    own.clock({ advance: 31 });
    const onLine = (line: string) => line.startsWith('tg://') && own.scan(line, ADA);
    const second = await tgAuth(['login', '--qr', '--wait'], env, '', { onLine });
    assert.match(second.stdout, /^tg:\/\/login\?token=[\w-]{43}\n\d+\n$/);
    for (const { stderr } of [first, second]) assert.doesNotMatch(stderr, /token=/);
    await own.close();
  });

  test('a signed-in session accepts the link', async () => {
    const env = envOf(sandbox);
    await answerOf(['send-code', ADA, '--session', 'phone'], env);
    await answerOf(['sign-in', ADA, '--session', 'phone', '--code', '22222'], env);
    const link = await started(env);
    await answerOf(['devices', 'accept', link, '--yes', '--session', 'phone'], env);
    assert.equal((await waits(env)).json.phone, ADA);
  });
});

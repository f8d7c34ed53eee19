import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { memoryStore } from '../../src/session/memory.ts';
import { emptySession, type Session } from '../../src/session/session.ts';
import type { OpenSession } from '../../src/session/store.ts';
import { removeFolder, storeIn, temporaryFolder, waiting } from './folder.ts';

const WINDOWS = process.platform === 'win32';
const root = temporaryFolder();
after(() => removeFolder(root));

let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
});

const session: Session = { ...emptySession('test', 2), time_offset: 7 };
const path = (name: string) => join(folder, 'test', name);
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);
const open = (name = 'default') => storeIn(folder).open(name, 'test', waiting());
const refused = (type: string, words: RegExp) => ({
  name: type === 'USAGE' ? 'UsageError' : 'StoreError',
  type,
  message: words,
});

async function stored(value = session, name = 'default'): Promise<void> {
  const opened = await open(name);
  await opened.save(value);
  await opened.close();
}

/** Creates a lock like an owner with that PID. */
function lockOf(pid: number, name = 'default.lock', host = hostname()): void {
  mkdirSync(path(''), { recursive: true, mode: 0o700 });
  writeFileSync(path(name), `${pid} 1000 ${host} tg-auth send-code\n`);
}

/** A living process, and a PID that no system reaches. */
const LIVING = process.ppid;
const DEAD = 2 ** 30;

for (const [kind, store] of [
  ['a file', () => storeIn(folder)],
  ['memory', memoryStore],
] as const)
  test(`a session is kept in ${kind}, apart from those of other names and networks`, async () => {
    const sessions = store();
    const first = await sessions.open('default', 'test', waiting());
    assert.equal(first.session, undefined);
    await first.save(session);
    assert.deepEqual(first.session, session);
    await first.close();
    const read = async (name: string, network: string) => {
      const opened: OpenSession = await sessions.open(name, network, waiting());
      await opened.close();
      return opened.session;
    };
    assert.deepEqual(await read('default', 'test'), session);
    assert.equal(await read('other', 'test'), undefined);
    assert.equal(await read('default', 'server-d09d1d85de64fd85'), undefined);
  });

test('saves are written in the order of the calls, all before close returns', async () => {
  const opened = await open();
  const saves = [1, 2, 3].map((time_offset) => opened.save({ ...session, time_offset }));
  assert.equal(opened.session?.time_offset, 3, 'the value is known at once');
  await opened.close();
  await Promise.all(saves);
  assert.equal(JSON.parse(readFileSync(path('default.json'), 'utf8')).time_offset, 3);
  await assert.rejects(opened.save(session), /closed/);
});

test('codes older than a day are removed by a save', async () => {
  const asked = Date.now() / 1000 - 86_500;
  await stored({ ...session, pending: { '7999': { dc: 2, phone_code_hash: 'h', type: 't', asked } } });
  const opened = await open();
  await opened.close();
  assert.deepEqual(opened.session?.pending, {});
});

test('files are 0600 in folders that are 0700, with a lock only while open', { skip: WINDOWS }, async () => {
  const opened = await open();
  assert.equal(modeOf(path('default.lock')), '600');
  await opened.save(session);
  await opened.close();
  assert.deepEqual([folder, path(''), path('default.json')].map(modeOf), ['700', '700', '600']);
  assert.deepEqual(readdirSync(path('')), ['default.json']);
});

test('a folder that others can list is tightened', { skip: WINDOWS }, async () => {
  await stored();
  for (const each of [folder, path('')]) chmodSync(each, 0o755);
  await (await open()).close();
  assert.deepEqual([folder, path('')].map(modeOf), ['700', '700']);
});

test('a file that others can read and a folder that they can write in are refused', { skip: WINDOWS }, async () => {
  await stored();
  chmodSync(path('default.json'), 0o640);
  await assert.rejects(open(), refused('STORE_PERMISSIONS', /default\.json.*0640/));
  assert.equal(modeOf(path('default.json')), '640');
  chmodSync(path('default.json'), 0o600);
  for (const each of [folder, path('')]) {
    chmodSync(each, 0o770);
    await assert.rejects(open(), refused('STORE_PERMISSIONS', /0770/));
    chmodSync(each, 0o700);
  }
  await (await open()).close();
});

test('a damaged file is refused, stays as it is, and the lock is released', async () => {
  await stored();
  const whole = readFileSync(path('default.json'), 'utf8');
  const cases = [
    ['', 'STORE_CORRUPT', /it is empty/],
    [whole.slice(0, -9), 'STORE_CORRUPT', /not a JSON object/],
    [whole.replace('"dc": 2', '"dc": -2'), 'STORE_CORRUPT', /dc must be/],
    [whole.replace('"test"', '"production"'), 'STORE_CORRUPT', /network "production"/],
    [whole.replace('"version": 4', '"version": 9'), 'STORE_NEWER', /9/],
    [whole.replace('"version": 4', '"version": 3'), 'STORE_CORRUPT', /version must be 4/],
  ] as const;
  for (const [text, type, words] of cases) {
    writeFileSync(path('default.json'), text);
    await assert.rejects(open(), refused(type, words));
    assert.equal(readFileSync(path('default.json'), 'utf8'), text);
    assert.deepEqual(readdirSync(path('')), ['default.json']);
  }
});

test('system errors are reported in words, with the path', async () => {
  mkdirSync(path('default.json'), { recursive: true, mode: 0o700 });
  await assert.rejects(open(), refused('STORE_UNREADABLE', /default\.json.*it is a folder/));
  writeFileSync(join(folder, 'production'), '');
  chmodSync(join(folder, 'production'), 0o600);
  const inFile = storeIn(folder).open('default', 'production', waiting());
  await assert.rejects(inFile, refused('STORE_UNWRITABLE', /production.*a part of its path is a file/));
  const below = storeIn(join(folder, 'production', 'deep')).open('default', 'test', waiting());
  await assert.rejects(below, refused('STORE_UNWRITABLE', /deep.*a part of its path is a file/));
});

test('a folder with a NUL character in its path is reported in words', async () => {
  const inFolder = storeIn(join(folder, 'no\0name'));
  await assert.rejects(inFolder.open('default', 'test', waiting()), refused('STORE_UNWRITABLE', /a NUL character/));
  assert.throws(() => inFolder.list(), refused('STORE_UNREADABLE', /a NUL character/));
});

test('a failed save says why, leaves no file, and does not stop the next one', async () => {
  const opened = await open();
  mkdirSync(path('default.json'));
  await assert.rejects(opened.save(session), refused('STORE_UNWRITABLE', /default\.json.*it is a folder/));
  assert.deepEqual(readdirSync(path('')).sort(), ['default.json', 'default.lock']);
  rmdirSync(path('default.json'));
  await opened.save(session);
  await opened.close();
  assert.equal(JSON.parse(readFileSync(path('default.json'), 'utf8')).time_offset, 7);
});

test('a save removes the temporary files of this session, and no others', async () => {
  await stored();
  const ofKilled = 'default.json.0123456789abcdef';
  for (const name of [ofKilled, 'default.json.x', 'default.json.1.json', 'other.json.0123456789abcdef'])
    writeFileSync(path(name), '', { mode: 0o600 });
  await (await open()).close();
  assert.equal(existsSync(path(ofKilled)), true, 'opening only reads');
  await stored();
  const left = readdirSync(path('')).sort();
  assert.deepEqual(left, ['default.json', 'default.json.1.json', 'default.json.x', 'other.json.0123456789abcdef']);
});

test('a session that could not be read back is refused, and the old one stays', async () => {
  const opened = await open();
  await opened.save(session);
  await assert.rejects(opened.save({ ...session, time_offset: Number.NaN }), /time_offset must be a number/);
  assert.equal(opened.session?.time_offset, 7);
  await opened.close();
});

test('a file with the name of a folder is reported and not changed', { skip: WINDOWS }, async () => {
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(path(''), 'not ours');
  chmodSync(path(''), 0o644);
  await assert.rejects(open(), refused('STORE_UNWRITABLE', /a part of its path is a file/));
  assert.equal(modeOf(path('')), '644');
});

test('invalid names are refused before any file is touched', async () => {
  const names = [
    '',
    '.',
    '..',
    '.hidden',
    '../x',
    'a/b',
    'a\\b',
    'a b',
    'a\0',
    'a\n',
    'é',
    'x'.repeat(65),
    'C:',
    'NUL',
    'com1.x',
    '-',
    '-x',
  ];
  for (const name of names) {
    await assert.rejects(open(name), refused('USAGE', /is not a valid name for a session/), JSON.stringify(name));
    await assert.rejects(
      storeIn(folder).open('default', name, waiting()),
      refused('USAGE', /is not a valid name for a network/),
    );
  }
  assert.equal(existsSync(folder), false);
  for (const name of ['a', '+79991234567', '_x', 'me@home'.replace('@', '.'), 'x'.repeat(64), 'console'])
    await (await open(name)).close();
});

test('a living owner keeps its lock, here or on another machine', async () => {
  lockOf(LIVING);
  await assert.rejects(open(), refused('STORE_LOCKED', new RegExp(`process ${LIVING}: tg-auth send-code`)));
  lockOf(DEAD, 'default.lock', 'elsewhere');
  await assert.rejects(open(), refused('STORE_LOCKED', new RegExp(`process ${DEAD} on elsewhere: tg-auth send-code`)));
});

test('one process cannot open a session twice, even with another spelling of the folder', async () => {
  const opened = await open();
  for (const spelling of [folder, relative(process.cwd(), folder)]) {
    const again = storeIn(spelling).open('default', 'test', waiting());
    await assert.rejects(again, refused('STORE_LOCKED', new RegExp(`process ${process.pid}: a test`)));
  }
  await opened.close();
  await (await open()).close();
});

test("a dead owner's lock is taken over, also that of an earlier process with our PID", async () => {
  for (const pid of [DEAD, process.pid]) {
    lockOf(pid);
    await (await open()).close();
  }
  lockOf(DEAD);
  lockOf(DEAD, `default.lock.${DEAD}-1000`);
  await (await open()).close();
  assert.deepEqual(readdirSync(path('')), []);
});

test('only one process may remove a dead lock; the others wait for it', async () => {
  lockOf(DEAD);
  lockOf(LIVING, `default.lock.${DEAD}-1000`);
  await assert.rejects(open(), refused('STORE_LOCKED', new RegExp(`process ${LIVING}`)));
  assert.equal(existsSync(path('default.lock')), true);
});

test('a late process does not remove the lock of the one before it', async () => {
  lockOf(DEAD);
  const kill = (pid: number, signal: 0) => {
    if (pid === DEAD) lockOf(LIVING); // another process takes the lock between reading and removing it
    process.kill(pid, signal);
  };
  const late = storeIn(folder, { kill }).open('default', 'test', waiting());
  await assert.rejects(late, refused('STORE_LOCKED', new RegExp(`process ${LIVING}`)));
  assert.deepEqual(readdirSync(path('')), ['default.lock']);
});

test('an empty lock is taken over within two seconds', async () => {
  lockOf(DEAD);
  writeFileSync(path('default.lock'), '');
  await assert.rejects(open(), refused('STORE_LOCKED', /a process/));
  const later = await storeIn(folder, { now: () => Date.now() + 1500 }).open('default', 'test', waiting());
  await later.close();
});

test('waiting ends with the reason of the signal', async () => {
  lockOf(LIVING);
  const controller = new AbortController();
  const reason = new Error('enough');
  const onWait = () => controller.abort(reason);
  await assert.rejects(
    storeIn(folder).open('default', 'test', waiting(60_000, { signal: controller.signal, onWait })),
    reason,
  );
});

test('files whose names no session can have are not listed', { skip: WINDOWS }, async () => {
  const session = await open();
  await session.save(emptySession('test', 2));
  await session.close();
  for (const name of ['a\nb', '\x1b[31m', '.hidden', '-x', 'x'.repeat(65)]) {
    writeFileSync(path(`${name}.json`), '{}');
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'a.json'), '{}');
  }
  assert.deepEqual(storeIn(folder).list(), [{ network: 'test', name: 'default' }]);
});

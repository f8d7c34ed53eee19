/** Dead locks of every kind, and living owners in every place. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { NetworkError, StoreError } from '../../src/errors.ts';
import { formatOwner, type Owner, thisOwner } from '../../src/session/owner.ts';
import { emptySession } from '../../src/session/session.ts';
import { removeFolder, storeIn, temporaryFolder, waiting } from './folder.ts';

const POSIX = { skip: process.platform === 'win32' };
const LINUX = { skip: process.platform !== 'linux' };
const root = temporaryFolder();
after(() => removeFolder(root));

let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(path(''), { recursive: true, mode: 0o700 });
});

const path = (name: string) => join(folder, 'test', name);
const lock = () => path('default.lock');
const open = () => storeIn(folder).open('default', 'test', waiting());

const me = thisOwner({ pid: process.pid, command: 'tg-auth login', now: Date.now, kill: process.kill });
/** A living process, as this machine describes it. */
const living = { ...me, pid: process.ppid, born: bornOf(process.ppid) };
const DEAD = 2 ** 30;

function bornOf(pid: number): string {
  if (process.platform !== 'linux') return '';
  return (
    readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ')[19] ?? ''
  );
}

/** Creates a lock that was refreshed this many seconds ago. */
function lockOf(owner: Owner | undefined, seconds = 0): void {
  writeFileSync(lock(), owner === undefined ? '' : formatOwner(owner));
  const time = Date.now() / 1000 - seconds;
  utimesSync(lock(), time, time);
}

async function isTaken(): Promise<void> {
  await (await open()).close();
  assert.deepEqual(readdirSync(path('')), []);
}

const isKept = (words: string) =>
  assert.rejects(
    open(),
    (error) => error instanceof StoreError && error.type === 'STORE_LOCKED' && error.message.includes(words),
  );

test('a link with the name of a lock is replaced', POSIX, async () => {
  const target = path('target');
  for (const text of [undefined, formatOwner(living)]) {
    if (text !== undefined) writeFileSync(target, text);
    symlinkSync(target, lock());
    await (await storeIn(folder, { now: () => Date.now() + 2000 }).open('default', 'test', waiting())).close();
    assert.deepEqual(readdirSync(path('')), text === undefined ? [] : ['target']);
  }
});

test('a pipe with the name of a lock does not block', POSIX, async () => {
  assert.equal(spawnSync('mkfifo', [lock()]).status, 0);
  utimesSync(lock(), 1, 1);
  await isTaken();
});

test('a folder with the name of a lock is reported', async () => {
  mkdirSync(lock());
  await assert.rejects(open(), { type: 'STORE_UNREADABLE', message: /it is a folder/ });
});

test('an empty lock from the future counts as dead, like an old one', async () => {
  for (const seconds of [5, -5, -86_400, -1e9]) {
    lockOf(undefined, seconds);
    await isTaken();
  }
  lockOf(undefined);
  await isKept('a process');
});

const ELSEWHERE: readonly (readonly [string, Partial<Owner>, string, object])[] = [
  ['on another host', { host: 'elsewhere' }, 'on elsewhere: tg-auth login', {}],
  ['in another PID namespace', { namespace: '1' }, 'in another container: tg-auth login', LINUX],
  ['of another boot, or of a machine with the same name', { boot: 'b' }, 'in another container: tg-auth login', LINUX],
];

for (const [where, difference, words, on] of ELSEWHERE)
  test(`an owner ${where} is alive while it refreshes its lock, whatever has its PID here`, on, async () => {
    for (const pid of [DEAD, process.pid, process.ppid]) {
      for (const seconds of [0, 50]) {
        lockOf({ ...me, ...difference, pid }, seconds);
        await isKept(`process ${pid} ${words}`);
      }
      for (const seconds of [61, -61, -86_400]) {
        lockOf({ ...me, ...difference, pid }, seconds);
        await isTaken();
      }
    }
  });

test('an owner that can be looked up need not refresh its lock', async () => {
  lockOf(living, 86_400);
  await isKept(`process ${living.pid}: tg-auth login`);
  lockOf({ ...living, pid: DEAD });
  await isTaken();
});

test('a PID that no process can have is not an owner', async () => {
  for (const pid of [2 ** 31, 2 ** 32 + process.ppid, 1e20]) {
    lockOf({ ...living, pid }, 5);
    await isTaken();
  }
});

test('a PID that now belongs to another program is not the owner', LINUX, async () => {
  for (const pid of [living.pid, process.pid]) {
    lockOf({ ...me, pid, born: '1' });
    await isTaken();
  }
});

test('a lock of this process is its own, also from another copy of this code', LINUX, async () => {
  lockOf(me);
  await isKept(`process ${process.pid}: tg-auth login`);
});

test('without start times, a process owns the locks with its PID that it knows of', async () => {
  const nameless = { ...me, born: '' };
  lockOf(nameless);
  const opened = await open();
  lockOf(nameless);
  await isKept(`process ${process.pid}: tg-auth login`);
  await opened.close();
});

test('a zombie is dead', LINUX, async () => {
  // The shell becomes a sleep, which never waits for its child. The shell itself would, so the child ends after that.
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(String(line));
  while (readFileSync(`/proc/${parent.pid}/comm`, 'utf8') !== 'sleep\n') await new Promise(setImmediate);
  process.kill(pid, 'SIGKILL');
  while (!readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ')) await new Promise(setImmediate);
  lockOf({ ...me, pid, born: bornOf(pid) });
  await isTaken();
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

test('a lock identifies its owner, and is refreshed', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const opened = await open();
  const text = readFileSync(lock(), 'utf8');
  assert.match(text, new RegExp(`^${process.pid} \\d+ ${hostname()}/`));
  if (process.platform === 'linux') {
    const [, namespace] = readlinkSync('/proc/self/ns/pid').split(/[[\]]/);
    assert.match(text, new RegExp(`/[0-9a-f-]{36}/${namespace}/${bornOf(process.pid)} a test\\n$`));
  }
  utimesSync(lock(), 1, 1);
  t.mock.timers.tick(15_000);
  assert.ok(Date.now() - statSync(lock()).mtimeMs < 15_000);
  await opened.close();
  const fd = openSync(path('other'), 'w'); // gets the descriptor number of the lock
  utimesSync(path('other'), 1, 1);
  t.mock.timers.tick(15_000);
  closeSync(fd);
  assert.equal(statSync(path('other')).mtimeMs, 1000);
  assert.deepEqual(readdirSync(path('')), ['other']);
});

test('a session that is never closed does not keep the process alive', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const before = timers();
  const opened = await open();
  assert.equal(timers(), before);
  await opened.close();
});

test('a lock that is refreshed or replaced just before its takeover stays', async () => {
  const old = { ...me, host: 'elsewhere', pid: DEAD };
  for (const [seconds, owner] of [
    [0, old],
    [3600, { ...living, startedMs: 5 }],
  ] as const) {
    lockOf(old, 3600);
    const { mtime } = statSync(lock());
    let looks = 0;
    const now = () => {
      if (++looks === 2) {
        lockOf(owner, seconds); // between reading it and removing it
        if (seconds !== 0) utimesSync(lock(), mtime, mtime);
      }
      return Date.now();
    };
    const late = storeIn(folder, { now }).open('default', 'test', waiting());
    await assert.rejects(late, { type: 'STORE_LOCKED', message: new RegExp(`process ${owner.pid}`) });
    assert.equal(readFileSync(lock(), 'utf8'), formatOwner(owner));
  }
});

test('an owner whose lock was taken over changes and removes nothing', async () => {
  const opened = await open();
  const text = readFileSync(lock(), 'utf8');
  await opened.save(emptySession('test', 2));
  lockOf({ ...me, host: 'elsewhere' });
  await assert.rejects(opened.save(emptySession('test', 3)), { type: 'STORE_LOCKED', message: /on elsewhere/ });
  await assert.rejects(opened.remove(), { type: 'STORE_LOCKED' });
  assert.equal(JSON.parse(readFileSync(path('default.json'), 'utf8')).dc, 2);
  writeFileSync(lock(), text);
  await opened.save(emptySession('test', 4));
  rmSync(lock()); // removed by a person
  await opened.save(emptySession('test', 5));
  assert.equal(JSON.parse(readFileSync(path('default.json'), 'utf8')).dc, 5);
  lockOf({ ...me, host: 'elsewhere' });
  await opened.close();
  assert.deepEqual(readdirSync(path('')).sort(), ['default.json', 'default.lock']);
});

test('a timeout while waiting for a lock names the lock', async () => {
  lockOf(living);
  const controller = new AbortController();
  const { signal } = controller;
  const timeout = new NetworkError('TIMEOUT', { seconds: 1 });
  const onWait = () => controller.abort(timeout);
  const late = storeIn(folder).open('default', 'test', waiting(Number.POSITIVE_INFINITY, { signal, onWait }));
  await assert.rejects(late, { type: 'STORE_LOCKED', cause: timeout });
  const before = storeIn(folder).open('default', 'test', waiting(0, { signal }));
  await assert.rejects(before, timeout, 'but not one that was over before');
});

/** Attacks of other users of the machine on the files of a session. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs, {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { after, beforeEach, type TestContext, test } from 'node:test';
import { writeSecret } from '../../src/cli/ask/secret-file.ts';
import { readSettings } from '../../src/session/file.ts';
import { emptySession } from '../../src/session/session.ts';
import { removeFolder, storeIn, temporaryFolder, waiting } from './folder.ts';

const POSIX = { skip: process.platform === 'win32' };
const uid = process.geteuid?.();
const random = (length: number) => new Uint8Array(randomBytes(length));
const root = temporaryFolder();
after(() => removeFolder(root));

let folder = '';
let count = 0;
beforeEach(() => {
  folder = join(root, String(count++));
  mkdirSync(folder, { mode: 0o700 });
});

const inStore = (name: string) => join(folder, 'store', 'test', name);
/** A user who is neither root nor this one. */
const OTHER_USER = 12345;
/** The user to be, so that the files made here belong to another one. root gives them away instead. */
const otherUser = uid === 0 ? uid : (uid ?? 0) + 1;
const giveAway = (path: string) => uid === 0 && chownSync(path, OTHER_USER, OTHER_USER);

const open = (who = uid) => storeIn(join(folder, 'store'), { uid: who }).open('default', 'test', waiting());

async function stored(): Promise<void> {
  const opened = await open();
  await opened.save({ ...emptySession('test', 2), time_offset: 777_000 });
  await opened.close();
}

/**
 * As soon as a file with this ending is created, puts another user's file in its place. Returns what is written to that
 * one.
 */
function whileReplaced(t: TestContext, name: RegExp, act: () => void | Promise<void>): Promise<string> | string {
  const theirs = join(folder, 'theirs');
  const { openSync } = fs;
  t.mock.method(fs, 'openSync', (path: string, ...rest: [string, number]) => {
    const fd = openSync(path, ...rest);
    if (name.test(path) && existsSync(path) && statSync(path).size === 0 && !existsSync(theirs)) {
      renameSync(path, `${path}.aside`);
      writeFileSync(theirs, '');
      symlinkSync(theirs, path);
    }
    return fd;
  });
  syncBuiltinESMExports();
  const got = () => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
    assert.ok(existsSync(theirs), 'the attack was made');
    return readFileSync(theirs, 'utf8');
  };
  const acted = act();
  return acted === undefined ? got() : acted.then(got);
}

test('a secret is written to the created file, not to another one of that name', POSIX, (t) => {
  const file = join(folder, 'session.txt');
  assert.equal(
    whileReplaced(t, /session\.txt$/, () => void writeSecret(file, 'secret', uid)),
    '',
  );
});

test('so is one that replaces another file', POSIX, (t) => {
  const file = join(folder, 'session.txt');
  writeFileSync(file, 'old');
  assert.equal(
    whileReplaced(t, /session\.txt\.\w+$/, () => void writeSecret(file, 'secret', uid, random)),
    '',
  );
});

test('so is a session', POSIX, async (t) => {
  const opened = await open();
  assert.equal(await whileReplaced(t, /default\.json\.\w+$/, () => opened.save(emptySession('test', 2))), '');
  await opened.close();
});

test('a link with the name of a new file is not followed', POSIX, () => {
  const [link, target] = [join(folder, 'link'), join(folder, 'target')];
  symlinkSync(target, link);
  assert.throws(() => writeSecret(link, 'secret', uid), /already exists/);
  writeFileSync(target, 'theirs');
  assert.throws(() => writeSecret(link, 'secret', uid), /already exists/);
  writeSecret(link, 'secret', uid, random);
  assert.deepEqual([readFileSync(target, 'utf8'), readFileSync(link, 'utf8')], ['theirs', 'secret']);
});

test('a link with the name of a session is refused, and its target does not change', POSIX, async () => {
  await stored();
  renameSync(inStore('default.json'), join(folder, 'elsewhere.json'));
  symlinkSync(join(folder, 'elsewhere.json'), inStore('default.json'));
  await assert.rejects(open(), { type: 'STORE_UNREADABLE', message: /it is a symbolic link/ });
  assert.deepEqual(readdirSync(inStore('')), ['default.json']);
});

test("another user's session file or folder is refused", POSIX, async () => {
  await stored();
  giveAway(inStore('default.json'));
  await assert.rejects(open(otherUser), { type: 'STORE_OWNER', exit: 32, message: /\((uid \d+|\w+)\) owns/ });
});

for (const place of ['store', join('store', 'test')])
  test(`another user's folder is refused: ${place}`, POSIX, async () => {
    await stored();
    giveAway(join(folder, place));
    await assert.rejects(open(otherUser), { type: 'STORE_OWNER' });
  });

test("another user's link to a folder of ours is refused", { skip: uid !== 0 }, async () => {
  await stored();
  renameSync(join(folder, 'store'), join(folder, 'elsewhere'));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'store'));
  await (await open()).close();
  lchownSync(join(folder, 'store'), OTHER_USER, OTHER_USER);
  await assert.rejects(open(), { type: 'STORE_OWNER' });
});

test('a folder that another user creates meanwhile is refused', { skip: uid !== 0 }, async (t) => {
  const { mkdirSync: make } = fs;
  t.mock.method(fs, 'mkdirSync', (path: string, options: fs.MakeDirectoryOptions) => {
    make(path, options);
    chownSync(path, OTHER_USER, OTHER_USER);
    chmodSync(path, 0o777);
  });
  syncBuiltinESMExports();
  try {
    await assert.rejects(open(), { type: 'STORE_OWNER' });
  } finally {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  }
});

test('a pipe with the name of a session or of settings does not block', POSIX, async () => {
  await stored();
  fs.unlinkSync(inStore('default.json'));
  for (const path of [inStore('default.json'), join(folder, 'config.json')])
    assert.equal(spawnSync('mkfifo', ['-m', '600', path]).status, 0);
  await assert.rejects(open(), { type: 'STORE_UNREADABLE', message: /not a regular file/ });
  assert.throws(() => readSettings(join(folder, 'config.json'), uid), /not a regular file/);
});

// Settings, which others may read

test('settings that others can change are refused before they are read', POSIX, () => {
  const file = join(folder, 'config.json');
  writeFileSync(file, 'not to be read');
  const refused = (path: string, mode: number, type = 'STORE_PERMISSIONS') => {
    chmodSync(path, mode);
    assert.throws(() => readSettings(file, uid), { type, exit: 32 }, `${path} ${mode.toString(8)}`);
    chmodSync(path, 0o700);
  };
  for (const mode of [0o666, 0o620, 0o602]) refused(file, mode);
  for (const mode of [0o777, 0o730, 0o1777]) refused(folder, mode);
  chmodSync(file, 0o644);
  chmodSync(folder, 0o755);
  assert.deepEqual(readSettings(file, uid), { text: 'not to be read', isOpen: true });
  if (uid === 0) assert.equal(readSettings(file, OTHER_USER)?.text, 'not to be read', 'root may do all of it anyway');
  giveAway(file);
  assert.throws(() => readSettings(file, otherUser), { type: 'STORE_OWNER' });
});

test('settings may be a link between folders that no other user can write to', POSIX, () => {
  const [settings, elsewhere] = [join(folder, 'settings'), join(folder, 'elsewhere')];
  for (const each of [settings, elsewhere]) mkdirSync(each, { mode: 0o700 });
  const file = join(settings, 'config.json');
  symlinkSync(join(elsewhere, 'mine.json'), file);
  assert.equal(readSettings(file, uid), undefined, 'its target does not exist yet');
  writeFileSync(join(elsewhere, 'mine.json'), '{}', { mode: 0o600 });
  assert.deepEqual(readSettings(file, uid), { text: '{}', isOpen: false });
  chmodSync(elsewhere, 0o777);
  assert.throws(() => readSettings(file, uid), { type: 'STORE_PERMISSIONS' });
});

/**
 * Private files, written atomically.
 *
 * Session files have mode 0600 in folders of mode 0700. A folder that others can only list is tightened. A file or
 * folder that another user owns or can change is refused, as ssh does: a chmod would not undo their changes. root is
 * exempt. Windows has no such modes, and a user's profile folder is private there. Parent folders are not checked: a
 * file that others put there would have another owner.
 *
 * A new text is written through the descriptor that created its temporary file, synced, and then renamed over the old
 * file.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { concat, type Random, toHex } from '../bytes.ts';
import { StoreError } from '../errors.ts';
import { codeOf, ownerName, unreadable, unwritable, whenFree } from './system.ts';

/** The effective user of this process; `undefined` on Windows, where modes and owners are not checked. */
export type Uid = number | undefined;

/** Permissions of group and others. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** Throws `StoreError` if another user owns this or has one of the `denied` permissions. */
function checkOwn(path: string, { uid: owner, mode }: Stats, uid: Uid, denied: number): void {
  if (uid === undefined) return;
  if (owner !== uid && owner !== 0) throw new StoreError('STORE_OWNER', { path, owner: ownerName(owner) });
  if ((mode & denied) === 0) return;
  const access = (mode & OTHERS_WRITE) === 0 ? 'read' : 'change';
  throw new StoreError('STORE_PERMISSIONS', { access, path, mode: (mode & 0o777).toString(8).padStart(4, '0') });
}

/**
 * Checks that no other user can write to a folder, and returns its mode. A link must have our owner too. Throws
 * `StoreError` or a system error.
 */
function checkFolder(path: string, uid: Uid): number {
  checkOwn(path, lstatSync(path), uid, 0);
  const stat = statSync(path);
  if (stat.isDirectory()) checkOwn(path, stat, uid, OTHERS_WRITE);
  return stat.mode;
}

/** Makes the missing folders and ensures that they are private. Throws `StoreError`. */
export function preparePrivate(folder: string, below: string, uid: Uid): void {
  const inner = join(folder, below);
  try {
    for (const each of [folder, inner]) {
      if (statSync(each, { throwIfNoEntry: false }) === undefined) mkdirSync(each, { recursive: true, mode: 0o700 });
      makePrivate(each, uid);
    }
  } catch (error) {
    throw unwritable(inner, error);
  }
}

function makePrivate(folder: string, uid: Uid): void {
  try {
    const mode = checkFolder(folder, uid);
    if (uid !== undefined && (mode & OTHERS) !== 0 && statSync(folder).isDirectory()) chmodSync(folder, 0o700);
  } catch (error) {
    const isOpen = error instanceof StoreError ? error.type === 'STORE_PERMISSIONS' : codeOf(error) === 'EPERM';
    throw isOpen && !hasModes(folder) ? new StoreError('STORE_NO_MODES', { path: folder }) : error;
  }
}

/** Whether the file system keeps permissions, as a Windows disk in WSL does not: tries it with a new folder. */
function hasModes(folder: string): boolean {
  let made: string | undefined;
  try {
    made = mkdtempSync(join(folder, '.modes-')); // mode 0700
    return (statSync(made).mode & OTHERS) === 0;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return true; // unknown
  } finally {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
  }
}

/**
 * Checks that no other user can write to the folders of a session, and changes nothing. Missing folders pass. Throws
 * `StoreError`.
 */
export function checkPrivate(folder: string, below: string, uid: Uid): void {
  const inner = join(folder, below);
  try {
    for (const each of [folder, inner])
      if (statSync(each, { throwIfNoEntry: false }) !== undefined) checkFolder(each, uid);
  } catch (error) {
    throw unreadable(inner, error);
  }
}

/** The text of a private file; `undefined` if it does not exist. A link is refused. Throws `StoreError`. */
export function readPrivate(path: string, uid: Uid): string | undefined {
  return readFile(path, uid, OTHERS, constants.O_NOFOLLOW)?.text;
}

/**
 * The text of a settings file, and whether others can read it; `undefined` if it does not exist. It may be a link from
 * and to folders that no other user can write to. Throws `StoreError`.
 */
export function readSettings(path: string, uid: Uid): { text: string; isOpen: boolean } | undefined {
  try {
    for (const folder of new Set([dirname(path), dirname(realpathSync(path))])) checkFolder(folder, uid);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
  const found = readFile(path, uid, OTHERS_WRITE, 0);
  return found && { text: found.text, isOpen: uid !== undefined && (found.mode & OTHERS) !== 0 };
}

/** Checks the open file before reading it. Does not block on a pipe or a device. */
function readFile(path: string, uid: Uid, denied: number, flag: number): { text: string; mode: number } | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | flag);
    const stat = fstatSync(fd);
    checkOwn(path, stat, uid, denied);
    if (!stat.isFile() && !stat.isDirectory())
      throw new StoreError('STORE_UNREADABLE', { path, reason: 'it is not a regular file' });
    return { text: decodeText(readBytes(fd, path), path), mode: stat.mode };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The largest file that is read, in bytes. No session, key or config file comes near it. */
const MAX_FILE = 1 << 20;

/** Reads an open file. Throws `StoreError` if it is larger than 1 MiB, as a device may be, and system errors. */
export function readBytes(fd: number, path: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let left = MAX_FILE;
  for (;;) {
    const part = new Uint8Array(1 << 14);
    const length = readSync(fd, part);
    if (length === 0) return concat(...parts);
    left -= length;
    if (left < 0) throw new StoreError('STORE_UNREADABLE', { path, reason: 'it is larger than 1 MiB' });
    parts.push(part.subarray(0, length));
  }
}

/**
 * Decodes UTF-8, with or without a byte order mark. Throws `StoreError` for UTF-16, which PowerShell and Notepad write;
 * `path` names the text.
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  const [first, second] = bytes;
  const isMarked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  const isUnmarked = bytes.length > 1 && (first === 0) !== (second === 0);
  if (isMarked || isUnmarked)
    throw new StoreError('STORE_UNREADABLE', { path, reason: 'it is UTF-16 text; save it as UTF-8' });
  return new TextDecoder().decode(bytes);
}

/**
 * Writes a new file that only its owner can read. Anything that exists under its name, even a dangling link, is an
 * EEXIST. Leaves no file if it fails. Throws system errors.
 */
export function createPrivate(path: string, text: string | Uint8Array): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(fd, text); // continues after a short write, as on a nearly full disk
    fsyncSync(fd);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Replaces a file or link atomically with a new private file. Throws system errors and then keeps the old file. */
export function replacePrivate(path: string, text: string | Uint8Array, random: Random): void {
  const temporary = `${path}.${toHex(random(8))}`;
  createPrivate(temporary, text);
  try {
    whenFree(path, () => renameSync(temporary, path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The same for a file of the store. Throws `StoreError`. */
export function writePrivate(path: string, text: string, random: Random): void {
  try {
    replacePrivate(path, text, random);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Removes a private file, if it exists, and the temporary files of its writers. Throws `StoreError`. */
export function removePrivate(path: string): void {
  removeTemporaries(path);
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw unwritable(path, error);
  }
}

/** The sessions in a folder, whose subfolders are networks. A missing folder has none. Throws `StoreError`. */
export function listPrivate(folder: string): { network: string; name: string }[] {
  const entriesOf = (path: string) => {
    try {
      return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw unreadable(path, error);
    }
  };
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: network }) =>
      entriesOf(join(folder, network))
        .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
        .map(({ name }) => ({ network, name: name.slice(0, -'.json'.length) })),
    );
}

/** Renames a session's file. Throws `StoreError`, also if the new name exists. The caller holds both locks. */
export function renamePrivate(folder: string, from: string, to: string): void {
  const [old, fresh] = [join(folder, `${from}.json`), join(folder, `${to}.json`)];
  if (statSync(old, { throwIfNoEntry: false }) === undefined) throw new StoreError('STORE_MISSING', { session: from });
  if (lstatSync(fresh, { throwIfNoEntry: false }) !== undefined) throw new StoreError('STORE_EXISTS', { session: to });
  try {
    renameSync(old, fresh);
  } catch (error) {
    throw unwritable(fresh, error);
  }
}

/** Removes the temporary files of writers that were killed. The caller holds the lock. */
export function removeTemporaries(path: string): void {
  const start = `${basename(path)}.`;
  try {
    for (const name of readdirSync(dirname(path)))
      if (name.startsWith(start) && /^[\da-f]{16}$/.test(name.slice(start.length)))
        unlinkSync(join(dirname(path), name));
  } catch (error) {
    throw unwritable(path, error);
  }
}

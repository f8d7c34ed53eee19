/**
 * The session's file: private, and whole at every moment.
 *
 * Private: files are 0600 in folders that are 0700. A folder that others can only list is tightened: it told them names. A folder
 * that others could write in, or a file that they could read, is refused as ssh refuses it: what they put there or saw is not undone by
 * a chmod, and the owner should know. Windows has no such modes; a profile's folder is private there.
 *
 * Whole: write-file-atomic writes a temporary file, has it on the disk, and renames it over the old one. Two things are done around it.
 * It takes a short write for a whole one, which is how a disk that fills up in the middle reports itself, and would rename the stump;
 * so the text is written by Node's writeFile, which goes on until all is written or the system says why not. And what a killed process left is removed.
 */
import {
  chmodSync,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { StoreError } from '../errors.ts';
import { codeOf, unreadable, unwritable } from './system.ts';

/** The rights of group and others. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** Makes the folders that are missing and sees that they are private. Throws `StoreError`. */
export function preparePrivate(folder: string, below: string, platform: NodeJS.Platform): void {
  const inner = join(folder, below);
  try {
    for (const each of [folder, inner]) {
      const found = statSync(each, { throwIfNoEntry: false });
      if (found === undefined) return void mkdirSync(inner, { recursive: true, mode: 0o700 });
      if (platform === 'win32' || !found.isDirectory()) continue; // making the lock will tell of a file in its place
      if ((found.mode & OTHERS_WRITE) !== 0) throw loose(each, found.mode);
      if ((found.mode & OTHERS) !== 0) chmodSync(each, 0o700);
    }
  } catch (error) {
    throw unwritable(inner, error);
  }
}

/** The text of a private file; `undefined` if there is none. Throws `StoreError`. */
export function readPrivate(path: string, platform: NodeJS.Platform): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const { mode } = fstatSync(fd);
    if (platform !== 'win32' && (mode & OTHERS) !== 0) throw loose(path, mode);
    return readFileSync(fd, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * Replaces a private file in one step, or leaves it as it is. Throws `StoreError`.
 *
 * The package is loaded here, since many runs only read. While it writes it listens to signals, and would end the process on one that
 * Node.js ignores: SIGXFSZ, a file over the limit. In its synchronous form no signal comes through before it has stopped listening.
 */
export async function writePrivate(path: string, text: string): Promise<void> {
  try {
    const { default: writeFileAtomic } = await import('write-file-atomic');
    writeFileAtomic.sync(path, '', {
      mode: 0o600,
      fsync: true,
      tmpfileCreated: (temporary) => writeFileSync(temporary, text, { flag: 'r+' }),
    });
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Removes a private file, and what writers of it have left; one that is not there is no error. Throws `StoreError`. */
export function removePrivate(path: string): void {
  sweep(path);
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw unwritable(path, error);
  }
}

/** The sessions in a folder: its folders are networks. One that is not there has none. Throws `StoreError`. */
export function listPrivate(folder: string): { network: string; name: string }[] {
  const inside = (path: string) => {
    try {
      return readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw unreadable(path, error);
    }
  };
  return inside(folder)
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name: network }) =>
      inside(join(folder, network))
        .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
        .map(({ name }) => ({ network, name: name.slice(0, -'.json'.length) })),
    );
}

/** Gives a session's file another name, and leaves one that has it alone. Throws `StoreError`. Whoever calls this holds both locks. */
export function renamePrivate(folder: string, from: string, to: string): void {
  const [old, fresh] = [join(folder, `${from}.json`), join(folder, `${to}.json`)];
  if (statSync(old, { throwIfNoEntry: false }) === undefined) throw new StoreError('STORE_MISSING', { session: from });
  if (statSync(fresh, { throwIfNoEntry: false }) !== undefined) throw new StoreError('STORE_EXISTS', { session: to });
  try {
    renameSync(old, fresh);
  } catch (error) {
    throw unwritable(fresh, error);
  }
}

/** Removes the temporary files of earlier writers of this file that were killed. Whoever calls this holds the lock. */
export function sweep(path: string): void {
  const start = `${basename(path)}.`;
  try {
    for (const name of readdirSync(dirname(path)))
      if (name.startsWith(start) && /^\d+$/.test(name.slice(start.length))) unlinkSync(join(dirname(path), name));
  } catch (error) {
    throw unwritable(path, error);
  }
}

function loose(path: string, mode: number): StoreError {
  return new StoreError('STORE_PERMISSIONS', { path, mode: (mode & 0o777).toString(8).padStart(4, '0') });
}

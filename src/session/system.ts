/** System errors about files, in plain words. */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBADF: 'it is not open for that',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EISDIR: 'it is a folder, not a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EEXIST: 'a file has the name of the folder',
  ENAMETOOLONG: 'its path is too long',
  ELOOP: 'it is a symbolic link',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOENT: 'no such file or folder',
  EIO: 'the device reports an error',
};

/** Why a system call failed, in words and without the path, which may be a misplaced secret. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return REASONS[codeOf(error) ?? ''] ?? message.replace(/^[A-Z0-9]+: |, \w+ '.*'$/gs, '');
}

/** Why a file cannot be written. It may be a pipe without a reader. */
export function writeReasonOf(error: unknown): string {
  return ['ENXIO', 'EPIPE'].includes(codeOf(error) ?? '') ? 'no process reads it' : reasonOf(error);
}

/** The code of a system error: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function unreadable(path: string, cause: unknown): Error {
  return storeError('STORE_UNREADABLE', path, cause);
}

export function unwritable(path: string, cause: unknown): Error {
  return storeError('STORE_UNWRITABLE', path, cause);
}

/** Whether a store cannot be written for a reason that reading does not need to care about. */
export function isUnwritable(error: unknown): boolean {
  return error instanceof StoreError && UNWRITABLE.includes(error.type);
}

const UNWRITABLE: readonly string[] = ['STORE_UNWRITABLE', 'STORE_READ_ONLY', 'STORE_FULL', 'STORE_DENIED'];

/** Turns a system error into a `StoreError` with advice for its reason; returns any other error as it is. */
function storeError(type: 'STORE_UNREADABLE' | 'STORE_UNWRITABLE', path: string, cause: unknown): Error {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  if (path.includes('\0'))
    return new StoreError(type, { path, reason: 'its path contains a NUL character' }, { cause });
  const code = codeOf(error);
  if (code === undefined) return error;
  const reason = reasonOf(error);
  if (code === 'EROFS') return new StoreError('STORE_READ_ONLY', { path }, { cause });
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StoreError('STORE_FULL', { path, reason }, { cause });
  const isOwners = code === 'EPERM' && 'syscall' in error && error.syscall === 'chmod'; // only an owner may do that
  if ((code === 'EACCES' || isOwners) && !isWindowsPath(path))
    return new StoreError(
      'STORE_DENIED',
      { path, access: type === 'STORE_UNREADABLE' ? 'read' : 'write', ...closedFolder(path) },
      { cause },
    );
  return new StoreError(type, { path, reason }, { cause });
}

/** `C:\…` or `\\server\…`, where no file has an owner by number. */
function isWindowsPath(path: string): boolean {
  return /^(?:[a-z]:[\\/]|\\\\)/i.test(path);
}

const BUSY: readonly (string | undefined)[] = ['EPERM', 'EACCES', 'EBUSY'];
const MAX_TRIES = 8;

/**
 * Creates, replaces or removes a file. On Windows a virus scanner, or a process that reads the file, can be in the way
 * for a moment, so that is tried again, for about a second. Throws system errors.
 */
export function whenFree<T>(path: string, change: () => T): T {
  for (let tries = 1; ; tries++)
    try {
      return change();
    } catch (error) {
      if (tries === MAX_TRIES || !isWindowsPath(path) || !BUSY.includes(codeOf(error))) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4 * 2 ** tries);
    }
}

/** The nearest part of a path that this process can look at, its owner, and the flag with which `chown` opens it. */
function closedFolder(path: string): { part: string; owner: string; flag: string } {
  for (let part = path; ; part = dirname(part)) {
    const uid = uidOf(part);
    if (uid === undefined && dirname(part) !== part) continue;
    // What is above our own folder may hold files of others.
    return { part, owner: ownerName(uid ?? 0), flag: /[\\/]tg-auth([\\/]|$)/.test(part) ? '-R ' : '' };
  }
}

function uidOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return undefined;
  }
}

/** The name of a user, or `uid 1000` for one that this system does not know. */
export function ownerName(uid: number): string {
  let users = '';
  try {
    users = readFileSync('/etc/passwd', 'utf8');
  } catch (error) {
    if (codeOf(error) === undefined) throw error; // no such file on this system
  }
  const [name] = users.split('\n').flatMap((line) => {
    const [user = '', , id] = line.split(':');
    return id === String(uid) ? [user] : [];
  });
  return name ?? `uid ${uid}`;
}

/** System errors about files, in plain words. */
import { StoreError } from '../errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
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
  EIO: 'the disk reports an error',
};

/** Why a system call failed, in words and without the path, which may be a misplaced secret. */
export function reasonOf(error: Error): string {
  return REASONS[codeOf(error) ?? ''] ?? error.message.replace(/^[A-Z0-9]+: |, \w+ '.*'$/gs, '');
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

/** Turns an error of the system, or of an impossible path, into a `StoreError`; returns any other as it is. */
function storeError(type: 'STORE_UNREADABLE' | 'STORE_UNWRITABLE', path: string, cause: unknown): Error {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  if (path.includes('\0'))
    return new StoreError(type, { path, reason: 'its path contains a NUL character' }, { cause });
  if (codeOf(error) === undefined) return error;
  return new StoreError(type, { path, reason: reasonOf(error) }, { cause });
}

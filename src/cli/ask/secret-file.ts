/**
 * A file for a secret, where the user wants it: readable by its owner alone from its first moment, whole or not there, and written
 * through the descriptor that created it, so that a link or a file which somebody else put in its place gets nothing.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Random } from '../../bytes.ts';
import { StoreError, UsageError } from '../../errors.ts';
import { createPrivate, readText, replacePrivate, type Uid } from '../../session/file.ts';

/**
 * Writes a new file. With `random`, which names a temporary one, it replaces one that is there; a link itself, not what it leads to.
 * Throws `UsageError` if it is there, or cannot be written.
 */
export function writeSecret(file: string, text: string, random?: Random): void {
  try {
    if (random === undefined) createPrivate(file, text);
    else replacePrivate(file, text, random);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new UsageError(`${file} is there already.`, { next: '--force replaces it.', cause });
    throw new UsageError(`${file} cannot be written: ${reason(cause)}.`, { cause });
  }
}

/**
 * Returns the text of a file that the user named, and whether other users can read it. Throws `UsageError`, in which
 * the file is called `name`, if it cannot be read or is larger than 1 MiB.
 */
export function readInput(file: string, uid: Uid, name = file): { text: string; isOpen: boolean } {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    return { isOpen: uid !== undefined && (fstatSync(fd).mode & 0o077) !== 0, text: readText(fd, file) };
  } catch (cause) {
    throw new UsageError(`${name} cannot be read: ${reason(cause)}.`, { cause });
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** The system's message without its path, which may be a secret in the wrong place. */
function reason(cause: unknown): string {
  if (cause instanceof StoreError) return String(cause.values.reason);
  return cause instanceof Error ? cause.message.replace(/, \w+ '.*'$/s, '') : String(cause);
}

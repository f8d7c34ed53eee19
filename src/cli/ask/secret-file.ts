/**
 * A file for a secret at a path of the user's choice. Only its owner can read it from the start, it is written whole or
 * not at all, and a link or a file that someone else puts there never receives the secret.
 */
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { Random } from '../../bytes.ts';
import { StoreError, UsageError } from '../../errors.ts';
import { createPrivate, readText, replacePrivate, type Uid } from '../../session/file.ts';

/**
 * Writes a new file. With `random`, which names a temporary file, replaces an existing one (or the link, not its
 * target). Throws `UsageError` if the file exists or cannot be written.
 */
export function writeSecret(file: string, text: string, random?: Random): void {
  try {
    if (random === undefined) createPrivate(file, text);
    else replacePrivate(file, text, random);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new UsageError(`${file} already exists.`, { next: 'Use --force to replace it.', cause });
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

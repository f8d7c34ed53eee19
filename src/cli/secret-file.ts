/**
 * A file for a secret, where the user wants it: readable by its owner alone from its first moment, whole or not there, and never written through a
 * symbolic link, which somebody else may have put in its place.
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';

/**
 * Writes a new file. With `mark`, text that no file's name ends in yet, it replaces one that is there; a link itself, not what it leads to.
 * Throws `UsageError` if it is there, or cannot be written.
 */
export function writeSecret(file: string, text: string, mark?: string): void {
  try {
    if (mark === undefined) writeNew(file, text);
    else {
      writeNew(`${file}.${mark}`, text);
      renameOver(`${file}.${mark}`, file);
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
      throw new UsageError(`${file} is there already.`, { next: '--force replaces it.', cause });
    throw new UsageError(`${file} cannot be written: ${reason(cause)}.`, { cause });
  }
}

/** Exclusively: whatever is there, a link that leads nowhere too, is an EEXIST. */
function writeNew(file: string, text: string): void {
  let made = false;
  try {
    writeFileSync(file, '', { mode: 0o600, flag: 'wx' });
    made = true;
    writeFileSync(file, text, { flag: 'r+' });
  } catch (error) {
    if (made) rmSync(file, { force: true });
    throw error;
  }
}

function renameOver(from: string, file: string): void {
  try {
    renameSync(from, file);
  } catch (error) {
    rmSync(from, { force: true });
    throw error;
  }
}

/** Its text, and whether other users can read it too. Throws `UsageError` if it cannot be read. */
export function readSecret(file: string, platform: NodeJS.Platform): { text: string; isOpen: boolean } {
  try {
    const text = readFileSync(file, 'utf8');
    return { text, isOpen: platform !== 'win32' && (statSync(file).mode & 0o077) !== 0 };
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${reason(cause)}.`, { cause });
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

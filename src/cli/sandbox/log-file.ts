/** The file of `sandbox --log`. It holds passwords and codes, so only its owner may read it. */
import { appendFileSync, closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync } from 'node:fs';
import { StoreError } from '../../errors.ts';
import { reasonOf } from '../../session/system.ts';

interface LogFile {
  append(line: string): void;
  close(): void;
}

/**
 * Opens or creates a file to append to, with mode 0600. A pipe or a terminal keeps its mode.
 * Throws `StoreError` if it cannot be opened, belongs to another user, or is a symbolic link to a file.
 */
export function openLog(file: string): LogFile {
  try {
    const opened = openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
    try {
      restrict(file, opened);
    } catch (error) {
      closeSync(opened);
      throw error;
    }
    return { append: (line) => appendFileSync(opened, `${line}\n`), close: () => closeSync(opened) };
  } catch (cause) {
    const reason = cause instanceof Error ? reasonOf(cause) : String(cause);
    throw new StoreError('FILE_UNWRITABLE', { file: `The log ${file}`, reason }, { cause });
  }
}

function restrict(file: string, opened: number): void {
  const stats = fstatSync(opened);
  if (!stats.isFile()) return;
  const named = lstatSync(file);
  if (named.ino !== stats.ino || named.dev !== stats.dev) throw new Error('it is a symbolic link');
  if (process.geteuid !== undefined && stats.uid !== process.geteuid()) throw new Error('it belongs to another user');
  fchmodSync(opened, 0o600);
}

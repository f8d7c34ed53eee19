/** The files of `sandbox --log` and of `--trace`. They may hold secrets, so only their owner may read them. */
import {
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
} from 'node:fs';
import { StoreError } from '../../errors.ts';
import { writeReasonOf } from '../../session/system.ts';

export interface LogFile {
  append(line: string): void;
  close(): void;
}

const SYMBOLIC_LINK = 'it is a symbolic link';
/** Opening a pipe does not wait for a reader. Windows has no such flag. */
const NO_WAIT = constants.O_NONBLOCK ?? 0;

/**
 * Opens or creates a file to append to, with mode 0600; with `empty`, empties it. A pipe or a terminal keeps its mode.
 * Throws `StoreError` if it cannot be opened, belongs to another user, or is a symbolic link to a file.
 */
export function openLog(file: string, { what = 'The log', empty = false } = {}): LogFile {
  try {
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true && !existsSync(file))
      throw new Error(SYMBOLIC_LINK);
    const wait = empty ? NO_WAIT : 0;
    const opened = openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | wait, 0o600);
    try {
      if (restrict(file, opened) && empty) ftruncateSync(opened);
    } catch (error) {
      closeSync(opened);
      throw error;
    }
    return { append: (line) => appendFileSync(opened, `${line}\n`), close: () => closeSync(opened) };
  } catch (cause) {
    const reason = cause instanceof Error ? writeReasonOf(cause) : String(cause);
    throw new StoreError('FILE_UNWRITABLE', { file: `${what} ${file}`, reason }, { cause });
  }
}

/** Returns whether it is a file. */
function restrict(file: string, opened: number): boolean {
  const stats = fstatSync(opened);
  if (!stats.isFile()) return false;
  const named = lstatSync(file);
  if (named.ino !== stats.ino || named.dev !== stats.dev) throw new Error(SYMBOLIC_LINK);
  if (process.geteuid !== undefined && stats.uid !== process.geteuid()) throw new Error('it belongs to another user');
  fchmodSync(opened, 0o600);
  return true;
}

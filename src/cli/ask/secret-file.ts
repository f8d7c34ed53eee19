/**
 * A file for a secret, at a path that the user chooses. Only its owner can ever read it. It is written completely or
 * not at all. A link or a file that someone else puts there never receives the secret.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { decodeAnyText, type Random, toLatin1 } from '../../bytes.ts';
import { StoreError, UsageError } from '../../errors.ts';
import { createPrivate, decodeText, readBytes, replacePrivate, type Uid } from '../../session/file.ts';
import { reasonOf } from '../../session/system.ts';
import { readAll } from './stdin.ts';

/** Opening a pipe does not wait for a writer. Windows has no such flag. */
const NO_WAIT = constants.O_NONBLOCK ?? 0;

/**
 * Writes a new file. With `random`, which names a temporary file, replaces an existing one (or the link, not its
 * target). Writes into a named pipe or a device, and never replaces it. Returns whether only its owner can read the
 * result. Throws `UsageError` if the file exists, `StoreError` if it cannot be written.
 */
export function writeSecret(file: string, text: string, uid: Uid, random?: Random): boolean {
  try {
    const stream = streamAt(file, uid);
    if (stream !== undefined) {
      writeInto(file, stream, text);
      return false;
    }
    if (random === undefined) createPrivate(file, text);
    else replacePrivate(file, text, random);
    return true;
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EEXIST') throw alreadyExists(file);
    const why = code === 'ENXIO' || code === 'EPIPE' ? 'no process reads it' : reason(cause);
    throw new StoreError('FILE_UNWRITABLE', { file, reason: why }, { cause });
  }
}

/** The error for a file that is not to be replaced. */
export function alreadyExists(file: string): UsageError {
  return new UsageError(`${file} already exists.`, { next: { say: 'Replace it', run: '{again} --force' } });
}

/**
 * Returns what is at a path if it is a named pipe, a device or an open file of a process (/dev/stdout). Throws
 * `UsageError` for one that another user made, who could read the secret, and for a disk.
 */
function streamAt(file: string, uid: Uid): Stats | undefined {
  const [stat, link] = [statSync(file, { throwIfNoEntry: false }), lstatSync(file, { throwIfNoEntry: false })];
  if (stat === undefined || link === undefined || stat.isDirectory()) return undefined;
  const isSystem = /^\/(?:dev|proc)(?:\/|$)/.test(realpathSync(dirname(file)));
  if (stat.isFile() && !(isSystem && link.isSymbolicLink())) return undefined;
  if (stat.isBlockDevice()) throw new UsageError(`${file} is a disk. tg-auth does not write to it.`);
  const isOurs = [stat, link].every((each) => uid === undefined || each.uid === uid || each.uid === 0);
  if (!isOurs && !isSystem) throw new UsageError(`${file} belongs to another user, who could read the secret.`);
  return stat;
}

/** Does not wait for a reader of a pipe: that would block the process. */
function writeInto(file: string, { dev, ino }: Stats, text: string): void {
  const fd = openSync(file, constants.O_WRONLY | constants.O_APPEND | NO_WAIT);
  try {
    const opened = fstatSync(fd);
    if (opened.dev !== dev || opened.ino !== ino) throw new UsageError(`${file} has just been replaced.`);
    writeFileSync(fd, text);
  } finally {
    closeSync(fd);
  }
}

interface ReadOptions {
  readonly uid: Uid;
  readonly signal: AbortSignal;
  readonly name?: string;
  /** Reads the UTF-16 that PowerShell writes; otherwise it is refused. */
  readonly readsUtf16?: boolean;
}

/**
 * Returns the text of a file or pipe that the user named, and whether other users can read it. Throws `StoreError`, in
 * which the file is called `name`, if it cannot be read or is larger than 1 MiB; or the signal's reason.
 */
export async function readInput(
  file: string,
  { uid, signal, name = file, readsUtf16 = false }: ReadOptions,
): Promise<{ text: string; isOpen: boolean }> {
  try {
    const fd = openSync(file, constants.O_RDONLY | NO_WAIT);
    const stat = fstatSync(fd);
    const isOpen = stat.isFile() && uid !== undefined && (stat.mode & 0o077) !== 0;
    if (stat.isFIFO()) return { isOpen: false, text: await readPipe(fd, signal) };
    try {
      return { isOpen, text: readsUtf16 ? decodeAnyText(readBytes(fd, file)) : decodeText(readBytes(fd, file), file) };
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw new StoreError('FILE_UNREADABLE', { file: name, reason: reason(cause) }, { cause });
  }
}

/** In bytes. Holds the tables of an SQLite database. */
const HEAD = 1 << 16;

/** Returns the start of a file, to say what it is; empty for a folder or a pipe. Throws `StoreError`. */
export function headOf(file: string): string {
  try {
    if (!statSync(file).isFile()) return '';
    const fd = openSync(file, constants.O_RDONLY | NO_WAIT);
    try {
      const bytes = new Uint8Array(HEAD);
      return toLatin1(bytes.subarray(0, readSync(fd, bytes)));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new StoreError('FILE_UNREADABLE', { file, reason: reason(cause) }, { cause });
  }
}

/** Waits for the writers without blocking the process, and closes the pipe. */
async function readPipe(fd: number, signal: AbortSignal): Promise<string> {
  const { Socket } = await import('node:net');
  return readAll(new Socket({ fd, writable: false }), signal);
}

function reason(cause: unknown): string {
  if (cause instanceof StoreError) return String(cause.values.reason);
  if (cause instanceof UsageError) return 'it is larger than 1 MiB';
  return cause instanceof Error ? reasonOf(cause) : String(cause);
}

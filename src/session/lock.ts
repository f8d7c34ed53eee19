/**
 * The lock: one process at a time holds a session; a waiting process is told who holds it.
 *
 * It is a file beside the session, created with O_EXCL, that names its owner. Packages for locking only touch the time
 * of a folder and cannot say who holds it. The owner keeps the file's time fresh for processes that cannot look the
 * owner up.
 *
 * The lock of a dead owner is taken over. Reading it, finding that the owner is dead and removing it are three steps,
 * and meanwhile another process may replace it. So only the holder of a lock on that lock, `<path>.<pid>-<started>`,
 * may remove it. The same rules apply to that second lock, so one whose owner died is taken over too.
 */
import {
  closeSync,
  constants,
  futimesSync,
  lstatSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { NetworkError, StoreError } from '../errors.ts';
import {
  describeOwner,
  formatOwner,
  type Holder,
  isAlive,
  type Owner,
  parseOwner,
  SILENT_MS,
  thisOwner,
} from './owner.ts';
import { codeOf, unreadable, unwritable, whenFree } from './system.ts';

export interface LockOptions {
  /** Ends the wait with its reason. A timeout becomes a `StoreError` that names the owner of the lock. */
  readonly signal: AbortSignal;
  /** How long to wait for another owner. */
  readonly waitMs: number;
  /** Called once when the wait starts. */
  readonly onWait?: (owner: string) => void;
}

/** The interface of a lock that this process holds. */
export interface HeldLock {
  /**
   * Throws `StoreError` if another process took the lock over, as while this machine slept. Call it before each change.
   */
  check(): void;
  release(): void;
}

/** A lock that this process holds. */
interface Lock {
  readonly path: string;
  readonly fd: number;
  readonly text: string;
}

/** A lock file as read. */
interface Found {
  readonly text: string;
  /** When it was written or refreshed, since 1970. */
  readonly timeMs: number;
}

const POLL_MS = 100;
/** After this time, the owner of an empty lock file counts as dead. */
const UNWRITTEN_MS = 1000;
/** How often a lock may vanish between creating and reading it before it counts as held. */
const ATTEMPTS = 5;

/** The locks of this process, for systems that do not tell when a process started. */
const held = new Set<string>();

/** Takes the lock. Throws `StoreError` if another process holds it, or the signal's reason. */
export async function takeLock(path: string, holder: Holder, options: LockOptions): Promise<HeldLock> {
  const { signal, waitMs, onWait } = options;
  let until: number | undefined; // `performance` takes a millisecond to load
  signal.throwIfAborted();
  for (let first = true; ; first = false) {
    const mine = thisOwner(holder);
    const taken = tryLock(path, mine, holder);
    if ('fd' in taken) return keepFresh(taken, mine, holder);
    const locked = (cause?: unknown) => lockedBy(taken, path, mine, cause);
    until ??= performance.now() + waitMs;
    const left = until - performance.now();
    if (left <= 0) throw locked();
    if (first) onWait?.(String(locked().values.owner));
    await setTimeout(Math.min(POLL_MS, left), undefined, { signal }).catch((error: unknown) => {
      const { aborted, reason } = signal;
      if (aborted && reason instanceof NetworkError) throw locked(reason); // a timeout
      signal.throwIfAborted(); // its reason instead of Node's AbortError
      throw error;
    });
  }
}

/** Refreshes the lock until it is released, through its descriptor, so that no other file of that name is touched. */
function keepFresh(lock: Lock, mine: Owner, holder: Holder): HeldLock {
  const timer = setInterval(() => {
    const now = holder.now() / 1000;
    try {
      futimesSync(lock.fd, now, now);
    } catch (error) {
      if (codeOf(error) === undefined) throw error; // a failing disk: the next save reports it
    }
  }, SILENT_MS / 4);
  timer.unref();
  return {
    check() {
      const found = read(lock.path);
      if (found !== undefined && found.text !== lock.text) throw lockedBy(found, lock.path, mine);
    },
    release() {
      clearInterval(timer);
      release(lock);
    },
  };
}

function lockedBy({ text }: Found, path: string, mine: Owner, cause?: unknown): StoreError {
  return new StoreError('STORE_LOCKED', { owner: describeOwner(parseOwner(text), mine), path }, { cause });
}

/** Takes the lock, or returns the lock of a living owner. */
function tryLock(path: string, mine: Owner, holder: Holder): Lock | Found {
  let found: Found = { text: '', timeMs: 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const lock = create(path, mine);
    if (lock !== undefined) return lock;
    const there = read(path);
    if (there === undefined) continue; // just released
    found = there;
    const owner = parseOwner(found.text);
    const ageMs = Math.abs(holder.now() - found.timeMs); // a time in the future proves nothing either
    if (owner === undefined ? ageMs <= UNWRITTEN_MS : isAlive(owner, ageMs, mine, holder, held.has(path))) return found;
    const claim = tryLock(`${path}.${owner?.pid ?? 0}-${owner?.startedMs ?? Math.floor(found.timeMs)}`, mine, holder);
    if (!('fd' in claim)) return claim;
    try {
      remove(path, (left) => left.text === there.text && left.timeMs === there.timeMs);
    } finally {
      release(claim);
    }
  }
  return found;
}

function create(path: string, mine: Owner): Lock | undefined {
  let fd: number | undefined;
  try {
    fd = whenFree(path, () => openSync(path, 'wx', 0o600));
    const text = formatOwner(mine);
    writeFileSync(fd, text);
    held.add(path);
    return { path, fd, text };
  } catch (error) {
    if (fd !== undefined) {
      closeSync(fd);
      unlinkSync(path); // a full disk: leave no empty lock behind
    } else if (codeOf(error) === 'EEXIST') return undefined;
    throw unwritable(path, error);
  }
}

function release({ path, fd, text }: Lock): void {
  held.delete(path);
  closeSync(fd);
  remove(path, (left) => left.text === text);
}

/** Removes the lock if it is still the same: a person may have removed it, and another process created its own. */
function remove(path: string, isThatOne: (found: Found) => boolean): void {
  const found = read(path);
  if (found === undefined || !isThatOne(found)) return;
  try {
    whenFree(path, () => unlinkSync(path));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw unwritable(path, error);
  }
}

/** Reads a lock; `undefined` if there is none. Anything but a regular file counts as empty; links are not followed. */
function read(path: string): Found | undefined {
  let fd: number | undefined;
  try {
    const stat = whenFree(path, () => lstatSync(path));
    if (!stat.isFile() && !stat.isDirectory()) return { text: '', timeMs: stat.mtimeMs };
    fd = whenFree(path, () => openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
    return { text: readFileSync(fd, 'utf8'), timeMs: stat.mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * The lock: one process at a time holds a session; a waiting process is told who holds it.
 *
 * It is a file beside the session, made with O_EXCL, that names its owner. No package does it: those that fit lock by touching a
 * folder's time, and cannot say who holds it. The owner keeps the lock's time fresh for those that cannot look it up.
 *
 * A dead owner's lock is taken over. To read it, see that it is dead and remove it are three steps, and between them another taker may
 * have put its own lock there; so only one process may remove a given lock: the one that holds a lock on *that* lock,
 * `<path>.<pid>-<started>`. It is taken by the same rules, so a taker that dies half-way is taken over too.
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
import { formatOwner, type Holder, inWords, isAlive, type Owner, parseOwner, SILENT, thisOwner } from './owner.ts';
import { codeOf, unreadable, unwritable } from './system.ts';

export interface LockOptions {
  /** Ends the wait with its reason; one that is a time-out is told as the lock that it was spent on. */
  readonly signal: AbortSignal;
  /** How long to wait for another owner, in milliseconds. */
  readonly wait: number;
  /** The wait begins. */
  readonly onWait?: (owner: string) => void;
}

/** A lock that this process holds, as its user sees it. */
export interface HeldLock {
  /** Throws `StoreError` if another owner has taken it over, as after a sleep of this machine; comes before each change. */
  check(): void;
  release(): void;
}

/** A lock that this process holds. */
interface Lock {
  readonly path: string;
  readonly fd: number;
  readonly text: string;
}

/** A lock that was found. */
interface Found {
  readonly text: string;
  /** When it was last written or refreshed, in milliseconds since 1970. */
  readonly time: number;
}

const POLL = 100;
/** Writing follows making at once; after so many milliseconds it will not come any more. */
const UNWRITTEN = 1000;
/** A lock that is gone each time it is looked at has its owners; they are waited for. */
const LOOKS = 5;

/** What this process holds, for systems that do not tell when a process began. */
const held = new Set<string>();

/** Takes the lock. Throws `StoreError` if another owner keeps it, or the signal's reason. */
export async function takeLock(path: string, holder: Holder, options: LockOptions): Promise<HeldLock> {
  const { signal, wait, onWait } = options;
  const until = performance.now() + wait;
  signal.throwIfAborted();
  for (let first = true; ; first = false) {
    const mine = thisOwner(holder);
    const taken = tryLock(path, mine, holder);
    if ('fd' in taken) return keepFresh(taken, mine, holder);
    const locked = (cause?: unknown) => lockedBy(taken, path, mine, cause);
    const left = until - performance.now();
    if (left <= 0) throw locked();
    if (first) onWait?.(String(locked().values.owner));
    await setTimeout(Math.min(POLL, left), undefined, { signal }).catch((error: unknown) => {
      const { aborted, reason } = signal;
      if (aborted && reason instanceof NetworkError) throw locked(reason); // the deadline
      signal.throwIfAborted(); // its reason, in place of Node's AbortError
      throw error;
    });
  }
}

/** Shows that the owner lives, until the lock is released. Through the descriptor: whatever else has this name is left alone. */
function keepFresh(lock: Lock, mine: Owner, holder: Holder): HeldLock {
  const timer = setInterval(() => {
    const now = holder.now() / 1000;
    try {
      futimesSync(lock.fd, now, now);
    } catch (error) {
      if (codeOf(error) === undefined) throw error; // a disk that fails: what is saved next will tell
    }
  }, SILENT / 4);
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
  return new StoreError('STORE_LOCKED', { owner: inWords(parseOwner(text), mine), path }, { cause });
}

/** Makes the lock ours, or returns the living owner's. */
function tryLock(path: string, mine: Owner, holder: Holder): Lock | Found {
  let found: Found = { text: '', time: 0 };
  for (let look = 0; look < LOOKS; look++) {
    const lock = create(path, mine);
    if (lock !== undefined) return lock;
    const there = read(path);
    if (there === undefined) continue; // released just now
    found = there;
    const owner = parseOwner(found.text);
    const age = Math.abs(holder.now() - found.time); // a time to come shows no life either
    if (owner === undefined ? age <= UNWRITTEN : isAlive(owner, age, mine, holder, held.has(path))) return found;
    const claim = tryLock(`${path}.${owner?.pid ?? 0}-${owner?.started ?? Math.floor(found.time)}`, mine, holder);
    if (!('fd' in claim)) return claim;
    try {
      remove(path, (left) => left.text === there.text && left.time === there.time);
    } finally {
      release(claim);
    }
  }
  return found;
}

function create(path: string, mine: Owner): Lock | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'wx', 0o600);
    const text = formatOwner(mine);
    writeFileSync(fd, text);
    held.add(path);
    return { path, fd, text };
  } catch (error) {
    if (fd !== undefined) {
      closeSync(fd);
      unlinkSync(path); // a full disk: the next one need not wait for who will not come
    } else if (codeOf(error) === 'EEXIST') return undefined;
    throw unwritable(path, error);
  }
}

function release({ path, fd, text }: Lock): void {
  held.delete(path);
  closeSync(fd);
  remove(path, (left) => left.text === text);
}

/** Removes the lock if it is still that one: a person may have removed it by hand, and another process made its own. */
function remove(path: string, isThatOne: (found: Found) => boolean): void {
  const found = read(path);
  if (found === undefined || !isThatOne(found)) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw unwritable(path, error);
  }
}

/** What is there; `undefined` if nothing is. A link, a pipe and their kind say nothing, and are not followed or waited for. */
function read(path: string): Found | undefined {
  let fd: number | undefined;
  try {
    const stat = lstatSync(path);
    if (!stat.isFile() && !stat.isDirectory()) return { text: '', time: stat.mtimeMs };
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return { text: readFileSync(fd, 'utf8'), time: stat.mtimeMs };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * The lock: one process at a time has a session open, and whoever must wait is told for whom.
 *
 * It is a file beside the session, made with O_EXCL, that names its owner. No package does it: those that fit lock by touching a
 * folder's time, and cannot say who holds it. And an owner with a name needs no heartbeat, since the system knows whether it lives.
 *
 * A dead owner's lock is taken over. To read it, see that it is dead and remove it are three steps, and between them another taker may
 * have put its own lock there; so only one process may remove a given lock: the one that holds a lock on *that* lock, `<path>.<pid>-<started>`.
 * It is taken by the same rules, so a taker that dies half-way is taken over too. A lock that another machine made (a shared home
 * folder) cannot be judged from here and counts as alive.
 */
import { closeSync, fstatSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Now } from '../bytes.ts';
import { StoreError } from '../errors.ts';
import { codeOf, unreadable, unwritable } from './system.ts';

/** This process, as a lock names it, and its view of others. */
export interface Holder {
  readonly pid: number;
  /** What is being run, for people: `tg-auth send-code`. Nothing secret. */
  readonly command: string;
  readonly now: Now;
  /** `process.kill`: with signal 0 it throws ESRCH if there is no such process. */
  readonly kill: (pid: number, signal: 0) => unknown;
}

export interface LockOptions {
  readonly signal: AbortSignal;
  /** How long to wait for another owner, in milliseconds. */
  readonly wait: number;
  /** The wait begins. */
  readonly onWait?: (owner: string) => void;
}

interface Owner {
  /** 0: the owner has made its file but not yet written it. */
  readonly pid: number;
  readonly command: string;
  readonly host: string;
  /** When the lock was made, in milliseconds since 1970. */
  readonly started: number;
}

const POLL = 100;
/** Writing follows making at once; after so many milliseconds it will not come any more. Less than anybody waits for a lock. */
const UNWRITTEN = 1000;

/** What this process holds: a lock with our pid that is not among them is of an earlier process that had the same one, as in a restarted container. */
const held = new Set<string>();

/** Takes the lock and returns what releases it. Throws `StoreError` if another owner keeps it, or the signal's reason. */
export async function takeLock(path: string, holder: Holder, options: LockOptions): Promise<() => void> {
  const { signal, wait, onWait } = options;
  let until: number | undefined;
  for (let first = true; ; first = false) {
    signal.throwIfAborted();
    const mine = { pid: holder.pid, command: holder.command, host: hostname(), started: Math.floor(holder.now()) };
    const other = tryLock(path, mine, holder);
    if (other === undefined) return () => release(path, mine);
    until ??= performance.now() + wait;
    const left = until - performance.now();
    if (left <= 0) throw new StoreError('STORE_LOCKED', { owner: inWords(other, mine), path });
    if (first) onWait?.(inWords(other, mine));
    await sleep(Math.min(POLL, left), signal);
  }
}

/** Makes the lock ours, or returns its living owner. */
function tryLock(path: string, mine: Owner, holder: Holder): Owner | undefined {
  for (;;) {
    if (create(path, mine)) return undefined;
    const other = read(path);
    if (other === undefined) continue; // released just now
    if (!isDead(path, other, mine, holder)) return other;
    const claim = `${path}.${other.pid}-${other.started}`;
    const rival = tryLock(claim, mine, holder);
    if (rival !== undefined) return rival;
    try {
      remove(path, other);
    } finally {
      release(claim, mine);
    }
  }
}

function create(path: string, mine: Owner): boolean {
  let made = false;
  try {
    const fd = openSync(path, 'wx', 0o600);
    made = true;
    try {
      writeFileSync(fd, `${mine.pid} ${mine.started} ${mine.host} ${mine.command}\n`);
    } finally {
      closeSync(fd);
    }
    held.add(path);
    return true;
  } catch (error) {
    if (made) unlinkSync(path);
    else if (codeOf(error) === 'EEXIST') return false;
    throw unwritable(path, error);
  }
}

function release(path: string, mine: Owner): void {
  held.delete(path);
  remove(path, mine);
}

/** Removes the lock if it is still that owner's: a person may have removed it by hand, and another process made its own. */
function remove(path: string, owner: Owner): void {
  const found = read(path);
  if (found?.pid !== owner.pid || found.started !== owner.started) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw unwritable(path, error);
  }
}

/** Whose lock it is; `undefined` if there is none. */
function read(path: string): Owner | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const started = Math.floor(fstatSync(fd).mtimeMs);
    return parse(readFileSync(fd, 'utf8')) ?? { pid: 0, command: 'a process', host: hostname(), started };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

function parse(text: string): Owner | undefined {
  const [, pid, started, host, command] = /^([1-9]\d*) (\d+) (\S*) (.*)\n$/s.exec(text) ?? [];
  if (host === undefined || command === undefined) return undefined;
  return { pid: Number(pid), command, host, started: Number(started) };
}

function isDead(path: string, owner: Owner, mine: Owner, holder: Holder): boolean {
  if (owner.host !== mine.host) return false;
  if (owner.pid === 0) return holder.now() - owner.started > UNWRITTEN;
  if (owner.pid === mine.pid) return !held.has(path);
  try {
    holder.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH'; // EPERM: it lives, and is somebody else's
  }
}

function inWords({ pid, command, host }: Owner, mine: Owner): string {
  const place = host === mine.host ? '' : ` on ${host}`;
  return pid === 0 ? command : `process ${pid}${place}: ${command}`;
}

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted(); // its reason, in place of Node's AbortError
    throw error;
  }
}

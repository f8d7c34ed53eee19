/**
 * The owner of a lock: a process on a machine, and whether it is alive.
 *
 * A PID alone is not enough: containers may share a host name and reuse each other's PIDs, and a system reuses its
 * own. So an owner is host, boot, PID namespace, PID and start time, as far as the system provides them; Linux does,
 * in /proc. An owner on another host, boot or namespace cannot be looked up; it counts as alive while the time of
 * its lock is fresh.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Now } from '../bytes.ts';
import { codeOf } from './system.ts';

/** This process, and how it looks up others. */
export interface Holder {
  readonly pid: number;
  /** The command, for people: `tg-auth send-code`. Contains no secret. */
  readonly command: string;
  readonly now: Now;
  /** `process.kill`: with signal 0 it throws ESRCH if there is no such process. */
  readonly kill: (pid: number, signal: 0) => unknown;
}

/** A text is empty if the system does not tell it. */
export interface Owner {
  readonly pid: number;
  /** When the lock was created, since 1970. */
  readonly startedMs: number;
  readonly host: string;
  /** Changes at each boot. */
  readonly boot: string;
  readonly namespace: string;
  /** When the process started, in clock ticks since boot. */
  readonly born: string;
  readonly command: string;
}

/** The kernel's pid_t is an int. */
const MAX_PID = 2 ** 31 - 1;

/** Without a refresh for this time, an owner that cannot be looked up counts as dead. */
export const SILENT_MS = 60_000;

export function thisOwner({ pid, command, now }: Holder): Owner {
  return {
    pid,
    startedMs: Math.floor(now()),
    host: hostname().replace(/[\s/]/g, '-'),
    boot: readOrEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: readOrEmpty(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')),
    born: lookUp('self').born,
    command,
  };
}

/** `1234 1764208145000 laptop/<boot>/4026531836/98765 tg-auth login` */
export function formatOwner({ pid, startedMs, host, boot, namespace, born, command }: Owner): string {
  return `${pid} ${startedMs} ${[host, boot, namespace, born].join('/')} ${command}\n`;
}

/** `undefined` for any other text: not written yet, or not a lock of ours. */
export function parseOwner(text: string): Owner | undefined {
  const [, pid, started, place, command] = /^([1-9]\d*) (\d+) (\S*) (.*)\n$/s.exec(text) ?? [];
  if (place === undefined || command === undefined || Number(pid) > MAX_PID) return undefined;
  const [host = '', boot = '', namespace = '', born = ''] = place.split('/');
  return { pid: Number(pid), startedMs: Number(started), host, boot, namespace, born, command };
}

/** `ageMs`: time since the lock was written or refreshed. `holds`: whether this process holds that lock. */
export function isAlive(owner: Owner, ageMs: number, mine: Owner, holder: Holder, holds: boolean): boolean {
  if (!isNear(owner, mine)) return ageMs <= SILENT_MS;
  const bornAs = (born: string) => owner.born === '' || born === '' || owner.born === born;
  if (owner.pid === mine.pid) return owner.born !== '' && mine.born !== '' ? bornAs(mine.born) : holds;
  try {
    holder.kill(owner.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false; // EPERM: a process of another user
  }
  const { state, born } = lookUp(owner.pid, mine.pid);
  // An ended process stays a zombie until its parent waits for it.
  return state !== 'Z' && state !== 'X' && bornAs(born);
}

/** Describes an owner for people: `process 12 on host: tg-auth login`. */
export function describeOwner(owner: Owner | undefined, mine: Owner): string {
  if (owner === undefined) return 'a process';
  const { pid, host, command } = owner;
  const place = host !== mine.host ? ` on ${host}` : isNear(owner, mine) ? '' : ' in another container';
  return `process ${pid}${place}: ${command}`;
}

/** Whether its PID is one of this host, boot and namespace. */
function isNear({ host, boot, namespace }: Owner, mine: Owner): boolean {
  const isHere = (theirs: string, ours: string) => theirs === '' || theirs === ours;
  return host === mine.host && isHere(boot, mine.boot) && isHere(namespace, mine.namespace);
}

/**
 * State and start time (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). Empty if /proc is missing, hides
 * the process, or belongs to another namespace.
 */
function lookUp(pid: number | 'self', self?: number): { state: string; born: string } {
  const text = readOrEmpty(() =>
    self === undefined || readlinkSync('/proc/self') === String(self)
      ? readFileSync(`/proc/${pid}/stat`, 'latin1')
      : '',
  );
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before it may contain spaces
  return { state: fields[0] ?? '', born: fields[19] ?? '' };
}

/** Empty if the system has no such file. */
function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return '';
  }
}

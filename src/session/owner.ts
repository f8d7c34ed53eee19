/**
 * The owner of a lock: which process on which machine, and whether it lives.
 *
 * A PID alone says little: containers with one host name number their processes each for itself, and a number is given out again. So an
 * owner is host, boot, PID namespace, PID and start time, as far as the system tells them; Linux does, in /proc. An owner that cannot be
 * looked up from here (another host, boot or namespace) is known to live by the time of its lock, which it keeps fresh.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Now } from '../bytes.ts';
import { codeOf } from './system.ts';

/** This process, as a lock names it, and its view of others. */
export interface Holder {
  readonly pid: number;
  /** What is being run, for people: `tg-auth send-code`. Nothing secret. */
  readonly command: string;
  readonly now: Now;
  /** `process.kill`: with signal 0 it throws ESRCH if there is no such process. */
  readonly kill: (pid: number, signal: 0) => unknown;
}

/** Texts are empty where the system does not tell. */
export interface Owner {
  readonly pid: number;
  /** When the lock was made, in milliseconds since 1970. */
  readonly started: number;
  readonly host: string;
  /** Changes when the machine starts anew. */
  readonly boot: string;
  readonly namespace: string;
  /** When the process began, in clock ticks since the boot. */
  readonly born: string;
  readonly command: string;
}

/** The kernel's pid_t is an int. */
const MAX_PID = 2 ** 31 - 1;

/** After so many milliseconds without a sign of life an owner that cannot be looked up counts as dead. */
export const SILENT = 60_000;

export function thisOwner({ pid, command, now }: Holder): Owner {
  return {
    pid,
    started: Math.floor(now()),
    host: hostname().replace(/[\s/]/g, '-'),
    boot: told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: told(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')),
    born: lookUp('self').born,
    command,
  };
}

/** `1234 1764208145000 laptop/<boot>/4026531836/98765 tg-auth login` */
export function formatOwner({ pid, started, host, boot, namespace, born, command }: Owner): string {
  return `${pid} ${started} ${[host, boot, namespace, born].join('/')} ${command}\n`;
}

/** `undefined` for a text that is none: it is not written yet, or somebody else's. */
export function parseOwner(text: string): Owner | undefined {
  const [, pid, started, place, command] = /^([1-9]\d*) (\d+) (\S*) (.*)\n$/s.exec(text) ?? [];
  if (place === undefined || command === undefined || Number(pid) > MAX_PID) return undefined;
  const [host = '', boot = '', namespace = '', born = ''] = place.split('/');
  return { pid: Number(pid), started: Number(started), host, boot, namespace, born, command };
}

/** `age`: milliseconds since the lock was last written or refreshed. `holds`: whether this process has that lock. */
export function isAlive(owner: Owner, age: number, mine: Owner, holder: Holder, holds: boolean): boolean {
  if (!isNear(owner, mine)) return age <= SILENT;
  const bornAs = (born: string) => owner.born === '' || born === '' || owner.born === born;
  if (owner.pid === mine.pid) return owner.born !== '' && mine.born !== '' ? bornAs(mine.born) : holds;
  try {
    holder.kill(owner.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false; // EPERM: it is somebody else's
  }
  const { state, born } = lookUp(owner.pid, mine.pid);
  return state !== 'Z' && state !== 'X' && bornAs(born); // one that has ended stays a zombie until its parent looks
}

/** For people; nothing of the place if it is this one. */
export function inWords(owner: Owner | undefined, mine: Owner): string {
  if (owner === undefined) return 'a process';
  const { pid, host, command } = owner;
  const place = host !== mine.host ? ` on ${host}` : isNear(owner, mine) ? '' : ' in another container';
  return `process ${pid}${place}: ${command}`;
}

/** Whether its PID means here what it means there. */
function isNear({ host, boot, namespace }: Owner, mine: Owner): boolean {
  const isHere = (theirs: string, ours: string) => theirs === '' || theirs === ours;
  return host === mine.host && isHere(boot, mine.boot) && isHere(namespace, mine.namespace);
}

/** State and start time, https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html. Empty where /proc is missing, hides it, or is another namespace's. */
function lookUp(pid: number | 'self', self?: number): { state: string; born: string } {
  const text = told(() =>
    self === undefined || readlinkSync('/proc/self') === String(self)
      ? readFileSync(`/proc/${pid}/stat`, 'latin1')
      : '',
  );
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before it may hold anything
  return { state: fields[0] ?? '', born: fields[19] ?? '' };
}

/** Empty where the system has no such file. */
function told(read: () => string): string {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return '';
  }
}

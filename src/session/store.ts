/**
 * The store: sessions by network and name, each open to one process at a time.
 *
 * On disk a session is `<folder>/<network>/<name>.json`, with `<name>.lock` beside it while it is open. Opening is synchronous but
 * for the wait: it comes before everything else in a run, and a handful of system calls is over before a thread pool has started.
 */
import { join, resolve } from 'node:path';
import type { Random } from '../bytes.ts';
import { StoreError, UsageError } from '../errors.ts';
import {
  listPrivate,
  preparePrivate,
  readPrivate,
  removePrivate,
  renamePrivate,
  sweep,
  type Uid,
  writePrivate,
} from './file.ts';
import { formatSealed, formatSession, parseSealed, parseSession, sealContext } from './json.ts';
import { type HeldLock, type LockOptions, takeLock } from './lock.ts';
import type { Holder } from './owner.ts';
import type { Sealer } from './seal.ts';
import { type Session, withoutTheDead } from './session.ts';

export interface OpenSession {
  /** What was found when it was opened, or given to `save` since; `undefined` while there is nothing. */
  readonly session: Session | undefined;
  /** Keeps another value, in the order of the calls. Resolves when it is on the disk; throws `StoreError`. */
  save(session: Session): Promise<void>;
  /** Removes it from the store. Throws `StoreError`. */
  remove(): Promise<void>;
  /** Whether it is behind a passphrase. */
  readonly sealed: boolean;
  /** Puts it behind another passphrase, or behind none, and saves it so. Throws `StoreError`. */
  setPassphrase(passphrase: string | undefined): Promise<void>;
  /** Waits for what is being saved, then lets others in. */
  close(): Promise<void>;
}

export interface OpenOptions extends LockOptions {
  /** The passphrase of a session that is sealed, asked for again while it is wrong; whoever gives up throws. Without it such a session is a `StoreError`. */
  readonly passphrase?: (tries: number, path: string) => Promise<string>;
  /** A session that is new is sealed with it. */
  readonly newPassphrase?: string | undefined;
}

/** A session that is there. */
export interface Entry {
  readonly network: string;
  readonly name: string;
}

export interface SessionStore {
  /**
   * Throws `UsageError` for a name that cannot be one; `StoreError` if the session cannot be read, is not one, is of a later version,
   * or another process keeps it longer than `wait`; the signal's reason.
   */
  open(name: string, network: string, options: OpenOptions): Promise<OpenSession>;
  /** All sessions, of all networks, in the order of their names; no files that have other names. Throws `StoreError`. */
  list(): readonly Entry[];
  /** Removes a session, sealed or not; one that is not there is no error. Throws `StoreError`. */
  remove(name: string, network: string, options: LockOptions): Promise<void>;
  /** Gives a session another name. Throws `StoreError` if there is none, if there is one of the new name, or another process keeps either of them. */
  rename(from: string, to: string, network: string, options: LockOptions): Promise<void>;
}

export interface FileStoreOptions {
  readonly folder: string;
  readonly owner: { readonly pid: number; readonly command: string };
  /** `process.geteuid()`; `undefined` on Windows. Files and folders of other users are refused. */
  readonly uid: Uid;
  readonly now: Holder['now'];
  readonly kill: Holder['kill'];
  readonly random: Random;
}

/** Sessions in a folder of this machine. */
export function fileStore({ folder, owner, uid, now, kill, random }: FileStoreOptions): SessionStore {
  const holder = { ...owner, now, kill };
  const lock = (inner: string, name: string, options: LockOptions) =>
    takeLock(join(inner, `${name}.lock`), holder, options);
  return {
    async open(name, network, options) {
      checkName(name, 'session');
      checkName(network, 'network');
      preparePrivate(folder, network, uid);
      const inner = resolve(folder, network); // one spelling, by which the lock knows what this process holds
      const path = join(inner, `${name}.json`);
      const held = await lock(inner, name, options);
      try {
        const found = await read(path, network, uid, options, random);
        return new FileSession({ path, network, now, lock: held, random }, found.session, found.sealer);
      } catch (error) {
        held.release();
        throw error;
      }
    },
    list: () => listPrivate(folder).filter(({ network, name }) => isName(network) && isName(name)),
    async remove(name, network, options) {
      checkName(name, 'session');
      preparePrivate(folder, network, uid);
      const inner = resolve(folder, network);
      const held = await lock(inner, name, options);
      try {
        removePrivate(join(inner, `${name}.json`));
      } finally {
        held.release();
      }
    },
    async rename(from, to, network, options) {
      for (const name of [from, to]) checkName(name, 'session');
      preparePrivate(folder, network, uid);
      const inner = resolve(folder, network);
      const locks: HeldLock[] = [];
      try {
        for (const name of [from, to].sort()) locks.push(await lock(inner, name, options));
        renamePrivate(inner, from, to);
      } finally {
        for (const { release } of locks) release();
      }
    },
  };
}

interface Found {
  readonly session: Session | undefined;
  /** What it was sealed with, or is to be. */
  readonly sealer: Sealer | undefined;
}

async function read(
  path: string,
  network: string,
  uid: Uid,
  { passphrase, newPassphrase }: OpenOptions,
  random: Random,
): Promise<Found> {
  const text = readPrivate(path, uid);
  if (text === undefined) {
    if (newPassphrase === undefined) return { session: undefined, sealer: undefined };
    const { newSealer } = await import('./seal.ts');
    return { session: undefined, sealer: await newSealer(newPassphrase, random) };
  }
  if (!text.includes('"sealed"')) return { session: parse(text, path, network), sealer: undefined };
  const sealed = parseSealed(text, path);
  if (sealed === undefined) return { session: parse(text, path, network), sealer: undefined };
  if (passphrase === undefined) throw new StoreError('STORE_SEALED', { path });
  const { isSensible, sealerOf } = await import('./seal.ts');
  if (!isSensible(sealed.kdf))
    throw new StoreError('STORE_CORRUPT', { path, reason: 'its scrypt parameters are out of bounds' });
  for (let tries = 1; ; tries++) {
    const sealer = await sealerOf(await passphrase(tries, path), sealed, random);
    const opened = sealer.open(sealed, sealContext(network));
    if (opened !== undefined) return { session: parse(opened, path, network), sealer };
  }
}

function parse(text: string, path: string, network: string): Session {
  const session = parseSession(text, path);
  if (session.network !== network)
    throw new StoreError('STORE_CORRUPT', { path, reason: `it belongs to the network "${session.network}"` });
  return session;
}

/** Names become file names: nothing that leads elsewhere, hides, or is a device on Windows. */
function isName(name: string): boolean {
  return /^[\w-][\w.-]{0,63}$/.test(name) && !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);
}

function checkName(name: string, what: string): void {
  if (isName(name)) return;
  throw new UsageError(
    `"${name}" cannot be the name of a ${what}: it takes letters, digits, ".", "_" and "-", 64 at most, and does not start with ".".`,
  );
}

interface Place {
  readonly path: string;
  readonly network: string;
  readonly now: Holder['now'];
  readonly lock: HeldLock;
  readonly random: Random;
}

class FileSession implements OpenSession {
  readonly #place: Place;
  #session: Session | undefined;
  #sealer: Sealer | undefined;
  #saved: Promise<void> | undefined;
  #open = true;

  constructor(place: Place, session: Session | undefined, sealer: Sealer | undefined) {
    this.#place = place;
    this.#session = session;
    this.#sealer = sealer;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  get sealed(): boolean {
    return this.#sealer !== undefined;
  }

  async setPassphrase(passphrase: string | undefined): Promise<void> {
    const { newSealer } = await import('./seal.ts');
    this.#sealer = passphrase === undefined ? undefined : await newSealer(passphrase, this.#place.random);
    if (this.#session !== undefined) await this.save(this.#session);
  }

  async save(session: Session): Promise<void> {
    if (!this.#open) throw new Error('The session is closed.');
    const kept = withoutTheDead(session, this.#place.now());
    const saving = this.#write(this.#saved, formatSession(kept));
    this.#session = kept;
    this.#saved = saving.catch(() => {}); // its own caller hears of it
    return saving;
  }

  async remove(): Promise<void> {
    await this.#saved;
    this.#place.lock.check();
    removePrivate(this.#place.path);
    this.#session = undefined;
  }

  async #write(before: Promise<void> | undefined, text: string): Promise<void> {
    const { path, lock, random } = this.#place;
    await before;
    const sealed = await this.#seal(text);
    lock.check();
    if (before === undefined) sweep(path);
    writePrivate(path, sealed, random);
  }

  async #seal(text: string): Promise<string> {
    const old = this.#sealer;
    if (old === undefined) return text;
    const sealer = await old.upToDate();
    if (this.#sealer === old) this.#sealer = sealer; // else there is another passphrase by now
    return formatSealed(sealer.seal(text, sealContext(this.#place.network)));
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#saved;
    this.#place.lock.release();
  }
}

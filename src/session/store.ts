/**
 * The store: sessions by network and name, each open in one process at a time.
 *
 * On disk a session is `<folder>/<network>/<name>.json`, with `<name>.lock` beside it while it is open. The few system
 * calls of opening it are synchronous: at the start of a run that is faster than a thread pool.
 */
import { join, resolve } from 'node:path';
import type { Random } from '../bytes.ts';
import { StoreError, UsageError } from '../errors.ts';
import {
  checkPrivate,
  listPrivate,
  preparePrivate,
  readPrivate,
  removePrivate,
  removeTemporaries,
  renamePrivate,
  type Uid,
  writePrivate,
} from './file.ts';
import { formatSealed, formatSession, parseSealed, parseSession, sealContext } from './json.ts';
import { type HeldLock, type LockOptions, takeLock } from './lock.ts';
import type { Holder } from './owner.ts';
import type { Sealed, Sealer } from './seal.ts';
import { type Session, withoutExpired } from './session.ts';
import { isUnwritable } from './system.ts';

export interface OpenSession {
  /** The stored session; `undefined` if there is none. */
  readonly session: Session | undefined;
  /** Stores a new value, in the order of the calls. Resolves when it is on the disk. Throws `StoreError`. */
  save(session: Session): Promise<void>;
  /** Removes the session from the store. Throws `StoreError`. */
  remove(): Promise<void>;
  /** Whether it is encrypted with a passphrase. */
  readonly sealed: boolean;
  /** Changes or removes the passphrase, and saves. Throws `StoreError`. */
  setPassphrase(passphrase: string | undefined): Promise<void>;
  /** Waits for saving, then releases the lock. */
  close(): Promise<void>;
}

export interface OpenOptions extends LockOptions {
  /**
   * Returns the passphrase of a sealed session. Called again after a wrong one; throws to give up. Without it, a sealed
   * session is a `StoreError`.
   */
  readonly passphrase?: (tries: number, path: string) => Promise<string>;
  /** The passphrase of a new session. */
  readonly newPassphrase?: string | undefined;
  /**
   * The session is only read. Where no lock can be made, as on a read-only or full disk, it opens without one, and
   * `save` then changes it in memory only.
   */
  readonly readOnly?: boolean | undefined;
}

/** A stored session. */
interface Entry {
  readonly network: string;
  readonly name: string;
}

export interface SessionStore {
  /**
   * Opens a session, new or stored. Throws `UsageError` for an invalid name; `StoreError` if the session cannot be
   * read, is damaged, has a later version, or is locked for longer than `waitMs`; or the signal's reason.
   */
  open(name: string, network: string, options: OpenOptions): Promise<OpenSession>;
  /** All sessions of all networks, sorted by name; ignores other files. Throws `StoreError`. */
  list(): readonly Entry[];
  /** Reads a session without its lock or passphrase. Returns `undefined` if there is none. Throws `StoreError`. */
  peek(name: string, network: string): Session | 'sealed' | undefined;
  /** Removes a session, if it exists, sealed or not. Throws `StoreError`. */
  remove(name: string, network: string, options: LockOptions): Promise<void>;
  /** Renames a session. Throws `StoreError` if it does not exist, if the new name exists, or if either is locked. */
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

/** Sessions in a folder. */
export function fileStore({ folder, owner, uid, now, kill, random }: FileStoreOptions): SessionStore {
  const holder = { ...owner, now, kill };
  const lock = (inner: string, name: string, options: LockOptions) =>
    takeLock(join(inner, `${name}.lock`), holder, options);
  const lockToOpen = async (inner: string, name: string, network: string, options: OpenOptions) => {
    try {
      preparePrivate(folder, network, uid);
      return await lock(inner, name, options);
    } catch (error) {
      if (options.readOnly !== true || !isUnwritable(error)) throw error;
      checkPrivate(folder, network, uid);
      return undefined;
    }
  };
  return {
    async open(name, network, options) {
      checkName(name, 'session');
      checkName(network, 'network');
      const inner = resolve(folder, network); // one spelling for the locks of this process
      const path = join(inner, `${name}.json`);
      const held = await lockToOpen(inner, name, network, options);
      try {
        const found = await read(path, network, uid, options, random);
        return new FileSession({ path, network, now, lock: held, random }, found.session, found.sealer);
      } catch (error) {
        held?.release();
        throw error;
      }
    },
    peek(name, network) {
      const path = join(folder, network, `${name}.json`);
      const text = readPrivate(path, uid);
      if (text === undefined) return undefined;
      return sealedIn(text, path) === undefined ? withoutExpired(parse(text, path, network), now()) : 'sealed';
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
  /** Of a sealed session, or of a new one with a passphrase. */
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
  const sealed = sealedIn(text, path);
  if (sealed === undefined) return { session: parse(text, path, network), sealer: undefined };
  if (passphrase === undefined) throw new StoreError('STORE_SEALED', { path });
  const { isAcceptable, sealerOf } = await import('./seal.ts');
  if (!isAcceptable(sealed.kdf))
    throw new StoreError('STORE_CORRUPT', { path, reason: 'its scrypt parameters are out of range' });
  for (let tries = 1; ; tries++) {
    const sealer = await sealerOf(await passphrase(tries, path), sealed, random);
    const opened = sealer.open(sealed, sealContext(network));
    if (opened !== undefined) return { session: parse(opened, path, network), sealer };
  }
}

function sealedIn(text: string, path: string): Sealed | undefined {
  return text.includes('"sealed"') ? parseSealed(text, path) : undefined;
}

function parse(text: string, path: string, network: string): Session {
  const session = parseSession(text, path);
  if (session.network !== network)
    throw new StoreError('STORE_CORRUPT', { path, reason: `it belongs to the network "${session.network}"` });
  return session;
}

/**
 * Names become file names, so a path, a hidden file or a device name of Windows is refused. A name that begins with `-`
 * would be an option.
 */
function isName(name: string): boolean {
  return /^[\w+][\w.+-]{0,63}$/.test(name) && !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);
}

function checkName(name: string, what: string): void {
  if (isName(name)) return;
  throw new UsageError(
    `"${name}" is not a valid name for a ${what}. Use up to 64 letters, digits, ".", "_", "+" and "-", not starting with "." or "-".`,
  );
}

interface Place {
  readonly path: string;
  readonly network: string;
  readonly now: Holder['now'];
  /** None for a session that is only read, where no lock can be made. */
  readonly lock: HeldLock | undefined;
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
    const kept = withoutExpired(session, this.#place.now());
    const saving = this.#write(this.#saved, formatSession(kept));
    this.#session = kept;
    this.#saved = saving.catch(() => {}); // the caller of this `save` gets the error
    return saving;
  }

  async remove(): Promise<void> {
    await this.#saved;
    this.#place.lock?.check();
    removePrivate(this.#place.path);
    this.#session = undefined;
  }

  async #write(before: Promise<void> | undefined, text: string): Promise<void> {
    const { path, lock, random } = this.#place;
    await before;
    if (lock === undefined) return;
    const sealed = await this.#seal(text);
    lock.check();
    if (before === undefined) removeTemporaries(path);
    writePrivate(path, sealed, random);
  }

  async #seal(text: string): Promise<string> {
    const old = this.#sealer;
    if (old === undefined) return text;
    const sealer = await old.upToDate();
    if (this.#sealer === old) this.#sealer = sealer; // else the passphrase changed meanwhile
    return formatSealed(sealer.seal(text, sealContext(this.#place.network)));
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#saved;
    this.#place.lock?.release();
  }
}

/**
 * The store: sessions by network and name, each open to one process at a time.
 *
 * On disk a session is `<folder>/<network>/<name>.json`, with `<name>.lock` beside it while it is open. Opening is synchronous but
 * for the wait: it comes before everything else in a run, and a handful of system calls is over before a thread pool has started.
 */
import { join, resolve } from 'node:path';
import { StoreError, UsageError } from '../errors.ts';
import { preparePrivate, readPrivate, removePrivate, sweep, writePrivate } from './file.ts';
import { formatSession, parseSession } from './json.ts';
import { type Holder, type LockOptions, takeLock } from './lock.ts';
import { type Session, withoutTheDead } from './session.ts';

export interface OpenSession {
  /** What was found when it was opened, or given to `save` since; `undefined` while there is nothing. */
  readonly session: Session | undefined;
  /** Keeps another value, in the order of the calls. Resolves when it is on the disk; throws `StoreError`. */
  save(session: Session): Promise<void>;
  /** Removes it from the store. Throws `StoreError`. */
  remove(): Promise<void>;
  /** Waits for what is being saved, then lets others in. */
  close(): Promise<void>;
}

export type OpenOptions = LockOptions;

export interface SessionStore {
  /**
   * Throws `UsageError` for a name that cannot be one; `StoreError` if the session cannot be read, is not one, is of a later version,
   * or another process keeps it longer than `wait`; the signal's reason.
   */
  open(name: string, network: string, options: OpenOptions): Promise<OpenSession>;
}

export interface FileStoreOptions {
  readonly folder: string;
  readonly owner: { readonly pid: number; readonly command: string };
  readonly platform: NodeJS.Platform;
  readonly now: Holder['now'];
  readonly kill: Holder['kill'];
}

/** Sessions in a folder of this machine. */
export function fileStore({ folder, owner, platform, now, kill }: FileStoreOptions): SessionStore {
  const holder = { ...owner, now, kill };
  return {
    async open(name, network, options) {
      checkName(name, 'session');
      checkName(network, 'network');
      preparePrivate(folder, network, platform);
      const inner = resolve(folder, network); // one spelling, by which the lock knows what this process holds
      const path = join(inner, `${name}.json`);
      const release = await takeLock(join(inner, `${name}.lock`), holder, options);
      try {
        return new FileSession(path, read(path, network, platform), now, release);
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

function read(path: string, network: string, platform: NodeJS.Platform): Session | undefined {
  const text = readPrivate(path, platform);
  if (text === undefined) return undefined;
  const session = parseSession(text, path);
  if (session.network !== network)
    throw new StoreError('STORE_CORRUPT', { path, reason: `it belongs to the network "${session.network}"` });
  return session;
}

/** Names become file names: nothing that leads elsewhere, hides, or is a device on Windows. */
function checkName(name: string, what: string): void {
  if (/^[\w-][\w.-]{0,63}$/.test(name) && !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name)) return;
  throw new UsageError(
    `"${name}" cannot be the name of a ${what}: it takes letters, digits, ".", "_" and "-", 64 at most, and does not start with ".".`,
  );
}

class FileSession implements OpenSession {
  readonly #path: string;
  readonly #now: Holder['now'];
  readonly #release: () => void;
  #session: Session | undefined;
  #saved: Promise<void> | undefined;
  #open = true;

  constructor(path: string, session: Session | undefined, now: Holder['now'], release: () => void) {
    this.#path = path;
    this.#session = session;
    this.#now = now;
    this.#release = release;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  async save(session: Session): Promise<void> {
    if (!this.#open) throw new Error('The session is closed.');
    const kept = withoutTheDead(session, this.#now());
    const saving = this.#write(this.#saved, formatSession(kept));
    this.#session = kept;
    this.#saved = saving.catch(() => {}); // its own caller hears of it
    return saving;
  }

  async remove(): Promise<void> {
    await this.#saved;
    removePrivate(this.#path);
    this.#session = undefined;
  }

  async #write(before: Promise<void> | undefined, text: string): Promise<void> {
    if (before === undefined) sweep(this.#path);
    await before;
    await writePrivate(this.#path, text);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#saved;
    this.#release();
  }
}

/**
 * Opens sessions and clients. The command line uses it too, so nothing opens them in another place.
 *
 *     await using telegram = await connect({ api_id, store: memoryStore() });
 *     const sent = await sendCode(telegram.client, { phone, api_id, api_hash });
 *
 * Defaults: Telegram's own network, a session in memory, OpenSSL's random numbers and the system's clock.
 */
import { randomBytes } from 'node:crypto';
import { release, type } from 'node:os';
import { rememberedUser, type User } from './auth/user.ts';
import { UsageError } from './errors.ts';
import type { Client, ClientOptions } from './net/client.ts';
import { type Network, productionNetwork } from './net/datacentres.ts';
import type { Application } from './net/init-connection.ts';
import { memoryStore } from './session/memory.ts';
import { emptySession, hasKey, type Session, withConnections } from './session/session.ts';
import type { OpenOptions, SessionStore } from './session/store.ts';
import { version } from './version.ts';

export interface OpenSessionOptions extends Partial<OpenOptions> {
  /** Default: Telegram's production network, starting at DC 2. */
  readonly network?: Network;
  /** Where the session is kept: `fileStore`, `memoryStore` (the default) or a store of your own. */
  readonly store?: SessionStore | undefined;
  /** The session's name in the store. Default: `default`. */
  readonly name?: string | undefined;
}

/** An open session: its value, and how to change it. */
export interface SessionHandle {
  /** The current value; an empty session while nothing is stored. */
  readonly value: Session;
  /** Whether a passphrase protects it. */
  readonly sealed: boolean;
  /** Changes some fields. Resolves once the change would survive a crash. Throws `StoreError`. */
  change(part: Partial<Session>): Promise<void>;
  /** Replaces the whole value, as `change` does. */
  replace(session: Session): Promise<void>;
  /** Deletes the session from the store. Throws `StoreError`. */
  remove(): Promise<void>;
  /** Encrypts the session with this passphrase; `undefined` stores it unencrypted. Throws `StoreError`. */
  setPassphrase(passphrase: string | undefined): Promise<void>;
  /** Waits for pending changes, then releases the lock. */
  close(): Promise<void>;
}

export interface ConnectOptions
  extends Partial<Omit<ClientOptions, 'network' | 'state' | 'save' | 'application'>>,
    Pick<OpenSessionOptions, 'network' | 'store' | 'passphrase'> {
  /** From https://my.telegram.org. */
  readonly api_id: number;
  /** The session's name in the store (default `default`), or a session that is open already. */
  readonly session?: string | SessionHandle;
  /** The data centre to call first. Default: the session's own. */
  readonly dc?: number | undefined;
  /** This program's name in the list of devices. Default: `tg-auth`. */
  readonly device_model?: string;
}

export interface Connected extends AsyncDisposable {
  /** Makes the calls; the first call connects. */
  readonly client: Client;
  /** The current session. */
  readonly session: Session;
  /** Stores changed fields of the session. Throws `StoreError`. */
  change(part: Partial<Session>): Promise<void>;
  /** Stores who is signed in, after a sign-in step returned the user. */
  signedIn(user: User): Promise<void>;
  /** Closes the connections, waits for pending changes and closes the session. */
  close(): Promise<void>;
}

/** How long to wait for another process that holds the session, unless the caller says otherwise. */
const LOCK_WAIT_MS = 30_000;

/** Opens a session, and connects to nothing. Throws `StoreError`, `UsageError`, or the signal's reason. */
export async function openSession(options: OpenSessionOptions = {}): Promise<SessionHandle> {
  const { network = productionNetwork(), store = memoryStore(), name = 'default', signal = never(), ...rest } = options;
  const open = await store.open(name, network.id, { waitMs: LOCK_WAIT_MS, ...rest, signal });
  const empty = emptySession(network.id, network.dc);
  const value = () => open.session ?? empty;
  return {
    get value() {
      return value();
    },
    get sealed() {
      return open.sealed;
    },
    change: (part) => open.save({ ...value(), ...part }),
    replace: (session) => open.save(session),
    remove: () => open.remove(),
    setPassphrase: (passphrase) => open.setPassphrase(passphrase),
    close: () => open.close(),
  };
}

/** Opens the session and a client for it. Throws `StoreError`, `UsageError`, or the signal's reason. */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const {
    api_id,
    network = productionNetwork(),
    store,
    session: which,
    passphrase,
    dc,
    device_model,
    ...rest
  } = options;
  const { signal = never() } = options;
  const session =
    typeof which === 'object'
      ? which
      : await openSession({ network, store, name: which, signal, ...(passphrase && { passphrase }) });
  if (session.value.network !== network.id)
    throw new UsageError(`The session belongs to the network ${session.value.network}, not to ${network.id}.`);
  const { Client } = await import('./net/client.ts');
  const { dc: home, keys, addresses, routes, time_offset } = session.value;
  const client = new Client({
    random: (length) => new Uint8Array(randomBytes(length)),
    now: Date.now,
    ...rest,
    signal,
    network,
    state: { dc: dc ?? home, keys, addresses, ...(routes && { routes }), time_offset },
    save: async (state) => {
      const next = withConnections(session.value, state);
      if (hasKey(next) || hasKey(session.value)) await session.replace(next);
    },
    application: applicationOf(api_id, device_model),
  });
  const close = async () => {
    client.close();
    await session.close();
  };
  return {
    client,
    get session() {
      return session.value;
    },
    change: (part) => session.change(part),
    signedIn: (user) => session.change({ dc: client.state.dc, user: rememberedUser(user), clone: undefined }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** What initConnection tells the server about this program. */
export function applicationOf(api_id: number, device_model = 'tg-auth'): Application {
  const system_version = `${type()} ${release()}`;
  return { api_id, device_model, system_version, app_version: version, lang_code: 'en' };
}

function never(): AbortSignal {
  return new AbortController().signal;
}

/**
 * A client with what a program of one's own usually wants: sessions in a store, Telegram's network, OpenSSL's randomness, the system's clock.
 *
 *     await using telegram = await connect({ api_id, store: memoryStore() });
 *     const sent = await sendCode(telegram.client, { phone, api_id, api_hash });
 */
import { randomBytes } from 'node:crypto';
import { release, type } from 'node:os';
import type { User } from './auth/user.ts';
import { Client, type ClientOptions } from './net/client.ts';
import { type Network, productionNetwork } from './net/datacentres.ts';
import { memoryStore } from './session/memory.ts';
import { emptySession, hasKey, type Session, withConnections } from './session/session.ts';
import type { SessionStore } from './session/store.ts';
import { version } from './version.ts';

export interface ConnectOptions extends Partial<Pick<ClientOptions, 'transport' | 'waitFlood' | 'onWait' | 'trace'>> {
  /** From https://my.telegram.org. */
  readonly api_id: number;
  /** Default: Telegram's own, from DC 2 on. */
  readonly network?: Network;
  /** Where the session is kept: `fileStore`, `memoryStore` (the default), or one of your own. */
  readonly store?: SessionStore;
  /** The name of the session in the store; default `default`. */
  readonly session?: string;
  /** Ends everything; its reason is what calls throw. */
  readonly signal?: AbortSignal;
  /** What the list of devices calls this program; default `tg-auth`. */
  readonly device_model?: string;
  /** The passphrase of a session that is sealed. */
  readonly passphrase?: () => Promise<string>;
}

export interface Connected extends AsyncDisposable {
  /** Makes the calls; it connects with the first of them. */
  readonly client: Client;
  /** As it is now. */
  readonly session: Session;
  /** Keeps who is signed in, or anything else of the session. Throws `StoreError`. */
  change(part: Partial<Session>): Promise<void>;
  /** Keeps who a step has signed in. */
  signedIn(user: User): Promise<void>;
  /** Says goodbye, waits for what is being stored, and lets others have the session. */
  close(): Promise<void>;
}

/** How long to wait for another process that has the session open, in milliseconds. */
const LOCK_WAIT = 30_000;

/** Opens the session. Throws `StoreError`, `UsageError`, or the signal's reason. */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const { api_id, network = productionNetwork(), store = memoryStore(), session: name = 'default' } = options;
  const { signal = new AbortController().signal, device_model = 'tg-auth', passphrase, ...rest } = options;
  const open = await store.open(name, network.id, { signal, wait: LOCK_WAIT, ...(passphrase && { passphrase }) });
  const session = () => open.session ?? emptySession(network.id, network.dc);
  const change = (part: Partial<Session>) => open.save({ ...session(), ...part });
  const { dc, keys, addresses, routes, time_offset } = session();
  const client = new Client({
    ...rest,
    network,
    state: { dc, keys, addresses, ...(routes && { routes }), time_offset },
    save: async (state) => {
      const next = withConnections(session(), state);
      if (hasKey(next) || hasKey(session())) await open.save(next);
    },
    application: {
      api_id,
      device_model,
      system_version: `${type()} ${release()}`,
      app_version: version,
      lang_code: 'en',
    },
    random: (length) => new Uint8Array(randomBytes(length)),
    now: Date.now,
    signal,
  });
  const close = async () => {
    client.close();
    await open.close();
  };
  return {
    client,
    get session() {
      return session();
    },
    change,
    signedIn: ({ id, bot }) => change({ dc: client.state.dc, user: { id, bot } }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

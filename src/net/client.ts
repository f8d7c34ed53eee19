/**
 * Telegram as one `Caller`: which data centre to ask, what to say first on a connection, and what to do about answers that mean
 * "elsewhere", "later" or "again" (https://core.telegram.org/api/errors).
 */
import type { Now, Random } from '../bytes.ts';
import { NetworkError, RpcError } from '../errors.ts';
import { type CallOptions, current, type Layer, type ListeningCaller } from '../tl/layer.ts';
import type { Answers, Methods } from '../tl/types.ts';
import type { TransportName } from '../transport/names.ts';
import { throwIfAborted, unlessAborted } from './abort.ts';
import { AddressBook } from './address-book.ts';
import type { AuthKey, Progress } from './connect.ts';
import { Connection } from './connection.ts';
import type { Address, Network } from './datacentres.ts';
import type { ProxyServer } from './dial/proxy.ts';
import type { Application } from './init-connection.ts';
import type { Query } from './pending-calls.ts';
import { backoff, sleep } from './routes/backoff.ts';
import { asAnswer, isKeyUnknown } from './routes/retry.ts';
import { type KnownRoute, routesTo } from './routes/route.ts';

/** What a session remembers of its connections; a value, replaced and never changed. */
export interface ConnectionState {
  /** The DC that answers this session's calls. */
  readonly dc: number;
  readonly keys: Readonly<Record<number, AuthKey>>;
  /** Addresses that help.getConfig told, where the network's table has none. */
  readonly addresses: Readonly<Record<number, readonly Address[]>>;
  /** Of the ways to a DC, the one that led through the last time. */
  readonly routes?: Readonly<Record<number, KnownRoute>>;
  /** Seconds that the server's clock is ahead of ours. */
  readonly time_offset: number;
}

export interface ClientOptions {
  readonly network: Network;
  readonly state: ConnectionState | undefined;
  /** Keeps a new state. An answer is not returned before the state that it depends on is kept. */
  readonly save: (state: ConnectionState) => Promise<void>;
  /** The only transport to use; absent, all are tried that may lead through. */
  readonly transport?: TransportName | undefined;
  /** All connections go through it, and none around it. */
  readonly proxy?: ProxyServer | undefined;
  /** Talk under temporary keys of so many seconds, for forward secrecy (https://core.telegram.org/api/pfs); absent: under the permanent one. */
  readonly pfs?: number | undefined;
  readonly application: Application;
  readonly random: Random;
  readonly now: Now;
  /** Ends everything: its reason is what calls throw. */
  readonly signal: AbortSignal;
  /** Seconds of FLOOD_WAITs that all calls of this client may sleep through together; a wait beyond that is thrown. */
  readonly waitFlood?: number;
  /** A wait begins. What this throws ends the call in its place. */
  readonly onWait?: (wait: { readonly seconds: number; readonly reason: RpcError }) => void;
  /** How far a connection has come. */
  readonly onProgress?: (progress: Progress) => void;
  /** The server's clock was found to be so many seconds ahead. */
  readonly onClock?: (time_offset: number) => void;
  /** Words on what goes over the wire, without anything secret. */
  readonly trace?: (line: string) => void;
}

const MAX_MIGRATIONS = 3;
/** Calls that the server failed by its own fault (class 500) are asked so often in all. */
const MAX_TRIES = 3;
const MIGRATIONS = new Set(['PHONE_MIGRATE_X', 'NETWORK_MIGRATE_X', 'USER_MIGRATE_X']);

export class Client implements ListeningCaller {
  readonly #options: ClientOptions;
  readonly #connections = new Map<number, Promise<Connection>>();
  readonly #listeners = new Set<(body: Uint8Array) => void>();
  #state: ConnectionState;
  /** Aborted by `close`, for all that is under way; then there is another. */
  #over = new AbortController();
  #saving: Promise<void> = Promise.resolve();
  #kept: ConnectionState;
  /** DCs whose key is to be replaced. Until there is a new one, the old one stays stored. */
  readonly #renewing = new Set<number>();
  /** Seconds of FLOOD_WAITs so far. */
  #waited = 0;
  readonly #book: AddressBook;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#state = options.state ?? { dc: options.network.dc, keys: {}, addresses: {}, time_offset: 0 };
    this.#kept = this.#state;
    this.#book = new AddressBook({
      ...options,
      transport: options.transport,
      stored: () => this.#state.addresses,
      ask: (query) => this.#askForConfig(query),
      learn: (addresses) => this.#change({ addresses }),
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  async call<S extends string, M extends keyof Methods<S> & keyof Answers<S> & string>(
    layer: Layer<S>,
    method: M,
    params: Methods<S>[M],
    options: CallOptions = {},
  ): Promise<Answers<S>[M]> {
    const query = layer.codec.encodeCall(method, params);
    const signal = AbortSignal.any([this.#signal(), ...(options.signal === undefined ? [] : [options.signal])]);
    throwIfAborted(signal);
    const ask = { repeatable: options.repeatable ?? false, signal };
    const home = this.#state.dc;
    let dc = options.dc ?? home;
    let migrations = 0;
    let renewals = 0;
    for (let tries = 1; ; ) {
      try {
        if (options.startsAnew === true && this.#isImported(dc)) await this.#renewKey(dc);
        if (options.signsIn === true && this.#isImported(dc)) throw new NetworkError('KEY_IMPORTED');
        const answer = await this.#ask(dc, layer.number, method, query, ask);
        if (dc !== home) this.#change({ dc }); // only now is it sure that there is such a DC
        await unlessAborted(signal, this.#keep());
        return layer.codec.decodeAnswer(method, answer);
      } catch (thrown) {
        throwIfAborted(signal);
        await unlessAborted(signal, this.#keep()); // a refusal is an answer too, and rests on the same key
        const error = asAnswer(thrown);
        if (isKeyUnknown(error) && options.startsAnew === true && renewals++ === 0) await this.#renewKey(dc);
        else if (error instanceof NetworkError && this.#book.distrust(error, dc)) this.#connections.delete(dc);
        else if (!(error instanceof RpcError)) throw error;
        else if (MIGRATIONS.has(error.type) && error.parameter !== undefined && ++migrations <= MAX_MIGRATIONS) {
          this.#options.trace?.(`moving to DC ${error.parameter}`);
          dc = error.parameter;
        } else if (isServerFault(error) && tries++ < MAX_TRIES) {
          await sleep(backoff(tries, this.#options.random), signal);
        } else await this.#waitOut(error, signal);
      }
    }
  }

  onUpdate(listener: (body: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says goodbye on every connection, and ends the calls that are under way. */
  close(): void {
    const over = this.#over;
    this.#over = new AbortController();
    this.#connections.clear();
    over.abort(new NetworkError('CONNECTION_ENDED'));
  }

  /** Ends all that begins now. */
  #signal(): AbortSignal {
    return AbortSignal.any([this.#options.signal, this.#over.signal]);
  }

  async #ask(
    dc: number,
    layer: number,
    method: string,
    bytes: Uint8Array,
    options: Pick<Query, 'repeatable' | 'signal'>,
  ): Promise<Uint8Array> {
    const connection = await unlessAborted(options.signal, this.#connection(dc));
    return connection.call({ method, layer, bytes, ...options });
  }

  /** The connection to a DC that all calls share; a new one if it failed. */
  async #connection(dc: number): Promise<Connection> {
    const known = this.#connections.get(dc) ?? this.#connect(dc);
    this.#connections.set(dc, known);
    try {
      const connection = await known;
      if (!connection.ended) return connection;
    } catch (error) {
      if (this.#connections.get(dc) === known) this.#connections.delete(dc);
      throw error;
    }
    if (this.#connections.get(dc) === known) this.#connections.delete(dc);
    throwIfAborted(this.#signal()); // or each new one would be over, too
    return this.#connection(dc);
  }

  /** `stranger`: under a key of its own that nobody else knows, which is not kept; default: under the session's key. */
  async #connect(dc: number, { stranger = false } = {}): Promise<Connection> {
    const {
      network,
      transport,
      proxy,
      application,
      random,
      now,
      trace = () => {},
      onProgress = () => {},
    } = this.#options;
    const signal = this.#signal();
    // An MTProxy finds the DC by its number.
    const addresses = proxy?.kind === 'mtproxy' ? [] : await this.#book.addresses(dc);
    return new Connection({
      dc,
      innerDc: network.innerDc(dc),
      routes: routesTo({ network, dc, addresses, transport, proxy }),
      proxy,
      pfs: this.#options.pfs,
      application,
      keys: network.keys,
      key: stranger || this.#renewing.has(dc) ? undefined : this.#state.keys[dc],
      route: this.#state.routes?.[dc],
      time_offset: this.#state.time_offset,
      random,
      now,
      signal,
      onKey: (key) => {
        if (stranger) return;
        this.#renewing.delete(dc);
        this.#change({ keys: { ...this.#state.keys, [dc]: key } });
      },
      onClock: (time_offset) => {
        this.#change({ time_offset });
        this.#options.onClock?.(time_offset);
      },
      onRoute: ({ address, transport: name }) =>
        this.#change({ routes: { ...this.#state.routes, [dc]: { address, transport: name } } }),
      onProgress,
      onUpdate: (body) => {
        for (const listener of this.#listeners) listener(body);
      },
      trace,
    });
  }

  /** Asks the network's first DC, under a key that nobody else knows. */
  async #askForConfig(bytes: Uint8Array): Promise<Uint8Array> {
    const { dc } = this.#options.network;
    const ask = { method: 'help.getConfig', repeatable: true, signal: this.#signal() };
    if (!this.#isImported(dc)) return this.#ask(dc, current.number, ask.method, bytes, ask);
    const connection = await this.#connect(dc, { stranger: true });
    try {
      return await connection.call({ ...ask, layer: current.number, bytes });
    } finally {
      connection.close();
    }
  }

  #isImported(dc: number): boolean {
    return this.#state.keys[dc]?.imported === true;
  }

  /** The next connection makes a new key; not if another call has seen to that already. */
  async #renewKey(dc: number): Promise<void> {
    const connection = await this.#connections.get(dc);
    if (this.#renewing.has(dc) || (connection?.ended === false && !this.#isImported(dc))) return;
    connection?.close();
    this.#connections.delete(dc);
    this.#renewing.add(dc);
  }

  #change(part: Partial<ConnectionState>): void {
    this.#state = { ...this.#state, ...part };
    this.#keep().catch(() => {}); // every call ends with it, and meets what it throws
  }

  /** Resolves once the newest state is kept; several changes in one go are kept once, and what failed is tried again. */
  #keep(): Promise<void> {
    const saving = this.#saving.then(async () => {
      const state = this.#state;
      if (state === this.#kept) return;
      await this.#options.save(state);
      this.#kept = state;
    });
    this.#saving = saving.catch(() => {});
    return saving;
  }

  /** Sleeps through a flood wait if all of them together are short enough, or throws. */
  async #waitOut(error: RpcError, signal: AbortSignal): Promise<void> {
    const { waitFlood = 0, onWait } = this.#options;
    if (error.code !== 420 || error.retryAfter === undefined) throw error;
    const seconds = Math.max(1, error.retryAfter); // a wait of 0 would be no end of them
    if (this.#waited + seconds > waitFlood) throw error;
    this.#waited += seconds;
    onWait?.({ seconds, reason: error });
    await sleep(seconds * 1000, signal);
  }
}

/** AUTH_RESTART is of class 500 too, but means that the journey, not the call, must begin again. */
function isServerFault({ code, type }: RpcError): boolean {
  return (code >= 500 || code < 0) && !type.startsWith('AUTH_RESTART');
}

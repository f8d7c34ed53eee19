/** The connections of a client: at most one for each data centre, shared by all calls. */
import type { Now, Random } from '../bytes.ts';
import { NetworkError } from '../errors.ts';
import { current } from '../tl/layer.ts';
import type { TransportName } from '../transport/names.ts';
import { throwIfAborted, within } from './abort.ts';
import type { Progress } from './connect.ts';
import { Connection } from './connection.ts';
import type { Network } from './datacentres.ts';
import type { ProxyServer } from './dial/proxy.ts';
import type { Application } from './init-connection.ts';
import type { Query } from './pending-calls.ts';
import { AddressBook } from './routes/address-book.ts';
import { routesTo } from './routes/route.ts';
import type { SavedState } from './state.ts';

export interface ConnectionsOptions {
  readonly network: Network;
  /** Use only this transport; absent, all that may work are tried. */
  readonly transport?: TransportName | undefined;
  /** The proxy for every connection; it is never bypassed. */
  readonly proxy?: ProxyServer | undefined;
  /** Seconds that temporary keys live (https://core.telegram.org/api/pfs). Absent: the permanent key is used. */
  readonly pfs?: number | undefined;
  readonly application: Application;
  readonly random: Random;
  readonly now: Now;
  /** Ends everything: calls throw its reason. */
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** The server's clock was found to be this many seconds ahead. */
  readonly onClock?: (time_offset: number) => void;
  /** Receives a line for each event on the wire, without secrets. */
  readonly trace?: (line: string) => void;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #state: SavedState;
  readonly #onUpdate: (body: Uint8Array) => void;
  readonly #byDc = new Map<number, Promise<Connection>>();
  readonly #book: AddressBook;
  /** The DCs whose key is to be replaced. */
  readonly #renewing = new Set<number>();
  /** Aborted, and replaced, by `close`. */
  #over = new AbortController();
  #signal: AbortSignal;

  constructor(options: ConnectionsOptions, state: SavedState, onUpdate: (body: Uint8Array) => void) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#over.signal]);
    this.#state = state;
    this.#onUpdate = onUpdate;
    this.#book = new AddressBook(options, state, (bytes) => this.#askForConfig(bytes));
  }

  /** Aborted when the client or its creator ends everything. */
  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Sends a query to a DC, over a new connection if there is none or it failed. */
  async call(dc: number, query: Query): Promise<Uint8Array> {
    const connection = await within(query.signal, () => this.#connection(dc));
    return connection.call(query);
  }

  /** Whether the key for this DC came in a session string. */
  isImported(dc: number): boolean {
    return this.#state.current.keys[dc]?.imported === true;
  }

  /** Has the next connection make a new key, unless another call has done so. The old key stays stored until then. */
  async renewKey(dc: number): Promise<void> {
    const connection = await this.#byDc.get(dc);
    if (this.#renewing.has(dc) || (connection?.ended === false && !this.isImported(dc))) return;
    connection?.close();
    this.#byDc.delete(dc);
    this.#renewing.add(dc);
  }

  /** Returns whether this error may come from outdated addresses; the next call then asks for new ones. */
  distrust(error: NetworkError, dc: number): boolean {
    return this.#book.distrust(error, dc) && this.#byDc.delete(dc);
  }

  close(): void {
    const over = this.#over;
    this.#over = new AbortController();
    this.#signal = AbortSignal.any([this.#options.signal, this.#over.signal]);
    this.#byDc.clear();
    over.abort(new NetworkError('CONNECTION_ENDED'));
  }

  async #connection(dc: number): Promise<Connection> {
    const opening = this.#byDc.get(dc) ?? this.#open(dc);
    this.#byDc.set(dc, opening);
    const remove = () => this.#byDc.get(dc) === opening && this.#byDc.delete(dc);
    try {
      const connection = await opening;
      if (!connection.ended) return connection;
    } catch (error) {
      remove();
      throw error;
    }
    remove();
    throwIfAborted(this.signal); // or each new one would end, too
    return this.#connection(dc);
  }

  /** Opens a connection under the session's key or, if `anonymous`, under a fresh one that is not stored. */
  async #open(dc: number, { anonymous = false } = {}): Promise<Connection> {
    const { network, transport, proxy, pfs, onClock, onProgress = () => {}, trace = () => {} } = this.#options;
    const { signal } = this;
    const addresses = proxy?.kind === 'mtproxy' ? [] : await this.#book.addresses(dc); // that kind knows the DCs itself
    const { keys, routes, time_offset } = this.#state.current;
    return new Connection({
      ...this.#options,
      dc,
      innerDc: network.innerDc(dc),
      routes: routesTo({ network, dc, addresses, transport, proxy }),
      proxy,
      pfs,
      keys: network.keys,
      key: anonymous || this.#renewing.has(dc) ? undefined : keys[dc],
      route: routes?.[dc],
      time_offset,
      signal,
      onKey: (key) => {
        if (anonymous) return;
        this.#renewing.delete(dc);
        this.#state.change({ keys: { ...this.#state.current.keys, [dc]: key } });
      },
      onClock: (offset) => {
        this.#state.change({ time_offset: offset });
        onClock?.(offset);
      },
      onRoute: ({ address, transport: name }) =>
        this.#state.change({ routes: { ...this.#state.current.routes, [dc]: { address, transport: name } } }),
      onProgress,
      onUpdate: this.#onUpdate,
      trace,
    });
  }

  /** Asks the network's first DC, under a fresh key if the session's own came in a session string. */
  async #askForConfig(bytes: Uint8Array): Promise<Uint8Array> {
    const { dc } = this.#options.network;
    const { signal } = this;
    const query = { method: 'help.getConfig', layer: current.number, bytes, repeatable: true, signal };
    if (!this.isImported(dc)) return this.call(dc, query);
    const connection = await this.#open(dc, { anonymous: true });
    try {
      return await connection.call(query);
    } finally {
      connection.close();
    }
  }
}

/**
 * Telegram as one `Caller`: chooses the data centre for a call, follows migrations, waits out FLOOD_WAITs, and tries
 * again after a failure of the server (https://core.telegram.org/api/errors).
 */
import { NetworkError, RpcError } from '../errors.ts';
import type { CallOptions, Layer, ListeningCaller } from '../tl/layer.ts';
import type { Answers, Methods } from '../tl/types.ts';
import { throwIfAborted, within } from './abort.ts';
import { Connections, type ConnectionsOptions } from './connections.ts';
import { backoff, sleep } from './routes/backoff.ts';
import { asAnswer, isKeyUnknown } from './routes/retry.ts';
import { type ConnectionState, SavedState } from './state.ts';

export interface ClientOptions extends ConnectionsOptions {
  readonly state: ConnectionState | undefined;
  /** Stores a new state. A call returns its answer only once the state that it depends on is stored. */
  readonly save: (state: ConnectionState) => Promise<void>;
  /** Seconds of FLOOD_WAITs that all calls of this client together may wait out. A longer wait is thrown. Default 0. */
  readonly waitFlood?: number;
  /** Called when a wait begins. An error that it throws ends the call. */
  readonly onWait?: (wait: { readonly seconds: number; readonly reason: RpcError }) => void;
}

const MAX_MIGRATIONS = 3;
/** How often a call is made after a server error (class 500). */
const MAX_TRIES = 3;
const MIGRATIONS = new Set(['PHONE_MIGRATE_X', 'NETWORK_MIGRATE_X', 'USER_MIGRATE_X']);

export class Client implements ListeningCaller {
  readonly #options: ClientOptions;
  readonly #state: SavedState;
  readonly #connections: Connections;
  readonly #listeners = new Set<(body: Uint8Array) => void>();
  /** Seconds of FLOOD_WAITs so far. */
  #waited = 0;

  constructor(options: ClientOptions) {
    const { network, save, state = { dc: network.dc, keys: {}, addresses: {}, time_offset: 0 } } = options;
    this.#options = options;
    this.#state = new SavedState(state, save);
    this.#connections = new Connections(options, this.#state, (body) => {
      for (const listener of this.#listeners) listener(body);
    });
  }

  get state(): ConnectionState {
    return this.#state.current;
  }

  async call<S extends string, M extends keyof Methods<S> & keyof Answers<S> & string>(
    layer: Layer<S>,
    method: M,
    params: Methods<S>[M],
    options: CallOptions = {},
  ): Promise<Answers<S>[M]> {
    const own = this.#connections.signal;
    const signal = options.signal === undefined ? own : AbortSignal.any([own, options.signal]);
    throwIfAborted(signal);
    const bytes = layer.codec.encodeCall(method, params);
    this.#options.observe?.({ _: 'call', layer: layer.number, method, bytes, options });
    const { repeatable = false, startsAnew = false, signsIn = false } = options;
    const query = { method, layer: layer.number, bytes, repeatable, signal };
    const saved = () => within(signal, () => this.#state.saved());
    const home = this.#state.current.dc;
    let dc = options.dc ?? home;
    let migrations = 0;
    let renewals = 0;
    for (let tries = 1; ; ) {
      try {
        if (startsAnew && this.#connections.isImported(dc)) await this.#connections.renewKey(dc);
        if (signsIn && this.#connections.isImported(dc)) throw new NetworkError('KEY_IMPORTED');
        const answer = await this.#connections.call(dc, query);
        if (dc !== home) this.#state.change({ dc }); // not earlier: the DC might not exist
        await saved();
        return layer.codec.decodeAnswer(method, answer);
      } catch (thrown) {
        throwIfAborted(signal);
        await saved(); // a refusal is an answer too, and depends on the same key
        const error = asAnswer(thrown);
        if (startsAnew && isDead(error) && renewals++ === 0) await this.#connections.renewKey(dc);
        else if (error instanceof NetworkError && this.#connections.distrust(error, dc)) continue;
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

  /** Closes every connection, and ends the calls that are under way. */
  close(): void {
    this.#connections.close();
  }

  /** Waits out a FLOOD_WAIT if all waits together stay short enough, else throws it. */
  async #waitOut(error: RpcError, signal: AbortSignal): Promise<void> {
    const { waitFlood = 0, onWait } = this.#options;
    if (error.code !== 420 || error.retryAfter === undefined) throw error;
    const seconds = Math.max(1, error.retryAfter); // waits of 0 could go on forever
    if (this.#waited + seconds > waitFlood) throw error;
    this.#waited += seconds;
    onWait?.({ seconds, reason: error });
    await sleep(seconds * 1000, signal);
  }
}

/** The key is of no more use: the server has forgotten it, or ended it for good because two places used it. */
function isDead(error: unknown): boolean {
  return isKeyUnknown(error) || (error instanceof RpcError && error.type === 'AUTH_KEY_DUPLICATED');
}

/** AUTH_RESTART is of class 500 too, but means that the whole sign-in must begin again. */
function isServerFault({ code, type }: RpcError): boolean {
  return (code >= 500 || code < 0) && !type.startsWith('AUTH_RESTART');
}

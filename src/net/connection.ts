/**
 * One data centre: a session, and the sockets that it lives on one after the other.
 *
 * A call that was sent when a socket broke is not simply sent again: after reconnecting the server is asked what became of it
 * (msgs_state_req), and only what it never received goes out anew. A failed security check ends the connection for good.
 */
import { le64 } from '../bytes.ts';
import { NetworkError, RpcError } from '../errors.ts';
import { Channel } from '../mtproto/channel.ts';
import type { Event } from '../mtproto/service.ts';
import { mtproto } from '../tl/layer.ts';
import { backoff, sleep } from './backoff.ts';
import { type AuthKey, type EstablishOptions, establish } from './establish.ts';
import { interruption, throwIfAborted } from './interruption.ts';
import type { Pipe } from './pipe.ts';
import { asAnswer, isPassing, MAX_FAILURES } from './retry.ts';
import { Watchdog } from './watchdog.ts';

export interface ConnectionOptions extends EstablishOptions {
  readonly key: AuthKey | undefined;
  /** Seconds that the server's clock is ahead, as known before. */
  readonly time_offset: number;
  /** A value came that no call asked for. */
  readonly onUpdate: (body: Uint8Array) => void;
}

export interface Query {
  readonly method: string;
  /** The encoded call; the first one on a socket must introduce the client. */
  encode(introduce: boolean): Uint8Array;
  /** Doing it twice is no worse than once. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal | undefined;
}

interface Waiter {
  readonly query: Query;
  resolve(answer: Uint8Array): void;
  reject(error: unknown): void;
}

/** A socket with the session on it. */
interface Line {
  readonly pipe: Pipe;
  readonly channel: Channel;
}

/** msgs_state_info: what the low three bits of a byte say about a message, where it matters. */
const FATE = { forgotten: 1, received: 4 } as const;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #waiters = new Map<bigint, Waiter>();
  readonly #watchdog: Watchdog;
  #key: AuthKey | undefined;
  #time_offset: number;
  #channel: Channel | undefined;
  #line: Promise<Line> | undefined;
  #open: Line | undefined;
  #failures = 0;
  #ended: { readonly error: unknown } | undefined;
  /** The last msgs_state_req and the calls that it asks about. */
  #asked: { readonly req_msg_id: bigint; readonly msg_ids: readonly bigint[] } = { req_msg_id: 0n, msg_ids: [] };
  /** A call has introduced the client on this socket. */
  #introduced = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#key = options.key;
    this.#time_offset = options.time_offset;
    this.#watchdog = new Watchdog({ onQuiet: () => this.#ping(), onDead: () => this.#open?.pipe.close() });
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (): void => this.#end(interruption(this.#options.signal));

  /** Sends a query and brings the bytes of its answer. Throws `RpcError`, `NetworkError`, `SecurityError` or a signal's reason. */
  async call(query: Query): Promise<Uint8Array> {
    const line = await this.#connected();
    if (this.#ended !== undefined) throw this.#ended.error;
    throwIfAborted(query.signal);
    let drop = () => {};
    try {
      return await new Promise((resolve, reject) => {
        const waiter = { query, resolve, reject };
        drop = () => this.#drop(waiter);
        query.signal?.addEventListener('abort', drop, { once: true });
        this.#send(line, waiter);
      });
    } finally {
      query.signal?.removeEventListener('abort', drop);
    }
  }

  /** Whether it has failed for good or was closed: then calls only throw. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Acknowledges what was received, and closes. */
  close(): void {
    if (this.#open !== undefined) this.#flush(this.#open, { acks: true });
    this.#end(new NetworkError('CONNECTION_ENDED'));
  }

  #connected(): Promise<Line> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended.error);
    this.#line ??= this.#establish();
    return this.#line;
  }

  async #establish(): Promise<Line> {
    const onClock = (time_offset: number) => {
      this.#time_offset = time_offset;
      this.#options.onClock(time_offset);
    };
    try {
      const { pipe, key } = await establish({ ...this.#options, onClock }, this.#key);
      this.#key = key;
      this.#channel ??= this.#begin(key);
      this.#introduced = false;
      this.#open = { pipe, channel: this.#channel };
      if (this.#ended !== undefined) pipe.close();
      void this.#listen(this.#open);
      return this.#open;
    } catch (error) {
      this.#line = undefined;
      throw error;
    }
  }

  #begin({ auth_key, server_salt }: AuthKey): Channel {
    const { random, now } = this.#options;
    const session = { session_id: le64(random(8)), time_offset: this.#time_offset };
    return new Channel({ auth_key, side: 'client', server_salt, ...session, now, random });
  }

  #send(line: Line, waiter: Waiter): void {
    const body = waiter.query.encode(!this.#introduced);
    this.#introduced = true;
    this.#waiters.set(line.channel.send(body), waiter);
    this.#options.trace(`→ ${waiter.query.method}, ${body.length} bytes`);
    this.#flush(line);
  }

  #flush({ pipe, channel }: Line, options?: { acks: boolean }): void {
    pipe.send(channel.flush(options));
    this.#watchdog.expect(this.#waiters.size > 0);
  }

  async #listen(line: Line): Promise<void> {
    try {
      for (;;) {
        const payload = await line.pipe.next();
        this.#watchdog.alive();
        for (const event of line.channel.receive(payload)) this.#on(event, line);
        this.#flush(line);
      }
    } catch (error) {
      line.pipe.close();
      this.#watchdog.stop();
      this.#open = undefined;
      this.#line = undefined;
      await this.#recover(asAnswer(error));
    }
  }

  /** The socket is gone. If somebody waits, the session goes on over another one. */
  async #recover(error: unknown): Promise<void> {
    if (this.#ended !== undefined) return;
    if (!isPassing(error)) return this.#end(error);
    if (this.#waiters.size === 0) return;
    if (++this.#failures >= MAX_FAILURES) return this.#end(error);
    if (error.values.code === -404 && this.#failures > 1)
      return this.#end(new NetworkError('KEY_UNKNOWN', {}, { cause: error }));
    this.#options.trace(`connecting again: ${error.message}`);
    try {
      if (this.#failures > 1) await sleep(backoff(this.#failures, this.#options.random), this.#options.signal);
      const line = await this.#connected();
      const msg_ids = [...this.#waiters.keys()];
      this.#asked = { msg_ids, req_msg_id: line.channel.notify(mtproto.encode({ _: 'msgs_state_req', msg_ids })) };
      this.#flush(line);
    } catch (again) {
      this.#end(again);
    }
  }

  #on(event: Event, line: Line): void {
    const { trace, onKey, onClock, onUpdate } = this.#options;
    switch (event._) {
      case 'answer':
        this.#failures = 0;
        trace(`← an answer, ${event.body.length} bytes`);
        this.#take(event.req_msg_id)?.resolve(event.body);
        return;
      case 'error': {
        this.#failures = 0;
        trace(`← ${event.error_code} ${event.error_message}`);
        const waiter = this.#take(event.req_msg_id);
        waiter?.reject(new RpcError(event.error_code, event.error_message, waiter.query.method));
        return;
      }
      case 'renamed': {
        trace('a message was refused unread and goes out again');
        const waiter = this.#take(event.from);
        if (waiter !== undefined) this.#waiters.set(event.to, waiter);
        return;
      }
      case 'refused':
        this.#take(event.msg_id)?.reject(new NetworkError('MESSAGE_REFUSED', { code: event.error_code }));
        return;
      case 'forgotten':
        for (const msg_id of event.msg_ids) this.#judge(line, msg_id, FATE.forgotten);
        return;
      case 'state': {
        const { req_msg_id, msg_ids } = this.#asked;
        if (event.req_msg_id !== req_msg_id) return;
        for (const [i, msg_id] of msg_ids.entries()) this.#judge(line, msg_id, event.info[i] ?? FATE.forgotten);
        return;
      }
      case 'salt':
        if (this.#key === undefined) return;
        this.#key = { ...this.#key, server_salt: event.server_salt };
        onKey(this.#key);
        return;
      case 'clock':
        this.#time_offset = event.time_offset;
        trace(`the server's clock is ${event.time_offset} s ahead of ours`);
        onClock(event.time_offset);
        return;
      case 'update':
        trace(`← an update, ${event.body.length} bytes`);
        onUpdate(event.body);
        return;
      case 'pong':
      case 'future_salts':
      case 'call':
      case 'linger':
        return;
    }
  }

  /** What became of a call that was under way when a socket broke: msgs_state_info's byte, of which the low three bits tell. */
  #judge(line: Line, msg_id: bigint, state: number): void {
    if ((state & 7) === FATE.received) return; // its answer comes, or has come
    const waiter = this.#take(msg_id);
    if (waiter === undefined) return;
    line.channel.outbox.settle(msg_id);
    if ((state & 7) === FATE.forgotten && !waiter.query.repeatable)
      waiter.reject(new NetworkError('ANSWER_LOST', { method: waiter.query.method }));
    else this.#send(line, waiter);
  }

  #take(msg_id: bigint): Waiter | undefined {
    const waiter = this.#waiters.get(msg_id);
    this.#waiters.delete(msg_id);
    return waiter;
  }

  #ping(): void {
    if (this.#open === undefined) return;
    this.#open.channel.notify(mtproto.encodeCall('ping', { ping_id: le64(this.#options.random(8)) }));
    this.#flush(this.#open);
  }

  /** The caller no longer waits, so the server need not either. */
  #drop(waiter: Waiter): void {
    for (const [msg_id, each] of this.#waiters) {
      if (each !== waiter) continue;
      this.#waiters.delete(msg_id);
      this.#channel?.outbox.settle(msg_id);
      this.#channel?.send(mtproto.encodeCall('rpc_drop_answer', { req_msg_id: msg_id }));
      if (this.#open !== undefined) this.#flush(this.#open);
      if (waiter.query.signal !== undefined) waiter.reject(interruption(waiter.query.signal));
    }
  }

  #end(error: unknown): void {
    this.#ended ??= { error };
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#watchdog.stop();
    this.#open?.pipe.close();
    for (const { reject } of this.#waiters.values()) reject(error);
    this.#waiters.clear();
  }
}

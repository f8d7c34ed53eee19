/**
 * One data centre: a session, and the sockets that it lives on one after the other.
 *
 * A call that was sent when a socket broke is not simply sent again: after reconnecting the server is asked what became of it
 * (msgs_state_req), and only what it never received goes out anew.
 *
 * Once a message was opened under the session's key, a failed check ends the connection for good. Before that it rules out the route. A
 * transport error is not authenticated: a key counts as unknown only after the server has said so under encryption.
 */
import { le64 } from '../bytes.ts';
import { NetworkError, RpcError } from '../errors.ts';
import type { Channel } from '../mtproto/channel.ts';
import type { Event } from '../mtproto/service-messages.ts';
import { mtproto } from '../tl/layer.ts';
import { interruption, throwIfAborted, unlessAborted } from './abort.ts';
import type { AuthKey, Established, EstablishOptions, Known } from './connect.ts';
import { establish, isStale, withoutRoute } from './connect.ts';
import { type Application, introduce } from './init-connection.ts';
import { Watchdog } from './keepalive.ts';
import { openSession } from './key-exchange.ts';
import { Calls, type Fate, type Query, type Waiter, waitFor } from './pending-calls.ts';
import { refusalOf } from './refused-key.ts';
import { backoff, sleep } from './routes/backoff.ts';
import { asAnswer, isKeyUnknown, isPassing, MAX_FAILURES, messageOf, spoilsRoute } from './routes/retry.ts';
import type { KnownRoute, Route } from './routes/route.ts';

export interface ConnectionOptions extends EstablishOptions {
  readonly application: Application;
  readonly key: AuthKey | undefined;
  /** Best first; never none. */
  readonly routes: readonly Route[];
  /** Of several routes, this one has led to the server: a message came over it that was sealed with the session's key. */
  readonly onRoute: (route: Route) => void;
  /** The route that led through the last time. */
  readonly route: KnownRoute | undefined;
  /** Seconds that the server's clock is ahead, as known before. */
  readonly time_offset: number;
  /** A value came that no call asked for. */
  readonly onUpdate: (body: Uint8Array) => void;
}

/** A socket with the session on it. */
interface Line extends Established {
  readonly channel: Channel;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #calls = new Calls();
  readonly #watchdog: Watchdog;
  /** Aborted with the connection: the attempts to connect end, too. */
  readonly #over = new AbortController();
  #known: Known;
  #channel: Channel | undefined;
  #line: Promise<Line> | undefined;
  #open: Line | undefined;
  #failures = 0;
  #ended: { readonly error: unknown } | undefined;
  /** The call that was the last thing to be sent on this socket. */
  #last: bigint | undefined;
  /** The layer in which a call has introduced the client on this socket. */
  #introduced: number | undefined;
  /** The latest socket over which a message came that opened under the session's key. */
  #proven: Line | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#known = { ...options, suspicion: undefined, temporary: undefined };
    this.#watchdog = new Watchdog({ onQuiet: () => this.#ping(), onDead: (s) => this.#open?.pipe.abandon(s) });
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal.aborted) this.#onAbort();
  }

  get #dialling(): EstablishOptions {
    return { ...this.#options, signal: this.#over.signal, onClock: this.#onClock };
  }

  readonly #onClock = (time_offset: number): void => {
    this.#known = { ...this.#known, time_offset };
    this.#options.onClock(time_offset);
  };

  readonly #onAbort = (): void => this.close(interruption(this.#options.signal));

  /** Sends a query and brings the bytes of its answer. Throws `RpcError`, `NetworkError`, `SecurityError` or a signal's reason. */
  async call(query: Query): Promise<Uint8Array> {
    const { signal } = query;
    if (this.#open !== undefined && this.#calls.size === 0 && isStale(this.#known.temporary)) {
      this.#leave();
      this.#known = { ...this.#known, temporary: undefined };
    }
    let line: Line;
    do line = await unlessAborted(signal, this.#connected());
    while (line !== this.#open); // it may have broken while this call was waking up
    throwIfAborted(signal);
    return waitFor(
      query,
      (call) => this.#send(line, call),
      (call) => this.#drop(call),
    );
  }

  /** It has failed for good or was closed: calls only throw. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Acknowledges what was received, and closes. Calls that wait, be it for the connection, throw the error. */
  close(error: unknown = new NetworkError('CONNECTION_ENDED')): void {
    if (this.#open !== undefined) this.#flush(this.#open, { acks: true });
    this.#end(error);
  }

  #connected(): Promise<Line> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended.error);
    this.#line ??= this.#establish();
    return this.#line;
  }

  async #establish(): Promise<Line> {
    try {
      const found = await establish(this.#dialling, this.#known);
      if (this.#ended !== undefined) found.pipe.close();
      if (this.#ended !== undefined) throw this.#ended.error;
      const { key, route, routes, suspicion, temporary } = found;
      this.#known = { ...this.#known, key, route, routes, suspicion, temporary };
      this.#channel =
        temporary?.channel ??
        this.#channel ??
        openSession({ ...key, time_offset: this.#known.time_offset }, this.#options);
      this.#introduced = undefined;
      this.#open = { ...found, channel: this.#channel };
      this.#watchdog.hurry(found.unproven);
      void this.#listen(this.#open);
      return this.#open;
    } catch (error) {
      this.#line = undefined;
      if (isKeyUnknown(error)) this.#end(error);
      throw this.#ended === undefined ? error : this.#ended.error;
    }
  }

  #send(line: Line, waiter: Waiter): void {
    if (!waiter.goesOut()) return;
    const { layer, bytes } = waiter.query;
    const body = layer === this.#introduced ? bytes : introduce(layer, this.#options.application, bytes);
    this.#introduced = layer;
    const msg_id = line.channel.send(body);
    this.#calls.add(msg_id, waiter);
    this.#options.trace(`→ ${waiter.query.method}, ${body.length} bytes`);
    this.#flush(line);
    this.#last = msg_id;
  }

  #flush({ pipe, channel }: Line, options?: { acks: boolean }): void {
    const payloads = channel.flush(options);
    if (payloads.length > 0) this.#last = undefined;
    pipe.send(payloads);
    if (this.#calls.size > 0) this.#watchdog.expect();
  }

  async #listen(line: Line): Promise<void> {
    try {
      for (;;) {
        const payload = await line.pipe.next();
        this.#watchdog.alive();
        if (line.unproven) this.#watchdog.hurry(false);
        this.#options.onProgress({ stage: 'heard', dc: this.#options.dc, route: line.route });
        const events = line.channel.receive(payload);
        this.#opened(line);
        for (const event of events) this.#on(event, line);
        this.#flush(line);
      }
    } catch (error) {
      line.pipe.close();
      if (line !== this.#open) return; // it was left
      this.#watchdog.stop();
      if (!line.pipe.heard) this.#known = { ...this.#known, route: undefined }; // another may be better
      const spoilt = this.#proven === undefined && spoilsRoute(error);
      if (spoilt) this.#known = withoutRoute(this.#known, line.route, error);
      this.#leave();
      await this.#recover(asAnswer(error), spoilt && this.#known.routes.length > 0);
    }
  }

  /** The other side has proven that it has the key. */
  #opened(line: Line): void {
    if (line === this.#proven) return;
    this.#proven = line;
    this.#known = { ...this.#known, suspicion: undefined };
    if (!line.unproven && this.#options.routes.length > 1) this.#options.onRoute(line.route);
  }

  #leave(): void {
    this.#open?.pipe.close();
    this.#open = undefined;
    this.#line = undefined;
  }

  /** The socket is gone. If somebody waits, the session goes on over another one. */
  async #recover(error: unknown, onAnotherRoute: boolean): Promise<void> {
    if (this.#ended !== undefined) return;
    if (!isPassing(error) && !onAnotherRoute) return this.#end(this.#known.suspicion ?? error);
    const [before, pending, last] = [this.#channel, this.#calls.ids, this.#last];
    const isKeyRefused = error instanceof NetworkError && error.values.code === -404;
    if (isKeyRefused) this.#known = { ...this.#known, temporary: undefined };
    if (pending.length === 0) return;
    if (!onAnotherRoute && ++this.#failures >= MAX_FAILURES) return this.#end(this.#known.suspicion ?? error);
    try {
      if (isKeyRefused && this.#failures > 1 && this.#options.pfs === undefined)
        return this.#end(await refusalOf(error, this.#dialling, this.#known));
      this.#options.trace(`connecting again: ${messageOf(error)}`);
      if (this.#failures > 1) await sleep(backoff(this.#failures, this.#options.random), this.#over.signal);
      const line = await this.#connected();
      if (line.channel !== before)
        return this.#judge(line, this.#calls.ended(pending, isKeyRefused ? last : undefined));
      this.#calls.ask(line.channel);
      this.#flush(line);
    } catch (again) {
      this.#end(again);
    }
  }

  #on(event: Event, line: Line): void {
    const { trace, onKey, onUpdate } = this.#options;
    switch (event._) {
      case 'answer':
        this.#failures = 0;
        trace(`← an answer, ${event.body.length} bytes`);
        this.#calls.take(event.req_msg_id)?.resolve(event.body);
        return;
      case 'error': {
        this.#failures = 0;
        trace(`← ${event.error_code} ${event.error_message}`);
        const waiter = this.#calls.take(event.req_msg_id);
        waiter?.reject(new RpcError(event.error_code, event.error_message, waiter.query.method));
        return;
      }
      case 'renamed':
        trace('a message was refused unread and goes out again');
        this.#calls.rename(event.from, event.to);
        return;
      case 'refused':
        this.#calls.take(event.msg_id)?.reject(new NetworkError('MESSAGE_REFUSED', { code: event.error_code }));
        this.#judge(line, this.#calls.forgotten([event.msg_id]));
        return;
      case 'forgotten':
        this.#judge(line, this.#calls.forgotten(event.msg_ids));
        return;
      case 'state':
        this.#judge(line, this.#calls.told(event.req_msg_id, event.info));
        return;
      case 'salt':
        if (line.temporary !== undefined) return; // that of a temporary key is not kept
        this.#known = { ...this.#known, key: { ...line.key, server_salt: event.server_salt } };
        onKey({ ...line.key, server_salt: event.server_salt });
        return;
      case 'clock':
        trace(`the server's clock is ${event.time_offset} s ahead of ours`);
        this.#onClock(event.time_offset);
        return;
      case 'update':
        trace(`← an update, ${event.body.length} bytes`);
        onUpdate(event.body);
        return;
      default: // pong, future_salts, and what only a server hears
        return;
    }
  }

  /** What became of calls that were under way when a socket broke. */
  #judge(line: Line, fates: readonly Fate[]): void {
    for (const waiter of this.#calls.judge(fates, line.channel)) this.#send(line, waiter);
  }

  #ping(): void {
    if (this.#open === undefined) return;
    this.#open.channel.notify(mtproto.encodeCall('ping', { ping_id: le64(this.#options.random(8)) }));
    this.#flush(this.#open);
  }

  /** The caller no longer waits, so the server need not either. */
  #drop(waiter: Waiter): void {
    if (!this.#calls.drop(waiter, this.#channel)) return;
    if (this.#open !== undefined) this.#flush(this.#open);
    waiter.reject(interruption(waiter.query.signal));
  }

  #end(error: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = { error };
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#over.abort(error);
    this.#watchdog.stop();
    this.#leave();
    this.#calls.end(error);
  }
}

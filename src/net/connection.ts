/**
 * One data centre: a session and its sockets, one after the other.
 *
 * A call whose socket broke is not simply sent again. After reconnecting, the server is asked what became of it
 * (msgs_state_req), and only what it never received is sent again.
 *
 * Once a message has opened under the session's key, a failed check ends the connection; before that, it rules out the
 * route. Transport errors are not authenticated: a key counts as unknown only if the server says so under encryption.
 */
import { NetworkError } from '../errors.ts';
import type { Channel } from '../mtproto/channel.ts';
import { recordsOf, saltAt, saltsCall, stillValid } from '../mtproto/future-salts.ts';
import type { Event } from '../mtproto/service-messages.ts';
import { abortError, throwIfAborted, within } from './abort.ts';
import { type AuthKey, connectToDc, type DcConnectOptions, expiresSoon, type Known, withoutRoute } from './connect.ts';
import type { Application } from './init-connection.ts';
import { startChannel } from './key-exchange.ts';
import { PendingCall, PendingCalls, type Query } from './pending-calls.ts';
import { refusalOf } from './refused-key.ts';
import { backoff, sleep } from './routes/backoff.ts';
import { asAnswer, isKeyUnknown, isPassing, MAX_FAILURES, messageOf, rulesOutRoute } from './routes/retry.ts';
import type { Route } from './routes/route.ts';
import { SessionSocket } from './session-socket.ts';

export interface ConnectionOptions extends DcConnectOptions, Pick<Known, 'key' | 'routes' | 'route' | 'time_offset'> {
  readonly application: Application;
  /** The route works: a message under the session's key arrived over it. */
  readonly onRoute: (route: Route) => void;
  /** A value came that answers no call. */
  readonly onUpdate: (body: Uint8Array) => void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #calls: PendingCalls;
  /** Aborted when the connection ends; its reason is what calls then throw. */
  readonly #over = new AbortController();
  #known: Known;
  #channel: Channel | undefined;
  #connecting: Promise<SessionSocket> | undefined;
  #socket: SessionSocket | undefined;
  /** The latest socket over which a message opened under the session's key. */
  #proven: SessionSocket | undefined;
  #failures = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#calls = new PendingCalls(options.trace);
    this.#known = { ...options, failedCheck: undefined, temporary: undefined };
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal.aborted) this.#onAbort();
  }

  /** Whether it failed for good or was closed: calls only throw. */
  get ended(): boolean {
    return this.#over.signal.aborted;
  }

  /** Resolves to the bytes of the answer. Throws `RpcError`, `NetworkError`, `SecurityError` or an abort error. */
  async call(query: Query): Promise<Uint8Array> {
    const { signal } = query;
    if (this.#socket !== undefined && this.#calls.size === 0 && expiresSoon(this.#known.temporary)) {
      this.#leave();
      this.#known = { ...this.#known, temporary: undefined };
    }
    let socket: SessionSocket;
    do socket = await within(signal, () => this.#connected());
    while (socket !== this.#socket); // it may have broken before this call resumed
    throwIfAborted(signal);
    const call = new PendingCall(query);
    socket.send(call);
    try {
      return await within(signal, () => call.answer);
    } finally {
      if (this.#calls.drop(call, this.#channel)) this.#socket?.flush();
    }
  }

  /** Acknowledges what was received, and closes. Pending calls throw the error. */
  close(error: unknown = new NetworkError('CONNECTION_ENDED')): void {
    this.#socket?.flush({ acks: true });
    this.#end(error);
  }

  readonly #onAbort = (): void => this.close(abortError(this.#options.signal));

  readonly #onClock = (time_offset: number): void => {
    this.#known = { ...this.#known, time_offset };
    this.#options.onClock(time_offset);
  };

  get #connectOptions(): DcConnectOptions {
    return { ...this.#options, signal: this.#over.signal, onClock: this.#onClock };
  }

  async #connected(): Promise<SessionSocket> {
    this.#over.signal.throwIfAborted();
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async #connect(): Promise<SessionSocket> {
    try {
      const found = await connectToDc(this.#connectOptions, this.#known);
      if (this.ended) found.stream.close();
      this.#over.signal.throwIfAborted();
      this.#known = found.known;
      const { key, time_offset, temporary } = found.known;
      const salted = {
        ...key,
        server_salt: saltAt(key.salts, this.#options.now() / 1000 + time_offset) ?? key.server_salt,
      };
      this.#channel = temporary?.channel ?? this.#channel ?? startChannel({ ...salted, time_offset }, this.#options);
      this.#socket = new SessionSocket(found, { ...this.#options, channel: this.#channel, calls: this.#calls });
      this.#askForSalts(this.#socket);
      void this.#receive(this.#socket);
      return this.#socket;
    } catch (error) {
      this.#connecting = undefined;
      if (isKeyUnknown(error)) this.#end(error);
      this.#over.signal.throwIfAborted();
      throw error;
    }
  }

  async #receive(socket: SessionSocket): Promise<void> {
    try {
      for (;;) {
        const payload = await socket.next();
        this.#options.onProgress({ stage: 'answered', dc: this.#options.dc, route: socket.route });
        const events = socket.channel.receive(payload);
        this.#authenticated(socket);
        for (const event of events) this.#handle(event, socket);
        socket.flush();
      }
    } catch (error) {
      socket.close();
      if (socket !== this.#socket) return; // it was replaced
      if (!socket.hasReceived) this.#known = { ...this.#known, route: undefined }; // another may be better
      const ruledOut = this.#proven === undefined && rulesOutRoute(error);
      if (ruledOut) this.#known = withoutRoute(this.#known, socket.route, error);
      this.#leave();
      await this.#recover(asAnswer(error), socket, ruledOut && this.#known.routes.length > 0);
    }
  }

  /** The other side has proven that it has the key. */
  #authenticated(socket: SessionSocket): void {
    if (socket === this.#proven) return;
    this.#proven = socket;
    this.#known = { ...this.#known, failedCheck: undefined };
    if (!socket.unproven && this.#options.routes.length > 1) this.#options.onRoute(socket.route);
  }

  #handle(event: Event, socket: SessionSocket): void {
    const { trace, onUpdate } = this.#options;
    if (event._ === 'answer' || event._ === 'error') this.#failures = 0;
    for (const call of this.#calls.handle(event, socket.channel)) socket.send(call);
    if (event._ === 'salt') {
      const { server_salt } = event;
      this.#keep({ server_salt, salts: stillValid(this.#known.key?.salts, server_salt) }, socket);
      this.#askForSalts(socket); // the message with the wrong salt may have asked, and was refused
    } else if (event._ === 'future_salts' && event.salts.length > 0) {
      this.#keep({ salts: recordsOf(event.salts) }, socket);
    } else if (event._ === 'clock') {
      trace(`the server's clock is ${event.time_offset} s ahead of ours`);
      this.#onClock(event.time_offset);
    } else if (event._ === 'update') {
      trace(`← an update, ${event.body.length} bytes`);
      onUpdate(event.body);
    }
  }

  #keep(salts: Partial<AuthKey>, { isTemporary }: SessionSocket): void {
    if (this.#known.key === undefined || isTemporary) return;
    const key = { ...this.#known.key, ...salts };
    this.#known = { ...this.#known, key };
    this.#options.onKey(key);
  }

  /** Asks for the salts of the next hours, in one container with the next call, unless they are known. */
  #askForSalts({ channel, isTemporary }: SessionSocket): void {
    const call = isTemporary ? undefined : saltsCall(this.#known.key?.salts, channel.time);
    if (call !== undefined) channel.notify(call);
  }

  /** The socket is gone. If calls are pending, the session goes on over another one. */
  async #recover(error: unknown, broken: SessionSocket, onAnotherRoute: boolean): Promise<void> {
    if (this.ended) return;
    if (!isPassing(error) && !onAnotherRoute) return this.#end(this.#known.failedCheck ?? error);
    const pending = this.#calls.ids;
    const isKeyRefused = error instanceof NetworkError && error.values.code === -404;
    if (isKeyRefused) this.#known = { ...this.#known, temporary: undefined };
    if (pending.length === 0) return;
    if (!onAnotherRoute && ++this.#failures >= MAX_FAILURES) return this.#end(this.#known.failedCheck ?? error);
    try {
      if (isKeyRefused && this.#failures > 1 && this.#options.pfs === undefined)
        return this.#end(await refusalOf(error, this.#connectOptions, this.#known));
      this.#options.trace(`connecting again: ${messageOf(error)}`);
      if (this.#failures > 1) await sleep(backoff(this.#failures, this.#options.random), this.#over.signal);
      const socket = await this.#connected();
      if (socket.channel === broken.channel) {
        this.#calls.ask(socket.channel);
        socket.flush();
      } else {
        const refused = isKeyRefused ? broken.last : undefined;
        for (const call of this.#calls.sessionEnded(pending, refused, socket.channel)) socket.send(call);
      }
    } catch (again) {
      this.#end(again);
    }
  }

  #leave(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#connecting = undefined;
  }

  #end(error: unknown): void {
    if (this.ended) return;
    this.#over.abort(error);
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#leave();
    this.#calls.end(error);
  }
}

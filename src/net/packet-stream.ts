/** Payloads over a link: frames them, and throws transport errors. */
import { NetworkError } from '../errors.ts';
import { transportError } from '../transport/errors.ts';
import { clientTransport, type Transport } from '../transport/transport.ts';
import { within } from './abort.ts';
import type { Address } from './datacentres.ts';
import { type DialOptions, dial } from './dial/dial.ts';
import { HTTP_THERE, isHttp } from './dial/http-answer.ts';
import { type MtProxy, showProxy } from './dial/proxy.ts';
import type { Link } from './dial/socket.ts';
import type { Route } from './routes/route.ts';
import type { Trace } from './wire-event.ts';

/** Default limit of each step of connecting: to the server or the proxy, and through the proxy. */
const CONNECT_TIMEOUT_MS = 8000;

export interface PacketStreamOptions extends Omit<DialOptions, 'timeoutMs'> {
  /** Limit of each step of connecting. */
  readonly timeoutMs?: number;
  /** The DC's number in the key exchange, for the header of an obfuscated stream. */
  readonly dc: number;
  readonly trace?: Trace | undefined;
  /** Opens the link. Default: over the network. */
  readonly dial?: typeof dial | undefined;
}

export class PacketStream {
  readonly #address: Address;
  readonly #link: Link;
  readonly #transport: Transport;
  /** The MTProxy in between, as messages show it. */
  readonly #proxy: string | undefined;
  readonly #connection: symbol;
  readonly #trace: Trace;
  #waiting: Uint8Array[] = [];
  #hasReceived = false;
  #abandoned: NetworkError | undefined;

  private constructor(
    { address }: Route,
    link: Link,
    transport: Transport,
    proxy: MtProxy | undefined,
    connection: symbol,
    trace: Trace,
  ) {
    this.#address = address;
    this.#link = link;
    this.#transport = transport;
    this.#connection = connection;
    this.#trace = trace;
    this.#proxy = proxy && showProxy(proxy);
  }

  /** Throws `NetworkError`, `SecurityError` or the abort error. */
  static async open(route: Route, options: PacketStreamOptions): Promise<PacketStream> {
    const { dc, random, proxy, trace = () => {}, dial: openLink = dial } = options;
    const connection = Symbol(route.transport);
    trace({ _: 'opening', connection, dc, route, proxy: proxy?.kind });
    const failed = (error: unknown) => {
      trace({ _: 'ended', connection, by: 'server' });
      throw error;
    };
    const link = await openLink(route, { timeoutMs: CONNECT_TIMEOUT_MS, ...options }).catch(failed);
    trace({ _: 'connected', connection });
    const mtproxy = proxy?.kind === 'mtproxy' ? proxy : undefined;
    const transport = clientTransport(route.transport, { random, dc, ...(mtproxy && { secret: mtproxy.secret.key }) });
    return new PacketStream(route, link, transport, mtproxy, connection, trace);
  }

  get hasReceived(): boolean {
    return this.#hasReceived;
  }

  send(payloads: readonly Uint8Array[]): void {
    for (const payload of payloads) {
      const bytes = this.#transport.pack(payload);
      this.#trace({ _: 'sent', connection: this.#connection, payload, bytes });
      this.#link.send(bytes);
    }
  }

  /** The next payload. Throws `NetworkError` at the end of the stream, on broken framing and on a transport error. */
  async next(): Promise<Uint8Array> {
    for (;;) {
      const payload = this.#waiting.shift();
      if (payload !== undefined) {
        this.#hasReceived = true;
        this.#trace({ _: 'payload', connection: this.#connection, payload });
        const code = transportError(payload);
        if (code !== undefined) throw new NetworkError('TRANSPORT_ERROR', { ...this.#address, code });
        return payload;
      }
      const chunk = await this.#link.read();
      if (chunk === undefined) {
        this.#trace({ _: 'ended', connection: this.#connection, by: 'server' });
        throw this.#end();
      }
      this.#trace({ _: 'received', connection: this.#connection, bytes: chunk });
      if (!this.#hasReceived && isHttp(chunk)) throw this.#httpAnswer();
      this.#waiting = this.#transport.unpack(chunk);
    }
  }

  #httpAnswer(): NetworkError {
    const proxy = this.#proxy;
    if (proxy === undefined) return new NetworkError('HTTP_ANSWER', { ...this.#address });
    return new NetworkError('PROXY_MALFORMED', { proxy, detail: HTTP_THERE });
  }

  #end(): NetworkError {
    const known = this.#abandoned ?? this.#link.reason;
    if (known !== undefined) return known;
    // An MTProxy does not say that a secret is wrong.
    if (this.#proxy !== undefined && !this.#hasReceived)
      return new NetworkError('PROXY_SECRET', { proxy: this.#proxy });
    return new NetworkError('CONNECTION_CLOSED', { ...this.#address });
  }

  close(): void {
    this.#trace({ _: 'ended', connection: this.#connection, by: 'client' });
    this.#link.close();
  }

  /** Closes the stream after `seconds` of silence; `next` then throws NO_ANSWER. */
  abandon(seconds: number): void {
    this.#abandoned = this.#noAnswer(seconds);
    this.close();
  }

  #noAnswer(seconds: number): NetworkError {
    return new NetworkError('NO_ANSWER', { ...this.#address, seconds });
  }

  /** Runs `act`. Closes the stream if that fails, on an abort, and after `timeoutMs` with the error NO_ANSWER. */
  async guard<T>(signal: AbortSignal, timeoutMs: number, act: () => Promise<T>): Promise<T> {
    try {
      return await within(signal, act, { ms: timeoutMs, late: () => this.#noAnswer(timeoutMs / 1000) });
    } catch (error) {
      this.close();
      throw error;
    }
  }
}

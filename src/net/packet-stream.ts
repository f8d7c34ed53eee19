/** Payloads over a link: framing on top of `dial.ts`, transport errors told from payloads. */
import { NetworkError } from '../errors.ts';
import { transportError } from '../transport/errors.ts';
import { connectWire, type Wire } from '../transport/transport.ts';
import { throwIfAborted } from './abort.ts';
import type { Address } from './datacentres.ts';
import { type DialOptions, dial } from './dial/dial.ts';
import { showProxy } from './dial/proxy.ts';
import type { Link } from './dial/socket.ts';
import type { Route } from './routes/route.ts';

/** The way to the server or the proxy, and the way through that, may take so many milliseconds each. */
const CONNECT_TIMEOUT = 8000;

export interface PipeOptions extends Omit<DialOptions, 'timeout'> {
  /** Milliseconds that each step of connecting may take; default 8000. */
  readonly timeout?: number;
  /** The DC as in the key exchange, for the header of an obfuscated stream. */
  readonly dc: number;
}

export class Pipe {
  readonly address: Address;
  readonly #link: Link;
  readonly #wire: Wire;
  /** What the end of the stream means as long as nothing has come. */
  readonly #refusal: NetworkError;
  #waiting: Uint8Array[] = [];
  #heard = false;
  #abandoned: NetworkError | undefined;

  private constructor(address: Address, link: Link, wire: Wire, refusal: NetworkError) {
    this.address = address;
    this.#link = link;
    this.#wire = wire;
    this.#refusal = refusal;
  }

  /** Throws `NetworkError`, `SecurityError` or the signal's reason. */
  static async open(route: Route, options: PipeOptions): Promise<Pipe> {
    const { dc, random, proxy } = options;
    const link = await dial(route, { timeout: CONNECT_TIMEOUT, ...options });
    const secret = proxy?.kind === 'mtproxy' ? { secret: proxy.secret.key } : {};
    const wire = connectWire(route.transport, { random, dc, ...secret });
    const refusal =
      proxy?.kind === 'mtproxy'
        ? new NetworkError('PROXY_SECRET', { proxy: showProxy(proxy) })
        : new NetworkError('CONNECTION_CLOSED', { ...route.address });
    return new Pipe(route.address, link, wire, refusal);
  }

  /** Something has come from the other side. */
  get heard(): boolean {
    return this.#heard;
  }

  send(payloads: readonly Uint8Array[]): void {
    for (const payload of payloads) this.#link.send(this.#wire.pack(payload));
  }

  /** The next payload. Throws `NetworkError` at the end of the stream, on broken framing and on a transport error. */
  async next(): Promise<Uint8Array> {
    for (;;) {
      const payload = this.#waiting.shift();
      if (payload !== undefined) {
        this.#heard = true;
        const code = transportError(payload);
        if (code !== undefined) throw new NetworkError('TRANSPORT_ERROR', { ...this.address, code });
        return payload;
      }
      const chunk = await this.#link.read();
      if (chunk === undefined) throw this.#end();
      this.#waiting = this.#wire.unpack(chunk);
    }
  }

  #end(): NetworkError {
    if (this.#abandoned !== undefined) return this.#abandoned;
    const closed = () => new NetworkError('CONNECTION_CLOSED', { ...this.address });
    return this.#heard ? (this.#link.reason ?? closed()) : (this.#link.reason ?? this.#refusal);
  }

  close(): void {
    this.#link.close();
  }

  /** Closes it for its silence of so many seconds: that is what `next` throws. */
  abandon(seconds: number): void {
    this.#abandoned = new NetworkError('NO_ANSWER', { ...this.address, seconds });
    this.close();
  }
}

/** Closes the pipe on a failure, and on an abort, which ends what waits for it. */
export async function closing<T>(pipe: Pipe, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  const close = () => pipe.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    throwIfAborted(signal);
    return await act();
  } catch (error) {
    close();
    throwIfAborted(signal); // what a closed pipe says is not the reason
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
  }
}

/** Gives a pipe up on which this takes more seconds; then `next` throws `NetworkError` of the type NO_ANSWER. */
export async function patiently<T>(pipe: Pipe, seconds: number, act: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => pipe.abandon(seconds), seconds * 1000);
  try {
    return await act();
  } finally {
    clearTimeout(timer);
  }
}

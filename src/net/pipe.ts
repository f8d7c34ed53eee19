/** Payloads over a socket: framing on top of `socket.ts`, transport errors told from payloads. */
import type { Random } from '../bytes.ts';
import { NetworkError } from '../errors.ts';
import { transportError } from '../transport/errors.ts';
import { connectWire, type TransportName, type Wire } from '../transport/wire.ts';
import type { Address } from './datacentres.ts';
import { throwIfAborted } from './interruption.ts';
import { dial, type Link } from './socket.ts';

/** Milliseconds that one address may take to accept a connection. */
const CONNECT_TIMEOUT = 8000;

export class Pipe {
  readonly address: Address;
  readonly #link: Link;
  readonly #wire: Wire;
  #waiting: Uint8Array[] = [];

  private constructor(address: Address, link: Link, wire: Wire) {
    this.address = address;
    this.#link = link;
    this.#wire = wire;
  }

  /** Connects to the first address that accepts. Throws the last one's `NetworkError`, or the signal's reason. */
  static async open(
    addresses: readonly Address[],
    options: { transport: TransportName; dc: number; random: Random; signal: AbortSignal },
  ): Promise<Pipe> {
    let failure: unknown;
    for (const address of addresses) {
      try {
        const link = await dial(address, { timeout: CONNECT_TIMEOUT, signal: options.signal });
        return new Pipe(address, link, connectWire(options.transport, { random: options.random, dc: options.dc }));
      } catch (error) {
        throwIfAborted(options.signal);
        failure = error;
      }
    }
    throw failure;
  }

  send(payloads: readonly Uint8Array[]): void {
    for (const payload of payloads) this.#link.send(this.#wire.pack(payload));
  }

  /** The next payload. Throws `NetworkError` at the end of the stream, on broken framing and on a transport error. */
  async next(): Promise<Uint8Array> {
    for (;;) {
      const payload = this.#waiting.shift();
      if (payload !== undefined) {
        const code = transportError(payload);
        if (code !== undefined) throw new NetworkError('TRANSPORT_ERROR', { ...this.address, code });
        return payload;
      }
      const chunk = await this.#link.read();
      if (chunk === undefined) throw this.#link.reason ?? new NetworkError('CONNECTION_CLOSED', { ...this.address });
      this.#waiting = this.#wire.unpack(chunk);
    }
  }

  close(): void {
    this.#link.close();
  }
}

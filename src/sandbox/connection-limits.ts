/**
 * The limits that all open connections of a sandbox share, those to its proxies included.
 *
 * A connection is its TCP socket, so an unfinished WebSocket message, TLS record or HTTP request counts like an
 * unfinished frame. A new connection is always accepted. At the limit an older one is closed, if possible one without a
 * complete frame.
 */
import type { Socket } from 'node:net';

/** How long a connection may take to send its first complete frame. */
const FIRST_FRAME_MS = 60_000;
const MAX_CONNECTIONS = 512;
/** Bytes that all connections together may hold: unfinished frames and unread answers. */
const MAX_HELD = 16 << 20;
/** While no connection holds more than this, the total is within the limit. */
const FAIR_SHARE = MAX_HELD / MAX_CONNECTIONS;

interface Open {
  /** Gets the reason when the connection is closed. */
  readonly onClose: (reason: string) => void;
  /** `bytesRead` at the last complete frame; `undefined` before the first. */
  framed: number | undefined;
}

export class Connections {
  /** Ordered by the time of the last data, oldest first. */
  readonly #open = new Map<Socket, Open>();

  /** Adds a connection. Call the returned function after each complete frame. */
  add(socket: Socket, onClose: (reason: string) => void): () => void {
    if (this.#open.size >= MAX_CONNECTIONS) this.#closeOldest();
    const state: Open = { onClose, framed: undefined };
    this.#open.set(socket, state);
    const reason = `No complete frame came within ${FIRST_FRAME_MS / 1000} seconds.`;
    const timer = setTimeout(() => this.#close(socket, reason), FIRST_FRAME_MS);
    socket.on('data', () => this.#received(socket, state));
    socket.on('close', () => {
      clearTimeout(timer);
      this.#open.delete(socket);
    });
    return () => {
      clearTimeout(timer);
      state.framed = socket.bytesRead;
    };
  }

  closeAll(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #received(socket: Socket, state: Open): void {
    if (!this.#open.delete(socket)) return;
    this.#open.set(socket, state);
    if (heldBy([socket, state]) <= FAIR_SHARE) return;
    const all = [...this.#open].map((each) => ({ socket: each[0], bytes: heldBy(each) }));
    if (all.reduce((sum, { bytes }) => sum + bytes, 0) <= MAX_HELD) return;
    const largest = all.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    const total = `All connections together hold over ${MAX_HELD >> 20} MiB of unfinished frames and unread answers`;
    this.#close(largest.socket, `${total}; this one holds the most (${largest.bytes} bytes).`);
  }

  #closeOldest(): void {
    const [oldest] = this.#open.keys();
    const unframed = [...this.#open].find(([, { framed }]) => framed === undefined)?.[0];
    const socket = unframed ?? oldest;
    if (socket !== undefined) this.#close(socket, `More than ${MAX_CONNECTIONS} connections are open.`);
  }

  #close(socket: Socket, reason: string): void {
    this.#open.get(socket)?.onClose(reason);
    this.#open.delete(socket);
    socket.destroy();
  }
}

function heldBy([socket, { framed = 0 }]: readonly [Socket, Open]): number {
  return socket.bytesRead - framed + socket.writableLength;
}

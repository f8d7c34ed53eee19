/**
 * The open connections of a sandbox, those to its proxies included, and the limits that they share.
 *
 * A connection is its TCP socket, so an unfinished WebSocket message, TLS record or HTTP request counts like an unfinished frame. A new
 * connection is always accepted: at the limit an older one is closed, first of all one that has not sent a whole frame yet.
 */
import type { Socket } from 'node:net';

/** How long a connection may take to send its first whole frame. */
const FIRST_FRAME_MS = 60_000;
const MOST_CONNECTIONS = 512;
/** Bytes that all connections together may hold: unfinished frames, and answers that were not read. */
const MOST_HELD = 16 << 20;
/** As long as no connection holds more than this, the total is within the limit and need not be added up. */
const FAIR_SHARE = MOST_HELD / MOST_CONNECTIONS;

interface Open {
  /** Hears why the connection is closed. */
  readonly tell: (reason: string) => void;
  /** Bytes that had been read when the last frame was whole; `undefined` before the first. */
  framed: number | undefined;
}

export class Connections {
  /** The one that has been silent longest comes first. */
  readonly #open = new Map<Socket, Open>();

  /** Adds a connection. The function returned must be called whenever a frame of it is whole. */
  add(socket: Socket, tell: (reason: string) => void): () => void {
    if (this.#open.size >= MOST_CONNECTIONS) this.#makeRoom();
    const state: Open = { tell, framed: undefined };
    this.#open.set(socket, state);
    const late = () => this.#close(socket, `No whole frame came within ${FIRST_FRAME_MS / 1000} seconds.`);
    const timer = setTimeout(late, FIRST_FRAME_MS);
    socket.on('data', () => this.#hear(socket, state));
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

  #hear(socket: Socket, state: Open): void {
    if (!this.#open.delete(socket)) return;
    this.#open.set(socket, state);
    if (heldBy([socket, state]) <= FAIR_SHARE) return;
    const all = [...this.#open].map((each) => ({ socket: each[0], bytes: heldBy(each) }));
    if (all.reduce((sum, { bytes }) => sum + bytes, 0) <= MOST_HELD) return;
    const largest = all.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    const total = `All connections hold over ${MOST_HELD >> 20} MiB of unfinished frames and unread answers`;
    this.#close(largest.socket, `${total}, this one most of all (${largest.bytes} bytes).`);
  }

  #makeRoom(): void {
    const [oldest] = this.#open.keys();
    const unframed = [...this.#open].find(([, { framed }]) => framed === undefined)?.[0];
    const socket = unframed ?? oldest;
    if (socket !== undefined) this.#close(socket, `More than ${MOST_CONNECTIONS} connections are open.`);
  }

  #close(socket: Socket, reason: string): void {
    this.#open.get(socket)?.tell(reason);
    this.#open.delete(socket);
    socket.destroy();
  }
}

function heldBy([socket, { framed = 0 }]: readonly [Socket, Open]): number {
  return socket.bytesRead - framed + socket.writableLength;
}

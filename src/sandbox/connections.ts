/**
 * The connections of a whole sandbox, those of its proxies included, and what they may cost together. A connection is known by its TCP
 * socket, so that what is half-way through a WebSocket, a TLS record or an HTTP request counts as well.
 *
 * Strangers never block a newcomer: where there are too many, one that has not sent a whole frame gives way first.
 */
import type { Socket } from 'node:net';

/** How long a connection may take to its first whole frame. */
const FIRST_FRAME_MS = 60_000;
const MOST_CONNECTIONS = 512;
/** Bytes that may wait in all connections together: half-finished frames, and answers that nobody reads. */
const MOST_WAITING = 16 << 20;
/** While nobody has more than this, the total is below the limit; so only those who have more are worth a sum. */
const FAIR_SHARE = MOST_WAITING / MOST_CONNECTIONS;

interface Held {
  /** Tells why it is closed. */
  readonly tell: (reason: string) => void;
  /** Runs until the first whole frame has come. */
  readonly timer: NodeJS.Timeout;
  /** Bytes that had been read when the last frame was whole; `undefined` before the first. */
  framed: number | undefined;
}

export class Connections {
  /** The one that has been silent longest comes first. */
  readonly #open = new Map<Socket, Held>();

  /** Takes in a connection; returns what is to be called with each frame of it that is whole. */
  add(socket: Socket, tell: (reason: string) => void): () => void {
    if (this.#open.size >= MOST_CONNECTIONS) this.#makeRoom();
    const timer = setTimeout(
      () => this.#close(socket, `It sent no whole frame within ${FIRST_FRAME_MS / 1000} seconds.`),
      FIRST_FRAME_MS,
    );
    const held: Held = { tell, timer, framed: undefined };
    this.#open.set(socket, held);
    socket.on('data', () => this.#hear(socket, held));
    socket.on('close', () => {
      clearTimeout(timer);
      this.#open.delete(socket);
    });
    return () => {
      clearTimeout(timer);
      held.framed = socket.bytesRead;
    };
  }

  closeAll(): void {
    for (const socket of this.#open.keys()) socket.destroy();
  }

  #hear(socket: Socket, held: Held): void {
    if (!this.#open.delete(socket)) return;
    this.#open.set(socket, held);
    if (waiting([socket, held]) <= FAIR_SHARE) return;
    const all = [...this.#open].map((each) => ({ socket: each[0], bytes: waiting(each) }));
    if (all.reduce((sum, { bytes }) => sum + bytes, 0) <= MOST_WAITING) return;
    const most = all.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    this.#close(most.socket, `Too much waits in all connections together, and ${most.bytes} bytes of it in this one.`);
  }

  #makeRoom(): void {
    const [oldest] = this.#open.keys();
    const stranger = [...this.#open].find(([, { framed }]) => framed === undefined)?.[0];
    const socket = stranger ?? oldest;
    if (socket !== undefined) this.#close(socket, `There are over ${MOST_CONNECTIONS} connections.`);
  }

  #close(socket: Socket, reason: string): void {
    this.#open.get(socket)?.tell(reason);
    this.#open.delete(socket);
    socket.destroy();
  }
}

function waiting([socket, { framed = 0 }]: readonly [Socket, Held]): number {
  return socket.bytesRead - framed + socket.writableLength;
}

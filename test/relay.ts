/** A TCP relay on loopback that counts, changes, delays, loses or cuts what passes through it. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from './loopback.ts';

export type Direction = 'up' | 'down';

export interface Passing {
  readonly direction: Direction;
  /** Which connection it is, from 0. */
  readonly connection: number;
  /** Bytes that passed earlier in this direction on this connection. */
  readonly offset: number;
}

export interface RelayOptions {
  readonly target: number;
  /** Returns what to forward instead of a chunk; `undefined` closes both sides. */
  readonly change?: (chunk: Uint8Array, passing: Passing) => Uint8Array | undefined;
  /** Milliseconds in each direction. Connecting takes them too: its delay is added to the first bytes. */
  readonly delay?: number;
  /** Whether a chunk is lost at first: it is sent after TCP's retransmission timeout, and later chunks wait. */
  readonly loss?: (passing: Passing) => boolean;
}

/** Milliseconds until TCP retransmits: two round trips, but at least this. */
const MIN_TIMEOUT_MS = 200;

export interface Relay {
  readonly port: number;
  readonly connections: number;
  /** Bytes in each direction, over all connections. */
  readonly bytes: Readonly<Record<Direction, number>>;
  close(): Promise<void>;
}

/** Runs acts in order: each `wait` milliseconds from now, or right after the one before. */
function queue(): (wait: number, act: () => void) => void {
  const waiting: { readonly due: number; readonly act: () => void }[] = [];
  let latest = 0;
  const pump = () => {
    for (;;) {
      const [next] = waiting;
      if (next === undefined) return;
      const left = next.due - performance.now();
      if (left > 0) {
        setTimeout(pump, Math.ceil(left));
        return;
      }
      next.act();
      waiting.shift();
    }
  };
  return (wait, act) => {
    latest = Math.max(latest, performance.now() + wait);
    waiting.push({ due: latest, act });
    if (waiting.length === 1) pump();
  };
}

export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { target, change = (chunk) => chunk, delay = 0, loss = () => false } = options;
  const sockets = new Set<Socket>();
  const bytes = { up: 0, down: 0 };
  let connections = 0;
  const server = createServer((near) => {
    const connection = connections++;
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    const pass = (from: Socket, to: Socket, direction: Direction) => {
      let offset = 0;
      const later = queue();
      sockets.add(from);
      from.on('data', (chunk) => {
        const passing = { direction, connection, offset };
        const out = change(chunk, passing);
        // TCP's handshake costs nothing on loopback, so its delay is added to the first bytes.
        const connecting = direction === 'up' && offset === 0 ? 2 * delay : 0;
        const again = loss(passing) ? Math.max(MIN_TIMEOUT_MS, 4 * delay) : 0;
        offset += chunk.length;
        bytes[direction] += chunk.length;
        if (out === undefined) {
          near.destroy();
          far.destroy();
        } else later(delay + connecting + again, () => to.destroyed || to.write(out));
      });
      from.on('close', () => {
        sockets.delete(from);
        later(delay, () => to.end());
      });
      from.on('error', () => to.destroy());
    };
    pass(near, far, 'up');
    pass(far, near, 'down');
  });
  return {
    port: await listen(server),
    get connections() {
      return connections;
    },
    bytes,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

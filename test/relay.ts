/** A TCP relay on loopback for tests: counts, changes, delays, loses or cuts what goes through it. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export type Way = 'up' | 'down';

export interface Passing {
  readonly way: Way;
  /** Which connection it is, from 0. */
  readonly connection: number;
  /** How many bytes went this way on this connection before. */
  readonly offset: number;
}

export interface RelayOptions {
  readonly target: number;
  /** What goes on instead of a chunk; `undefined` closes both sides. */
  readonly change?: (chunk: Uint8Array, passing: Passing) => Uint8Array | undefined;
  /** Milliseconds that the way takes, each way. A connection takes them too: the relay answers its SYN, so the first bytes pay. */
  readonly delay?: number;
  /** Whether a chunk is lost at first. It is sent again after the time-out of a retransmission, and what follows it waits for it. */
  readonly loss?: (passing: Passing) => boolean;
}

/** Milliseconds until TCP sends again what was lost: two round trips, but at least so many. */
const LEAST_TIMEOUT = 200;

export interface Relay {
  readonly port: number;
  /** How many connections came. */
  readonly connections: number;
  /** Bytes that went each way, over all connections. */
  readonly bytes: Readonly<Record<Way, number>>;
  close(): Promise<void>;
}

/** One way of a connection: acts in order, each `wait` milliseconds from now or as soon as the one before has. */
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
    const pass = (from: Socket, to: Socket, way: Way) => {
      let offset = 0;
      const later = queue();
      sockets.add(from);
      from.on('data', (chunk) => {
        const passing = { way, connection, offset };
        const out = change(chunk, passing);
        // The handshake of TCP, which loopback gives for nothing, is paid with the first bytes.
        const connecting = way === 'up' && offset === 0 ? 2 * delay : 0;
        const again = loss(passing) ? Math.max(LEAST_TIMEOUT, 4 * delay) : 0;
        offset += chunk.length;
        bytes[way] += chunk.length;
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
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a relay listens on a port');
  return {
    port: address.port,
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

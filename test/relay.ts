/** A TCP relay on loopback for tests: counts, changes, delays or cuts what goes through it. */
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
}

export interface Relay {
  readonly port: number;
  /** How many connections came. */
  readonly connections: number;
  /** Bytes that went each way, over all connections. */
  readonly bytes: Readonly<Record<Way, number>>;
  close(): Promise<void>;
}

export async function startRelay({ target, change = (chunk) => chunk, delay = 0 }: RelayOptions): Promise<Relay> {
  const sockets = new Set<Socket>();
  const bytes = { up: 0, down: 0 };
  let connections = 0;
  const server = createServer((near) => {
    const connection = connections++;
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    const pass = (from: Socket, to: Socket, way: Way) => {
      let offset = 0;
      sockets.add(from);
      from.on('data', (chunk) => {
        const out = change(chunk, { way, connection, offset });
        offset += chunk.length;
        bytes[way] += chunk.length;
        if (out === undefined) {
          near.destroy();
          far.destroy();
        } else if (delay === 0) to.write(out);
        else {
          // The handshake of TCP, which loopback gives for nothing, is paid with the first bytes.
          const connecting = way === 'up' && offset === chunk.length ? 2 * delay : 0;
          setTimeout(() => to.destroyed || to.write(out), delay + connecting);
        }
      });
      from.on('close', () => {
        sockets.delete(from);
        to.end();
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

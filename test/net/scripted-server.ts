/** A server scripted by a test: it knows one auth_key, decides nothing itself, and keeps its connections. */
import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { open, seal } from '../../src/mtproto/envelope.ts';
import { messageIds } from '../../src/mtproto/message-id.ts';
import type { ConnectionState } from '../../src/net/state.ts';
import { serverKeyToPem } from '../../src/sandbox/protocol/rsa-key.ts';
import { serverTransport } from '../../src/sandbox/protocol/transport-server.ts';
import { idOf } from '../../src/tl/gzip.ts';
import { mtproto } from '../../src/tl/layer.ts';
import { listen } from '../loopback.ts';
import { serverKey } from '../pair.ts';
import type { Place } from './fixture.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const auth_key = random(256);

/** The state of a client that has made its key here before. */
export const KNOWN: ConnectionState = {
  dc: 2,
  keys: { 2: { auth_key, server_salt: 7n } },
  addresses: {},
  time_offset: 0,
};

/** A message of the client, taken out of its container. */
export interface Incoming {
  readonly msg_id: bigint;
  /** The name of a service message, or `call`. */
  readonly name: string;
  readonly body: Uint8Array;
}

/** One connection, as the script sees it. */
export interface Peer {
  /** Which connection it is, from 0. */
  readonly connection: number;
  readonly socket: Socket;
  /** Sends a value as a message of its own. */
  send(value: Parameters<typeof mtproto.encode>[0] | Uint8Array): void;
}

export interface ScriptedServer extends Place {
  readonly sockets: readonly Socket[];
  close(): void;
}

/** Calls `onMessage` for each message; without it, the server is silent. */
export async function startScriptedServer(
  onMessage: (message: Incoming, peer: Peer) => void = () => {},
): Promise<ScriptedServer> {
  const sockets: Socket[] = [];
  // One series of ids: a session goes on over several connections, and a client ignores an id that it has seen.
  const ids = messageIds(Date.now);
  const server = createServer((socket) => {
    const wire = serverTransport({ random });
    const connection = sockets.push(socket) - 1;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const payload of wire.unpack(chunk)) {
        if (payload.subarray(0, 8).every((byte) => byte === 0)) continue; // a key exchange, which stays unanswered
        const { session_id, salt, ...outer } = open(auth_key, 'client', payload);
        const send: Peer['send'] = (value) => {
          const body = value instanceof Uint8Array ? value : mtproto.encode(value);
          const sealed = { salt, session_id, msg_id: ids('notice'), seq_no: 0, body };
          if (socket.writable) socket.write(wire.pack(seal(auth_key, 'server', sealed, random)));
        };
        for (const message of itemsOf(outer)) onMessage(message, { connection, socket, send });
      }
    });
  });
  return {
    host: '127.0.0.1',
    dcs: [{ id: 2, port: await listen(server) }],
    publicKey: serverKeyToPem(serverKey),
    sockets,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function itemsOf({ msg_id, body }: { msg_id: bigint; body: Uint8Array }): Incoming[] {
  const line = mtproto.find(idOf(body));
  if (line === undefined) return [{ msg_id, name: 'call', body }];
  if (line.name !== 'msg_container') return [{ msg_id, name: line.name, body }];
  const container = mtproto.decodeAny(body);
  return container._ === 'msg_container' ? container.messages.flatMap(itemsOf) : [];
}

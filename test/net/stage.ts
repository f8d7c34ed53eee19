/** A server whose part a test plays: it has no mind of its own, knows one auth_key, and counts its connections. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { open, seal } from '../../src/mtproto/envelope.ts';
import { messageIds } from '../../src/mtproto/message-id.ts';
import type { ConnectionState } from '../../src/net/client.ts';
import { serverKeyToPem } from '../../src/sandbox/protocol/rsa-key.ts';
import { acceptWire } from '../../src/sandbox/protocol/transport-server.ts';
import { idOf } from '../../src/tl/gzip.ts';
import { mtproto } from '../../src/tl/layer.ts';
import { serverKey } from '../pair.ts';
import type { Place } from './fixture.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const auth_key = random(256);

/** What a client remembers that has made its key here before. */
export const KNOWN: ConnectionState = {
  dc: 2,
  keys: { 2: { auth_key, server_salt: 7n } },
  addresses: {},
  time_offset: 0,
};

/** A message of the client, out of its container if it came in one. */
export interface Heard {
  readonly msg_id: bigint;
  /** The service message's name; `call` if it is none. */
  readonly name: string;
  readonly body: Uint8Array;
}

/** One connection, as the test's part has it. */
export interface Voice {
  /** Which connection it is, from 0. */
  readonly connection: number;
  readonly socket: Socket;
  /** Sends a value as a message of its own. */
  say(value: Parameters<typeof mtproto.encode>[0] | Uint8Array): void;
}

export interface Stage extends Place {
  readonly sockets: readonly Socket[];
  close(): void;
}

/** `play` hears of each message; without one, the server is silent. */
export async function startStage(play: (heard: Heard, voice: Voice) => void = () => {}): Promise<Stage> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const wire = acceptWire({ random });
    const ids = messageIds(Date.now);
    const connection = sockets.push(socket) - 1;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const payload of wire.unpack(chunk)) {
        if (payload.subarray(0, 8).every((byte) => byte === 0)) continue; // a key exchange, which nobody here takes part in
        const { session_id, salt, ...message } = open(auth_key, 'client', payload);
        const say: Voice['say'] = (value) => {
          const body = value instanceof Uint8Array ? value : mtproto.encode(value);
          const sealed = { salt, session_id, msg_id: ids('notice'), seq_no: 0, body };
          if (socket.writable) socket.write(wire.pack(seal(auth_key, 'server', sealed, random)));
        };
        for (const heard of itemsOf(message)) play(heard, { connection, socket, say });
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server listens on a port');
  return {
    host: '127.0.0.1',
    dcs: [{ id: 2, port: address.port }],
    publicKey: serverKeyToPem(serverKey),
    sockets,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function itemsOf({ msg_id, body }: { msg_id: bigint; body: Uint8Array }): Heard[] {
  const line = mtproto.find(idOf(body));
  if (line === undefined) return [{ msg_id, name: 'call', body }];
  if (line.name !== 'msg_container') return [{ msg_id, name: line.name, body }];
  const container = mtproto.decodeAny(body);
  return container._ === 'msg_container' ? container.messages.flatMap(itemsOf) : [];
}

/** A TCP relay on loopback that understands the intermediate transport and can answer instead of the server. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { le64 } from '../src/bytes.ts';
import { listen } from './loopback.ts';

/** A client's payload, as the middlebox sees it. */
export interface Seen {
  /** 0: a plain message of a key exchange. */
  readonly auth_key_id: bigint;
  readonly payload: Uint8Array;
  /** Which connection it came on, from 0. */
  readonly connection: number;
}

export interface MiddleboxOptions {
  readonly target: number;
  /** Returns the payload to send back; `undefined` forwards the client's payload. */
  readonly answer: (seen: Seen) => Uint8Array | undefined;
  /** Whether streams of other transports pass, or are closed. Default true. */
  readonly others?: boolean;
}

export interface Middlebox {
  readonly port: number;
  /** Connections by transport. */
  readonly connections: Readonly<Record<'intermediate' | 'other', number>>;
  close(): Promise<void>;
}

/** The transport error for an unknown key. */
export const KEY_REFUSED = transportError(-404);

export function transportError(code: number): Uint8Array {
  return new Uint8Array(new Int32Array([code]).buffer);
}

const TAG = 0xeeeeeeee;

export async function startMiddlebox({ target, answer, others = true }: MiddleboxOptions): Promise<Middlebox> {
  const sockets = new Set<Socket>();
  const connections = { intermediate: 0, other: 0 };
  const server = createServer((near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.end());
    }
    far.on('data', (chunk) => near.write(chunk));
    let held = Buffer.alloc(0);
    let kind: 'unknown' | 'intermediate' | 'other' = 'unknown';
    let connection = 0;
    near.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      if (kind === 'unknown' && held.length >= 4) {
        kind = held.readUInt32LE() === TAG ? 'intermediate' : 'other';
        connection = connections[kind]++;
        if (kind === 'other' && !others) near.destroy();
        if (kind === 'intermediate') far.write(held.subarray(0, 4));
        if (kind === 'intermediate') held = held.subarray(4);
      }
      if (kind === 'other') {
        far.write(held);
        held = Buffer.alloc(0);
      }
      while (kind === 'intermediate' && held.length >= 4 && held.length >= 4 + held.readUInt32LE()) {
        const frame = held.subarray(0, 4 + held.readUInt32LE());
        held = held.subarray(frame.length);
        const payload = new Uint8Array(frame.subarray(4));
        const reply = answer({ auth_key_id: le64(payload), payload, connection });
        if (reply === undefined) far.write(frame);
        else near.write(Buffer.concat([new Uint8Array(new Uint32Array([reply.length]).buffer), reply]));
      }
    });
  });
  return {
    port: await listen(server),
    connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

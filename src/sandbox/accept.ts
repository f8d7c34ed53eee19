/** A new connection to a data centre: TCP, or WebSocket on the same port. Only WebSocket begins with `GET `. */
import type { Socket } from 'node:net';
import { concat, equal, utf8 } from '../bytes.ts';
import { Connection } from './connection.ts';
import type { Datacentre } from './datacentre.ts';
import type { Fault } from './faults/fault.ts';
import { acceptWebSocket } from './protocol/websocket-server.ts';

const GET = utf8('GET ');

/** Reads until the kind of connection is known, then serves it. Calls `onFrame` for each complete frame. */
export function acceptConnection(socket: Socket, dc: Datacentre, faults: readonly Fault[], onFrame: () => void): void {
  let start: Uint8Array = new Uint8Array(0);
  const read = (chunk: Uint8Array) => {
    start = concat(start, chunk);
    const head = start.subarray(0, GET.length);
    const isHttp = equal(head, GET.subarray(0, head.length));
    if (isHttp && head.length < GET.length) return;
    socket.off('data', read).pause();
    socket.unshift(start);
    if (isHttp)
      void acceptWebSocket(socket, {
        accept: (stream) => new Connection(stream, dc, faults, { onlyObfuscated: true, onFrame }),
        refuse: (reason) => dc.reportClosed(reason),
      });
    else {
      new Connection(socket, dc, faults, { onFrame });
      socket.resume();
    }
  };
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', read);
}

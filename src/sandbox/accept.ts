/**
 * How a client comes in to a data centre: over TCP, or over a WebSocket on the same port, which begins as a request of HTTP
 * (https://core.telegram.org/mtproto/transports#websocket). No other transport begins with `GET `.
 */
import type { Socket } from 'node:net';
import { concat, equal, utf8 } from '../bytes.ts';
import { Peer } from './connection.ts';
import type { Datacentre } from './datacentre.ts';
import type { Fault } from './faults/fault.ts';

const GET = utf8('GET ');
const PATHS: ReadonlySet<string> = new Set(['/apiws', '/apiws_test']);
/** As a header lists it, alone or among others. */
const BINARY = /(^|,)\s*binary\s*(,|$)/;
/** A message may hold several frames, or a part of one. */
const MOST_IN_MESSAGE = 4 << 20;

/** Listens until it can tell what comes in, and hands it on; `framed` is called with each whole frame. */
export function enter(socket: Socket, dc: Datacentre, faults: readonly Fault[], framed: () => void): void {
  let start: Uint8Array = new Uint8Array(0);
  const listen = (chunk: Uint8Array) => {
    start = concat(start, chunk);
    const there = start.subarray(0, GET.length);
    const isHttp = equal(there, GET.subarray(0, there.length));
    if (isHttp && there.length < GET.length) return;
    socket.off('data', listen).pause();
    socket.unshift(start);
    if (isHttp) void upgrade(socket, dc, faults, framed);
    else {
      new Peer(socket, dc, faults, { framed });
      socket.resume();
    }
  };
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', listen);
}

/** Only here are HTTP and WebSocket needed, so only now are they loaded. */
async function upgrade(socket: Socket, dc: Datacentre, faults: readonly Fault[], framed: () => void): Promise<void> {
  const [{ createServer }, { createWebSocketStream, WebSocketServer }] = await Promise.all([
    import('node:http'),
    import('ws'),
  ]);
  const refuse = (status: number) => {
    const reason = `It asked for another WebSocket than /apiws with the protocol binary (HTTP status ${status}).`;
    dc.options.tell({ event: 'closed', dc: dc.options.id, reason });
  };
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MOST_IN_MESSAGE,
    handleProtocols: () => 'binary',
  });
  const http = createServer((_, response) => {
    refuse(404);
    response.writeHead(404, { connection: 'close' }).end();
  });
  http.on('upgrade', (request, _, head) => {
    const protocols = request.headers['sec-websocket-protocol'] ?? '';
    const status = !PATHS.has(request.url ?? '') ? 404 : BINARY.test(protocols) ? 101 : 400;
    if (status === 101)
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const stream = createWebSocketStream(webSocket);
        // The stream itself would wait for its own end, which does not come if the connection broke.
        webSocket.on('close', () => stream.destroy());
        new Peer(stream, dc, faults, { only: 'obfuscated', framed });
      });
    else {
      refuse(status);
      socket.end(`HTTP/1.1 ${status} ${status === 404 ? 'Not Found' : 'Bad Request'}\r\nConnection: close\r\n\r\n`);
    }
  });
  http.emit('connection', socket);
  socket.resume();
}

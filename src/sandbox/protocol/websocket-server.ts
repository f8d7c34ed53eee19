/** The server's side of a WebSocket (https://core.telegram.org/mtproto/transports#websocket). */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const PATHS: ReadonlySet<string> = new Set(['/apiws', '/apiws_test']);
/** The protocol `binary`, alone in its header or among others. */
const BINARY = /(^|,)\s*binary\s*(,|$)/;
/** A message may hold several frames, or a part of one. */
const MAX_IN_MESSAGE = 4 << 20;

interface UpgradeHandlers {
  /** The upgrade succeeded: gets the stream inside the WebSocket. */
  readonly accept: (stream: Duplex) => void;
  /** The request was answered with an error, for this reason. */
  readonly refuse: (reason: string) => void;
}

/** Serves one HTTP request on a paused socket. HTTP and WebSocket are loaded here because few runs need them. */
export async function acceptWebSocket(socket: Socket, { accept, refuse }: UpgradeHandlers): Promise<void> {
  const [{ createServer }, { createWebSocketStream, WebSocketServer }] = await Promise.all([
    import('node:http'),
    import('ws'),
  ]);
  const refuseWith = (status: number) =>
    refuse(`HTTP ${status}: only WebSocket on /apiws with the protocol binary is served.`);
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_IN_MESSAGE,
    handleProtocols: () => 'binary',
  });
  const http = createServer((_, response) => {
    refuseWith(404);
    response.writeHead(404, { connection: 'close' }).end();
  });
  http.on('upgrade', (request, _, head) => {
    const protocols = request.headers['sec-websocket-protocol'] ?? '';
    const status = !PATHS.has(request.url ?? '') ? 404 : BINARY.test(protocols) ? 101 : 400;
    if (status === 101)
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        const stream = createWebSocketStream(webSocket);
        // The stream waits for a closing message, which a broken connection never sends.
        webSocket.on('close', () => stream.destroy());
        accept(stream);
      });
    else {
      refuseWith(status);
      socket.end(`HTTP/1.1 ${status} ${status === 404 ? 'Not Found' : 'Bad Request'}\r\nConnection: close\r\n\r\n`);
    }
  });
  http.emit('connection', socket);
  socket.resume();
}

/**
 * WebSocket as a link (https://core.telegram.org/mtproto/transports#websocket): obfuscated MTProto in binary messages,
 * for networks that allow HTTPS only. The bytes are a stream; message boundaries mean nothing.
 */
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { NetworkError } from '../../errors.ts';
import type { Address, Web } from '../datacentres.ts';
import { guardedStep, type StepOptions } from './guarded-step.ts';
import { type Link, MAX_UNSENT, translate } from './socket.ts';
import { isCut, secure } from './tls.ts';

/** Takes only a status code from the library's message: the rest may be the server's words. */
function refusalIn(message: string): string {
  const [, code] = /^Unexpected server response: (\d{3})$/.exec(message) ?? [];
  return code === undefined ? 'it did not answer like a WebSocket server' : `it answered with HTTP status ${code}`;
}

/** When more unread bytes than this have arrived, the rest stays in the socket. */
const MAX_UNREAD = 1 << 20;

/** Upgrades a connected socket. Throws `NetworkError`, `SecurityError` or the abort error. */
export function openWebSocket(socket: Socket, address: Address, web: Web, options: StepOptions): Promise<Link> {
  const { host, port } = address;
  const refused = (detail: string) => new NetworkError('WEBSOCKET_REFUSED', { host, port, detail });
  const cut = () => new NetworkError('CONNECTION_CLOSED', { host, port });
  const errors = { late: 'CONNECT_TIMEOUT', closed: 'CONNECTION_CLOSED', values: { host, port } } as const;
  return guardedStep(socket, options, errors, async () => {
    const stream = web.secure ? await secure(socket, host, { broken: refused, closed: cut }) : socket;
    const { WebSocket } = await import('ws');
    const name = host.includes(':') ? `[${host}]` : host;
    const ws = new WebSocket(`${web.secure ? 'wss' : 'ws'}://${name}:${port}${web.path}`, 'binary', {
      createConnection: () => stream,
      perMessageDeflate: false,
      maxPayload: MAX_UNREAD,
    });
    return new Promise<Link>((resolve, reject) => {
      const link = linkOver(ws, stream, address);
      ws.once('open', () => resolve(link));
      ws.on('error', (cause) => reject(isCut(cause) ? cut() : refused(refusalIn(cause.message))));
    });
  });
}

/** The link over a WebSocket, which it closes together with its stream. */
function linkOver(ws: WebSocket, stream: Socket, address: Address): Link {
  ws.binaryType = 'nodebuffer';
  const waiting: Uint8Array[] = [];
  let held = 0;
  let wake = () => {};
  let reason: NetworkError | undefined;
  let closed = false;
  ws.on('message', (data) => {
    if (!Buffer.isBuffer(data)) return;
    waiting.push(data);
    held += data.length;
    if (held > MAX_UNREAD) ws.pause();
    wake();
  });
  ws.on('close', () => wake());
  ws.on('error', (cause) => {
    if (!closed) reason ??= translate(cause, address);
  });
  return {
    get reason() {
      return reason;
    },
    send(bytes) {
      if (ws.readyState === ws.OPEN) ws.send(bytes);
      if (ws.bufferedAmount > MAX_UNSENT) ws.terminate();
    },
    async read() {
      while (waiting.length === 0 && ws.readyState !== ws.CLOSED && !closed)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const found = closed ? undefined : waiting.shift();
      held -= found?.length ?? 0;
      if (ws.isPaused && held <= MAX_UNREAD) ws.resume();
      return found;
    },
    close() {
      closed = true;
      ws.close();
      stream.unref();
      if (stream.writableNeedDrain) stream.destroy();
      else stream.destroySoon();
      wake();
    },
  };
}

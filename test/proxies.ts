/** Proxies that others wrote, on loopback: simple-socks speaks SOCKS5, proxy-chain HTTP and HTTPS. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Server as HttpProxy } from 'proxy-chain';
import socks from 'simple-socks';

/** A certificate for localhost, and its key: who trusts it names this file in NODE_EXTRA_CA_CERTS. */
export const LOCALHOST_PEM = fileURLToPath(new URL('vectors/localhost.pem', import.meta.url));

/** The user and the password that a proxy with `auth` wants. The password needs its escapes in a URL. */
export const USER = { name: 'alice', password: 'open: s@same', escaped: 'open%3A%20s%40same' };

export interface RunningProxy {
  readonly port: number;
  /** Connections that were led on. */
  readonly led: number;
  close(): Promise<void>;
}

export type ProxyKind = 'socks' | 'http' | 'https';

export function startProxy(kind: ProxyKind, { auth = false } = {}): Promise<RunningProxy> {
  return kind === 'socks' ? startSocks(auth) : startHttp(kind, auth);
}

async function startSocks(auth: boolean): Promise<RunningProxy> {
  let led = 0;
  const server = socks.createServer(
    auth
      ? {
          authenticate: (name, password, _, answer) =>
            name === USER.name && password === USER.password ? answer() : answer(new Error('no')),
        }
      : {},
  );
  server.on(socks.events.PROXY_CONNECT, () => led++);
  for (const event of [socks.events.PROXY_ERROR, socks.events.AUTHENTICATION_ERROR]) server.on(event, () => {}); // tests break things
  return runningOn(server, () => led);
}

async function startHttp(serverType: 'http' | 'https', auth: boolean): Promise<RunningProxy> {
  let led = 0;
  const pem = readFileSync(LOCALHOST_PEM);
  const prepareRequestFunction = ({ username, password }: { username: string; password: string }) => {
    const requestAuthentication = auth && (username !== USER.name || password !== USER.password);
    if (!requestAuthentication) led++;
    return { requestAuthentication };
  };
  const options = { port: 0, host: '127.0.0.1', prepareRequestFunction };
  const server = new HttpProxy(
    serverType === 'https'
      ? { ...options, serverType, httpsOptions: { key: pem, cert: pem } }
      : { ...options, serverType },
  );
  await server.listen();
  return {
    port: server.port,
    get led() {
      return led;
    },
    close: () => server.close(true),
  };
}

/** A SOCKS 4a proxy in the fewest lines: nobody else keeps one. `userId` is what it wants, if anything. */
export async function startSocks4(userId?: string): Promise<RunningProxy> {
  let led = 0;
  const server = createTcpServer((near) => {
    near.on('error', () => {});
    near.once('data', (hello: Buffer) => {
      const [user = '', host = ''] = String(hello.subarray(8)).split('\0');
      if (userId !== undefined && user !== userId) {
        near.end(Buffer.from([0, 93, 0, 0, 0, 0, 0, 0]));
        return;
      }
      const isName = hello.readUInt32BE(4) < 256;
      const far = connect({ port: hello.readUInt16BE(2), host: isName ? host : hello.subarray(4, 8).join('.') });
      far.on('error', () => near.end(Buffer.from([0, 91, 0, 0, 0, 0, 0, 0])));
      far.once('connect', () => {
        led++;
        near.write(Buffer.from([0, 90, 0, 0, 0, 0, 0, 0]));
        near.pipe(far).pipe(near);
      });
      near.on('close', () => far.destroy());
    });
  });
  return runningOn(server, () => led);
}

async function runningOn(server: Server, led: () => number): Promise<RunningProxy> {
  const close = closer(server);
  const port = await listening(server);
  return {
    port,
    get led() {
      return led();
    },
    close,
  };
}

/** A server on loopback that does this to whoever connects: a broken proxy, or a broken server behind one. */
export async function startBroken(serve: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  const stop = closer(server);
  return { port: await listening(server), close: stop };
}

/** A port where nothing listens. */
export async function deadPort(): Promise<number> {
  const { port, close } = await startBroken(() => {});
  await close();
  return port;
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a server listens on a port');
  return address.port;
}

function closer(server: Server): () => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
}

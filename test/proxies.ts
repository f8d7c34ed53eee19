/** Foreign proxies on loopback: simple-socks for SOCKS5, proxy-chain for HTTP and HTTPS. */
import { readFileSync } from 'node:fs';
import { connect, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Server as HttpProxy } from 'proxy-chain';
import socks from 'simple-socks';
import { closer, listen } from './loopback.ts';

/** A certificate for localhost and its key. NODE_EXTRA_CA_CERTS with this path makes a process trust it. */
export const LOCALHOST_PEM = fileURLToPath(new URL('vectors/localhost.pem', import.meta.url));

/** The credentials of a proxy with `auth`. In a URL, the password must be escaped. */
export const USER = { name: 'alice', password: 'open: s@same', escaped: 'open%3A%20s%40same' };

export interface RunningProxy {
  readonly port: number;
  /** The number of forwarded connections. */
  readonly forwarded: number;
  close(): Promise<void>;
}

export type ProxyKind = 'socks' | 'http' | 'https';

export function startProxy(kind: ProxyKind, { auth = false } = {}): Promise<RunningProxy> {
  return kind === 'socks' ? startSocks(auth) : startHttp(kind, auth);
}

async function startSocks(auth: boolean): Promise<RunningProxy> {
  let forwarded = 0;
  const server = socks.createServer(
    auth
      ? {
          authenticate: (name, password, _, answer) =>
            name === USER.name && password === USER.password ? answer() : answer(new Error('no')),
        }
      : {},
  );
  server.on(socks.events.PROXY_CONNECT, () => forwarded++);
  for (const event of [socks.events.PROXY_ERROR, socks.events.AUTHENTICATION_ERROR]) server.on(event, () => {});
  return runningOn(server, () => forwarded);
}

async function startHttp(serverType: 'http' | 'https', auth: boolean): Promise<RunningProxy> {
  let forwarded = 0;
  const pem = readFileSync(LOCALHOST_PEM);
  const prepareRequestFunction = ({ username, password }: { username: string; password: string }) => {
    const requestAuthentication = auth && (username !== USER.name || password !== USER.password);
    if (!requestAuthentication) forwarded++;
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
    get forwarded() {
      return forwarded;
    },
    close: () => server.close(true),
  };
}

/** A minimal SOCKS 4a proxy, as no package offers one. Requires `userId` if set. */
export async function startSocks4(userId?: string): Promise<RunningProxy> {
  let forwarded = 0;
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
        forwarded++;
        near.write(Buffer.from([0, 90, 0, 0, 0, 0, 0, 0]));
        near.pipe(far).pipe(near);
      });
      near.on('close', () => far.destroy());
    });
  });
  return runningOn(server, () => forwarded);
}

async function runningOn(server: Server, forwarded: () => number): Promise<RunningProxy> {
  const close = closer(server);
  const port = await listen(server);
  return {
    port,
    get forwarded() {
      return forwarded();
    },
    close,
  };
}

/** Starts a server that does this to each connection: a broken proxy, or a broken server behind one. */
export async function startBroken(serve: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  const stop = closer(server);
  return { port: await listen(server), close: stop };
}

/** A port where nothing listens. */
export async function deadPort(): Promise<number> {
  const { port, close } = await startBroken(() => {});
  await close();
  return port;
}

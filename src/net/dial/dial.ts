/** From a route to a link: TCP, then what the route needs of proxy, fake TLS and WebSocket. */
import type { Random } from '../../bytes.ts';
import type { Route } from '../routes/route.ts';
import { guardedStep, type StepOptions } from './guarded-step.ts';
import { type MtProxy, type ProxyServer, showProxy } from './proxy.ts';
import { type Link, linkOf, openSocket } from './socket.ts';

export interface DialOptions extends StepOptions {
  readonly proxy: ProxyServer | undefined;
  readonly random: Random;
  /** The server's time, in unix seconds, as far as it is known. */
  readonly time: number;
}

/** Throws `NetworkError`, `SecurityError` or the abort error. */
export async function dial({ address, web }: Omit<Route, 'transport'>, options: DialOptions): Promise<Link> {
  const { proxy } = options;
  if (proxy?.kind === 'mtproxy') return dialMtProxy(proxy, options);
  const socket =
    proxy === undefined
      ? await openSocket(address, options)
      : await (await import('./tunnel.ts')).tunnel(proxy, address, options);
  if (web === undefined) return linkOf(socket, address);
  const { openWebSocket } = await import('./websocket.ts');
  return openWebSocket(socket, address, web, options);
}

async function dialMtProxy(proxy: MtProxy, options: DialOptions): Promise<Link> {
  const { reachProxy } = await import('./tunnel.ts');
  const socket = await reachProxy(proxy, options);
  const link = linkOf(socket, proxy.address);
  const { secret } = proxy;
  if (secret.kind !== 'tls') return link;
  const { fakeTlsLink } = await import('./fake-tls-link.ts');
  const errors = { late: 'PROXY_SILENT', closed: 'PROXY_SECRET', values: { proxy: showProxy(proxy) } } as const;
  return guardedStep(socket, options, errors, () => fakeTlsLink(link, proxy, { ...secret, ...options }));
}

/** The routes to a data centre, in the order of trying: its addresses, their ports, and the transports. */
import type { TransportName } from '../../transport/names.ts';
import type { Address, Network, Web } from '../datacentres.ts';
import type { ProxyServer } from '../dial/proxy.ts';

export interface Route {
  readonly address: Address;
  readonly transport: TransportName;
  /** Set for a WebSocket. */
  readonly web?: Web;
}

/** What a session stores of a route. */
export type KnownRoute = Pick<Route, 'address' | 'transport'>;

export interface RoutesOptions {
  readonly network: Network;
  readonly dc: number;
  readonly addresses: readonly Address[];
  /** The only one to use; `undefined` for the usual ones. */
  readonly transport: TransportName | undefined;
  readonly proxy: ProxyServer | undefined;
}

/** The usual transports over TCP; the plain one, with the fewest bytes, comes first. */
const USUAL: readonly TransportName[] = ['intermediate', 'obfuscated'];

/** The rank of a WebSocket, which costs more round trips but may work where nothing else does. */
const WEB_RANK = 1.5;

/** A server or a session may name any number of addresses. */
const MAX_ROUTES = 100;

/**
 * Returns the routes, best first, each once. Routes that differ from the best in one respect come before those that
 * differ in two, so that another port, another address and another transport are all tried early.
 */
export function routesTo({ network, dc, addresses, transport, proxy }: RoutesOptions): readonly Route[] {
  if (proxy?.kind === 'mtproxy') {
    const inside = proxy.secret.kind === 'plain' ? 'obfuscated' : 'obfuscated-padded';
    return [{ address: proxy.address, transport: inside }];
  }
  const ranked = (transport === undefined ? USUAL : [transport])
    .filter((name) => name !== 'websocket')
    .flatMap((name, t) =>
      addresses.flatMap(({ host, port }, a) =>
        portsOf(port, network).map((each, p) => ({
          rank: t + a + p,
          route: { address: { host, port: each }, transport: name },
        })),
      ),
    );
  const isWeb = transport === undefined || transport === 'websocket';
  const webs: readonly Route[] = isWeb
    ? network.webs(dc, addresses).map((each) => ({ ...each, transport: 'websocket' }))
    : [];
  const all = [...ranked, ...webs.map((route) => ({ rank: WEB_RANK, route }))].sort((a, b) => a.rank - b.rank);
  const distinct = new Map<string, Route>(); // help.getConfig repeats addresses
  for (const { route } of all) if (!distinct.has(routeKey(route))) distinct.set(routeKey(route), route);
  return [...distinct.values()].slice(0, MAX_ROUTES);
}

function routeKey({ address: { host, port }, transport }: KnownRoute): string {
  return `${host} ${port} ${transport}`;
}

function portsOf(own: number, { ports }: Network): readonly number[] {
  return [own, ...ports.filter((port) => port !== own)];
}

/** Moves the route that worked last, if it is among them, to the front. */
export function rememberedFirst(routes: readonly Route[], hint: KnownRoute | undefined): readonly Route[] {
  const known = routes.find((each) => isSame(each, hint));
  return known === undefined ? routes : [known, ...routes.filter((each) => each !== known)];
}

export function isSame(a: Route, b: KnownRoute | undefined): boolean {
  return b !== undefined && routeKey(a) === routeKey(b);
}

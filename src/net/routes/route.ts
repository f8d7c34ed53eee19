/** The ways to a data centre: its addresses, the ports that lead to the same, and the transports, in the order in which they are tried. */
import type { TransportName } from '../../transport/names.ts';
import type { Address, Network, Web } from '../datacentres.ts';
import type { ProxyServer } from '../dial/proxy.ts';

/** One way to a data centre. */
export interface Route {
  readonly address: Address;
  readonly transport: TransportName;
  /** Where the transport is a WebSocket. */
  readonly web?: Web;
}

/** As much of one as a session keeps. */
export type KnownRoute = Pick<Route, 'address' | 'transport'>;

export interface Ways {
  readonly network: Network;
  readonly dc: number;
  readonly addresses: readonly Address[];
  /** The only one to use; `undefined` leaves the choice. */
  readonly transport: TransportName | undefined;
  readonly proxy: ProxyServer | undefined;
}

/** What is tried over TCP where nobody chose: the plain one first, as it is the one with the fewest bytes. */
const USUAL: readonly TransportName[] = ['intermediate', 'obfuscated'];

/** A WebSocket comes when each other respect has had its turn: it costs more round trips, and gets through where nothing else does. */
const WEB = 1.5;

/** A server, or a session, may name any number of addresses. */
const MOST_ROUTES = 100;

/**
 * The routes, best first, each once. What differs from the best in one respect comes before what differs in two, so that
 * another port, another address and another transport are each tried early.
 */
export function routesTo({ network, dc, addresses, transport, proxy }: Ways): readonly Route[] {
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
  const routes = [...ranked, ...webs.map((route) => ({ rank: WEB, route }))]
    .sort((a, b) => a.rank - b.rank)
    .map(({ route }) => route);
  const distinct = new Map<string, Route>(); // help.getConfig names many an address twice
  for (const route of routes) if (!distinct.has(nameOf(route))) distinct.set(nameOf(route), route);
  return [...distinct.values()].slice(0, MOST_ROUTES);
}

function nameOf({ address: { host, port }, transport }: KnownRoute): string {
  return `${host} ${port} ${transport}`;
}

function portsOf(own: number, { ports }: Network): readonly number[] {
  return [own, ...ports.filter((port) => port !== own)];
}

/** With the one that led through before, if it is among them, in front. */
export function remembered(routes: readonly Route[], hint: KnownRoute | undefined): readonly Route[] {
  const known = routes.find((each) => isSame(each, hint));
  return known === undefined ? routes : [known, ...routes.filter((each) => each !== known)];
}

export function isSame(a: Route, b: KnownRoute | undefined): boolean {
  return b !== undefined && nameOf(a) === nameOf(b);
}

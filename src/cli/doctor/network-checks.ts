/** Checks the connection to the data centres: host names, the proxy, TCP, transports. */
import type { LocalType } from '../../catalogue.ts';
import { NetworkError } from '../../errors.ts';
import type { Address, Network } from '../../net/datacentres.ts';
import { familyOf, resolveName } from '../../net/dial/names.ts';
import { showAddress, showProxy } from '../../net/dial/proxy.ts';
import { type ProbeOptions, probeConnection, probeTransport } from '../../net/routes/probe.ts';
import { type Route, routesTo } from '../../net/routes/route.ts';
import { TRANSPORTS, type TransportName } from '../../transport/names.ts';
import { type Layer, type Report, USUAL_TRANSPORT } from './report.ts';

export interface CheckOptions extends ProbeOptions {
  readonly network: Network;
  /** The session's data centre. */
  readonly dc: number;
  /** Addresses announced by a server. */
  readonly learnt: Readonly<Record<number, readonly Address[]>>;
  /** The only transport to use, if one was chosen. */
  readonly transport: TransportName | undefined;
  readonly report: Report;
}

/** A proxy may refuse one address and accept the next. */
const MAX_TRIES = 3;

/** Telegram has five data centres, a sandbox at most nine. */
const DCS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

function addressesOf({ network, learnt }: CheckOptions, dc: number): readonly Address[] {
  const known = network.addresses(dc);
  return known.length > 0 ? known : (learnt[dc] ?? []);
}

interface Outcome {
  /** `undefined` on success. */
  readonly error: unknown;
  readonly detail: string;
}

async function attempt(act: () => Promise<void>): Promise<Outcome> {
  const started = performance.now();
  try {
    await act();
    return { error: undefined, detail: `${Math.round(performance.now() - started)} ms` };
  } catch (error) {
    return { error, detail: '' };
  }
}

function note(report: Report, layer: Layer, what: string, { error, detail }: Outcome, bad: 'fail' | 'warn'): void {
  if (error === undefined) report.add(layer, 'ok', what, detail);
  else report.failed(layer, what, error, bad);
}

/** Resolves the host names that this machine must look up. */
export async function checkNames(options: CheckOptions): Promise<void> {
  const { proxy, report } = options;
  const hosts = proxy === undefined ? [...serverNames(options)] : [proxy.address.host];
  const names = hosts.filter((host) => familyOf(host) === 0);
  if (names.length === 0) report.add('names', 'ok', 'none', 'no host names in use');
  for (const host of new Set(names))
    try {
      report.add('names', 'ok', host, (await resolveName(host)).join(', '));
    } catch (error) {
      // The host for WebSockets is only one of several routes.
      report.failed('names', host, error, isAddressOf(options, host) || proxy !== undefined ? 'fail' : 'warn');
    }
}

function* serverNames({ network, dc, ...rest }: CheckOptions): Generator<string> {
  const addresses = addressesOf({ network, dc, ...rest }, dc);
  for (const { host } of addresses) yield host;
  for (const { address } of network.webs(dc, addresses)) yield address.host;
}

function isAddressOf(options: CheckOptions, host: string): boolean {
  return addressesOf(options, options.dc).some((address) => address.host === host);
}

/** Connects to the proxy, and through it to the data centre. */
export async function checkProxy(options: CheckOptions): Promise<void> {
  const { proxy, report, dc } = options;
  if (proxy === undefined) {
    report.add('proxy', 'ok', 'none', 'direct connections');
    return;
  }
  const { network, transport } = options;
  const routes = routesTo({ network, dc, addresses: addressesOf(options, dc), transport, proxy });
  let outcome: Outcome | undefined;
  for (const route of routes.slice(0, MAX_TRIES)) {
    outcome = await attempt(() => probeConnection(route, options));
    if (outcome.error === undefined) break;
  }
  if (outcome === undefined) report.add('proxy', 'skip', showProxy(proxy), `no address known for DC ${dc}`);
  else note(report, 'proxy', showProxy(proxy), outcome, 'fail');
}

/** Connects to every address and port of every DC. Fails only if none of the session's own DC answers. */
export async function checkTcp(options: CheckOptions, dcs: readonly number[] = DCS): Promise<void> {
  const { network, dc: home, proxy, report } = options;
  if (proxy?.kind === 'mtproxy') {
    report.add('tcp', 'ok', 'all', 'the proxy chooses the address');
    return;
  }
  const places = dcs.flatMap((dc) =>
    addressesOf(options, dc).flatMap(({ host, port }) =>
      [port, ...network.ports.filter((each) => each !== port)].map((each) => ({ dc, address: { host, port: each } })),
    ),
  );
  const seen = await Promise.all(
    places.map(async (place) => {
      const route = { address: place.address, transport: USUAL_TRANSPORT } as const;
      return { ...place, result: await attempt(() => probeConnection(route, options)) };
    }),
  );
  const isHome = seen.some(({ dc, result }) => dc === home && result.error === undefined);
  for (const { dc, address, result } of seen)
    note(
      report,
      'tcp',
      `DC ${dc} ${kindOf(address)} ${showAddress(address)}`,
      result,
      dc === home && !isHome ? 'fail' : 'warn',
    );
}

function isOf({ error }: Outcome, type: LocalType): boolean {
  return error instanceof NetworkError && error.type === type;
}

function kindOf({ host }: Address): string {
  const version = familyOf(host);
  return version === 0 ? 'by name' : `IPv${version}`;
}

/** Tries every transport. Fails only if none works, or the chosen one does not. Returns the route to use. */
export async function checkTransports(options: CheckOptions): Promise<Route | undefined> {
  const { network, dc, proxy, transport, report } = options;
  if (report.has('tcp', 'fail') || report.has('proxy', 'fail')) {
    report.add('transport', 'skip', 'all', 'no connection');
    return undefined;
  }
  const all = TRANSPORTS.flatMap((name) =>
    routesTo({ network, dc, addresses: addressesOf(options, dc), transport: name, proxy }).slice(0, 1),
  );
  // An MTProxy has only one transport.
  const routes = proxy?.kind === 'mtproxy' ? all.slice(0, 1) : all;
  const seen = await Promise.all(
    routes.map(async (route) => ({ route, result: await attempt(() => probeTransport(route, options)) })),
  );
  const isAllowed = ({ transport: name }: Route) =>
    transport === undefined || proxy?.kind === 'mtproxy' || name === transport;
  const working = seen.filter(({ route, result }) => result.error === undefined && isAllowed(route));
  const best = working.find(({ route }) => route.transport === USUAL_TRANSPORT) ?? working[0];
  // A web server may wait for the end of what it takes for a request.
  const web = seen.find(({ result }) => isOf(result, 'HTTP_ANSWER'))?.result;
  for (const { route, result: own } of seen) {
    const result = isOf(own, 'NO_ANSWER') ? (web ?? own) : own;
    note(report, 'transport', route.transport, result, best === undefined && isAllowed(route) ? 'fail' : 'warn');
  }
  return best?.route;
}

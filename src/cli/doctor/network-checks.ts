/** The way to the data centres: names, the proxy, TCP, transports. */
import type { Address, Network } from '../../net/datacentres.ts';
import { familyOf, resolveName } from '../../net/dial/names.ts';
import { showAddress, showProxy } from '../../net/dial/proxy.ts';
import { type ProbeOptions, probeConnection, probeTransport } from '../../net/routes/probe.ts';
import { type Route, routesTo } from '../../net/routes/route.ts';
import { TRANSPORTS, type TransportName } from '../../transport/names.ts';
import type { Layer, Report } from './report.ts';

export interface Patient extends ProbeOptions {
  readonly network: Network;
  /** The DC that answers this session's calls. */
  readonly dc: number;
  /** Addresses that a server has told. */
  readonly learnt: Readonly<Record<number, readonly Address[]>>;
  /** The only transport that is wanted. */
  readonly transport: TransportName | undefined;
  readonly report: Report;
}

/** A proxy may refuse to lead to one address and lead to the next. */
const MOST_TRIES = 3;

/** Telegram has five data centres, a sandbox nine at most. */
const DCS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

export function addressesOf({ network, learnt }: Patient, dc: number): readonly Address[] {
  const known = network.addresses(dc);
  return known.length > 0 ? known : (learnt[dc] ?? []);
}

interface Tried {
  /** `undefined`: it went well. */
  readonly error: unknown;
  readonly detail: string;
}

async function tried({ now }: Patient, act: () => Promise<void>): Promise<Tried> {
  const started = now();
  try {
    await act();
    return { error: undefined, detail: `${Math.round(now() - started)} ms` };
  } catch (error) {
    return { error, detail: '' };
  }
}

function note(report: Report, layer: Layer, what: string, { error, detail }: Tried, bad: 'fail' | 'warn'): void {
  if (error === undefined) report.add(layer, 'ok', what, detail);
  else report.failed(layer, what, error, bad);
}

/** Host names that this machine has to resolve by itself. */
export async function checkNames(patient: Patient): Promise<void> {
  const { proxy, report } = patient;
  const hosts = proxy === undefined ? [...serverNames(patient)] : [proxy.address.host];
  const names = hosts.filter((host) => familyOf(host) === 0);
  if (names.length === 0) report.add('names', 'ok', 'none', 'all addresses are numbers');
  for (const host of new Set(names))
    try {
      report.add('names', 'ok', host, (await resolveName(host)).join(', '));
    } catch (error) {
      // The host for browsers is one way of several.
      report.failed('names', host, error, isAddressOf(patient, host) || proxy !== undefined ? 'fail' : 'warn');
    }
}

function* serverNames({ network, dc, ...rest }: Patient): Generator<string> {
  const addresses = addressesOf({ network, dc, ...rest }, dc);
  for (const { host } of addresses) yield host;
  for (const { address } of network.webs(dc, addresses)) yield address.host;
}

function isAddressOf(patient: Patient, host: string): boolean {
  return addressesOf(patient, patient.dc).some((address) => address.host === host);
}

/** The hop to the proxy, and through it. */
export async function checkProxy(patient: Patient): Promise<void> {
  const { proxy, report, dc } = patient;
  if (proxy === undefined) {
    report.add('proxy', 'ok', 'none', 'connections go straight');
    return;
  }
  const { network, transport } = patient;
  const routes = routesTo({ network, dc, addresses: addressesOf(patient, dc), transport, proxy });
  let found: Tried | undefined;
  for (const route of routes.slice(0, MOST_TRIES)) {
    found = await tried(patient, () => probeConnection(route, patient));
    if (found.error === undefined) break;
  }
  if (found === undefined) report.add('proxy', 'skip', showProxy(proxy), `no address is known for DC ${dc}`);
  else note(report, 'proxy', showProxy(proxy), found, 'fail');
}

/** Each address of each DC at each port. One that does not answer is a failure only if it is of the DC that counts, and none does there. */
export async function checkTcp(patient: Patient, dcs: readonly number[] = DCS): Promise<void> {
  const { network, dc: home, proxy, report } = patient;
  if (proxy?.kind === 'mtproxy') {
    report.add('tcp', 'ok', 'all', 'the proxy knows the way');
    return;
  }
  const places = dcs.flatMap((dc) =>
    addressesOf(patient, dc).flatMap(({ host, port }) =>
      [port, ...network.ports.filter((each) => each !== port)].map((each) => ({ dc, address: { host, port: each } })),
    ),
  );
  const seen = await Promise.all(
    places.map(async (place) => {
      const route = { address: place.address, transport: 'intermediate' } as const;
      return { ...place, result: await tried(patient, () => probeConnection(route, patient)) };
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

function kindOf({ host }: Address): string {
  const version = familyOf(host);
  return version === 0 ? 'by name' : `IPv${version}`;
}

/** Each transport, to the first address that answers; one that does not is a failure only if no other, or no other that is wanted, does. */
export async function checkTransports(patient: Patient): Promise<Route | undefined> {
  const { network, dc, proxy, transport, report } = patient;
  if (report.has('tcp', 'fail') || report.has('proxy', 'fail')) {
    report.add('transport', 'skip', 'all', 'there is no connection to try them on');
    return undefined;
  }
  const all = TRANSPORTS.flatMap((name) =>
    routesTo({ network, dc, addresses: addressesOf(patient, dc), transport: name, proxy }).slice(0, 1),
  );
  // Through an MTProxy there is one way alone.
  const routes = proxy?.kind === 'mtproxy' ? all.slice(0, 1) : all;
  const seen = await Promise.all(
    routes.map(async (route) => ({ route, result: await tried(patient, () => probeTransport(route, patient)) })),
  );
  const isWanted = ({ transport: name }: Route) =>
    transport === undefined || proxy?.kind === 'mtproxy' || name === transport;
  const working = seen.filter(({ route, result }) => result.error === undefined && isWanted(route));
  const best = working.find(({ route }) => route.transport === 'intermediate') ?? working[0];
  for (const { route, result } of seen)
    note(report, 'transport', route.transport, result, best === undefined && isWanted(route) ? 'fail' : 'warn');
  return best?.route;
}

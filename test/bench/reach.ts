/**
 * Times `send-call` in this process through proxies and over slow, lossy networks, from nothing to the answer, as a
 * ratio to a direct connection of the same latency. The slow network is between client and proxy, not behind the proxy.
 */

import { parseProxy } from '../../src/net/dial/proxy.ts';
import type { ConnectionState } from '../../src/net/state.ts';
import { clientAt, portOf, sendCall, type TestClientOptions } from '../net/fixture.ts';
import { startProxy } from '../proxies.ts';
import { type Relay, type RelayOptions, startRelay } from '../relay.ts';
import type { Served } from './startup.ts';
import { median, say } from './table.ts';

/** Milliseconds of a round trip. */
const ROUND_TRIPS = [0, 50, 150];
const LOSSES = [0, 0.02];
/** Losses are rare, so they need this many times the rounds. */
const MORE = 2;

const KEY = '00112233445566778899aabbccddeeff';
/** An MTProxy's secret of each kind. */
const SECRETS: Readonly<Record<string, string>> = {
  plain: KEY,
  dd: `dd${KEY}`,
  ee: `ee${KEY}${Buffer.from('www.example.com').toString('hex')}`,
};
/** The sandbox's options for an MTProxy of each kind. */
export const MTPROXIES = Object.values(SECRETS).flatMap((secret) => ['--mtproxy', secret]);

interface Setup {
  readonly name: string;
  /** The port that the relay connects to. */
  readonly target: number;
  /** The client's options for going through the relay at this port. */
  readonly options: (port: number) => TestClientOptions;
}

/** A route with what a session knows of it: nothing, if it must make a fresh key. */
interface Known extends Setup {
  readonly state: ConnectionState | undefined;
}

export async function reach(sandbox: Served, rounds: number): Promise<void> {
  const dc = portOf(sandbox, 2);
  const [socks, http] = [await startProxy('socks'), await startProxy('http')];
  const through = (proxy: string): TestClientOptions => ({ proxy: parseProxy(proxy) });
  const setups: readonly Setup[] = [
    { name: 'direct', target: dc, options: (port) => ({ port }) },
    { name: 'SOCKS5', target: socks.port, options: (port) => through(`socks5://127.0.0.1:${port}`) },
    { name: 'HTTP CONNECT', target: http.port, options: (port) => through(`http://127.0.0.1:${port}`) },
    ...sandbox.proxies.map(({ secret, port: target }) => ({
      name: `MTProxy, ${Object.keys(SECRETS).find((kind) => SECRETS[kind] === secret)}`,
      target,
      options: (port: number) => through(`127.0.0.1:${port}:${secret}`),
    })),
    { name: 'WebSocket', target: dc, options: (port) => ({ port, transport: 'websocket' }) },
  ];
  for (const key of ['stored', 'fresh'] as const) {
    const known: Known[] = [];
    for (const setup of setups) {
      const state = await firstRun(sandbox, setup); // also loads the modules that the route needs
      known.push({ ...setup, state: key === 'stored' ? state : undefined });
    }
    await table(sandbox, known, key, rounds);
  }
  await socks.close();
  await http.close();
}

async function table(sandbox: Served, setups: readonly Known[], key: string, rounds: number): Promise<void> {
  const [direct] = setups;
  const columns: { readonly head: string; readonly cells: readonly string[] }[] = [];
  const base: number[] = [];
  for (const loss of LOSSES)
    for (const [i, ms] of ROUND_TRIPS.entries()) {
      const times = await timesOf(sandbox, setups, { ms, loss, rounds: loss === 0 ? rounds : MORE * rounds });
      base[i] ??= median(times[0] ?? []);
      const ratio = (time: number, digits: number) => (time / (base[i] ?? Number.NaN)).toFixed(digits);
      const cells = times.map((each, w) => {
        if (loss > 0) return `${ratio(median(each), 2)} × (${ratio(Math.max(...each), 1)})`;
        return setups[w] === direct ? `${median(each).toFixed(0)} ms` : `${ratio(median(each), 2)} ×`;
      });
      columns.push({ head: `${ms} ms${loss === 0 ? '' : `, ${loss * 100} %`}`, cells });
    }
  say(
    `Reach with a ${key} key, ${rounds} rounds; where chunks are lost ${MORE * rounds}, and in brackets the slowest of them`,
  );
  say(`  ${'round trip'.padEnd(18)} trips${columns.map(({ head }) => head.padStart(15)).join('')}`);
  for (const [w, setup] of setups.entries()) {
    const trips = String(await tripsOf(sandbox, setup)).padStart(5);
    say(`  ${setup.name.padEnd(18)} ${trips}${columns.map(({ cells }) => (cells[w] ?? '').padStart(15)).join('')}`);
  }
  say();
}

async function firstRun(sandbox: Served, setup: Setup): Promise<ConnectionState> {
  const relay = await startRelay({ target: setup.target });
  const state = await call(sandbox, { ...setup, state: undefined }, relay.port);
  await relay.close();
  return state;
}

/** Round trips until the answer, TCP's included. */
async function tripsOf(sandbox: Served, setup: Known): Promise<number> {
  let trips = 1;
  let last = '';
  const change: RelayOptions['change'] = (chunk, passing) => {
    if (passing.direction === 'down' && last === 'up') trips++;
    last = passing.direction;
    return chunk;
  };
  const relay = await startRelay({ target: setup.target, change });
  await call(sandbox, setup, relay.port);
  await relay.close();
  return trips;
}

/** Milliseconds of each route, in rounds (A B C A B C …), so that drift affects all alike. */
async function timesOf(
  sandbox: Served,
  setups: readonly Known[],
  { ms, loss, rounds }: { readonly ms: number; readonly loss: number; readonly rounds: number },
): Promise<number[][]> {
  const runs: { readonly setup: Known; readonly relay: Relay; readonly times: number[] }[] = [];
  for (const setup of setups) {
    const random = chance();
    const relay = await startRelay({ target: setup.target, delay: ms / 2, loss: () => random() < loss });
    runs.push({ setup, relay, times: [] });
  }
  for (let round = 0; round < rounds; round++)
    for (const { setup, relay, times } of runs) {
      const started = performance.now();
      await call(sandbox, setup, relay.port);
      times.push(performance.now() - started);
    }
  for (const { relay } of runs) await relay.close();
  return runs.map(({ times }) => times);
}

/** One call by a new client, set up as the command line does. With a state, it also remembers its route. */
async function call(sandbox: Served, { options, state }: Known, port: number): Promise<ConnectionState> {
  const chosen: TestClientOptions = { transport: undefined, ...options(port) };
  const address = { host: sandbox.host, port: chosen.port ?? portOf(sandbox, 2) };
  const routes = { 2: { address, transport: 'intermediate' } } as const;
  const { client } = clientAt(sandbox, { ...chosen, state: state && { ...state, routes } });
  const right = await sendCall(client);
  client.close();
  if (!right) throw new Error('send-call answered false');
  return client.state;
}

/**
 * Numbers in [0, 1), the same in every run and for every route (mulberry32). Of the first hundred, two are below 0.02.
 */
function chance(): () => number {
  let state = 71;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

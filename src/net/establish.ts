/** A socket with a session key on it: race the routes, exchange keys if there is none, and try again while that may help. */
import { backoff, sleep } from './backoff.ts';
import { type Begun, beginExchange, type ExchangeOptions, finishExchange, greet } from './exchange.ts';
import { throwIfAborted } from './interruption.ts';
import { closing, Pipe, patiently } from './pipe.ts';
import type { ProxyServer } from './proxy.ts';
import { race } from './race.ts';
import { asAnswer, isPassing, MAX_FAILURES } from './retry.ts';
import { isSame, type KnownRoute, type Route, remembered } from './route.ts';
import type { TemporarySession } from './temporary.ts';

export interface AuthKey {
  /** 256 bytes. */
  readonly auth_key: Uint8Array;
  readonly server_salt: bigint;
}

/** How far connecting has come. */
export interface Progress {
  readonly stage: 'connecting' | 'waiting' | 'heard';
  readonly dc: number;
  readonly route: Route;
}

export interface EstablishOptions extends Omit<ExchangeOptions, 'expires_in'> {
  readonly dc: number;
  /** Best first; never none. */
  readonly routes: readonly Route[];
  readonly proxy: ProxyServer | undefined;
  /** Seconds that a temporary key lives; undefined: talk under the permanent key. */
  readonly pfs: number | undefined;
  readonly signal: AbortSignal;
  /** A key was made, or its salt changed. */
  readonly onKey: (key: AuthKey) => void;
  /** The server's clock is so many seconds ahead. */
  readonly onClock: (time_offset: number) => void;
  /** Of several routes, this one has led through. */
  readonly onRoute: (route: Route) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly trace: (line: string) => void;
}

/** What is known from before. */
export interface Known {
  readonly key: AuthKey | undefined;
  /** The route that led through. */
  readonly route: KnownRoute | undefined;
  readonly time_offset: number;
  readonly temporary: TemporarySession | undefined;
}

export interface Established {
  readonly pipe: Pipe;
  readonly key: AuthKey;
  /** What to talk under in the key's place. */
  readonly temporary: TemporarySession | undefined;
  readonly route: Route;
  /** The route was taken because it led through before, and has not shown yet that it still does. */
  readonly unproven: boolean;
}

/** Seconds for the first sign of life on a route, and for what is left of a key exchange after it. */
const PATIENCE = 10;

/** Throws `NetworkError` after several failures in a row, `SecurityError` at once, or the signal's reason. */
export async function establish(options: EstablishOptions, known: Known): Promise<Established> {
  const { random, signal, trace, dc } = options;
  let routes = remembered(options.routes, known.route);
  const undo = ({ pipe }: Attempt) => pipe.close();
  let { key } = known;
  for (let failures = 1; ; failures++) {
    try {
      const won = await race(routes, attempt({ ...options, routes }, { ...known, key }), { dc, signal, undo, trace });
      trace(`connected to ${won.route.address.host}:${won.route.address.port} (${won.route.transport})`);
      if (!won.unproven && routes.length > 1) options.onRoute(won.route);
      const { pipe, route, unproven } = won;
      routes = [...routes.filter((each) => each !== route), route]; // if it fails now, it has had its chance
      return await closing(pipe, signal, () =>
        patiently(pipe, PATIENCE, async () => {
          key ??= await makeKey(won, options);
          return { pipe, route, unproven, key, temporary: await temporaryFor(key, pipe, options, known) };
        }),
      );
    } catch (error) {
      throwIfAborted(signal);
      if (!isPassing(error) || failures >= MAX_FAILURES) throw asAnswer(error);
      trace(`trying again: ${error.message}`);
      await sleep(backoff(failures, random), signal);
    }
  }
}

/** Seconds before its end in which nothing new is begun under a temporary key. */
const MARGIN = 60;

export function isStale(session: TemporarySession | undefined): boolean {
  return session !== undefined && session.channel.time >= session.expires_at - MARGIN;
}

interface Attempt extends Omit<Established, 'key' | 'temporary'> {
  readonly exchange: Begun | undefined;
}

/** One route, as far as it takes to see that it leads to a server that speaks MTProto. */
function attempt(options: EstablishOptions, known: Known): (route: Route, signal: AbortSignal) => Promise<Attempt> {
  const { proxy, innerDc, random, now, dc, onProgress, routes } = options;
  return async (route, signal) => {
    if (route === routes[0]) onProgress({ stage: 'connecting', dc, route }); // the others begin beside it
    const time = now() / 1000 + known.time_offset;
    const pipe = await Pipe.open(route, { proxy, dc: innerDc, random, time, signal });
    return closing(pipe, signal, async () => {
      onProgress({ stage: 'waiting', dc, route });
      const isKnown = known.key !== undefined;
      // A key exchange has no patience of its own, so a route that has one before it must show first that it is alive.
      const unproven = isKnown && !needsTemporary(options, known) && routes.length > 1 && isSame(route, known.route);
      if (isKnown && (unproven || routes.length === 1)) return { pipe, route, unproven, exchange: undefined };
      const exchange = await patiently(pipe, PATIENCE, () =>
        isKnown ? greet(pipe, options) : beginExchange(pipe, options),
      );
      onProgress({ stage: 'heard', dc, route });
      return { pipe, route, unproven, exchange };
    });
  };
}

function needsTemporary({ pfs }: EstablishOptions, { temporary }: Known): boolean {
  return pfs !== undefined && (temporary === undefined || isStale(temporary));
}

async function temporaryFor(
  { auth_key }: AuthKey,
  pipe: Pipe,
  options: EstablishOptions,
  known: Known,
): Promise<TemporarySession | undefined> {
  if (options.pfs === undefined || !needsTemporary(options, known)) return known.temporary;
  const { makeTemporary } = await import('./temporary.ts');
  return makeTemporary(pipe, { ...options, auth_key, expires_in: options.pfs });
}

async function makeKey({ pipe, exchange }: Attempt, options: EstablishOptions): Promise<AuthKey> {
  if (exchange === undefined) throw new RangeError('without a key, an attempt begins an exchange');
  const { auth_key, server_salt, time_offset } = await finishExchange(pipe, exchange);
  options.trace(`made an authorization key for DC ${options.dc}`);
  options.onClock(time_offset);
  options.onKey({ auth_key, server_salt });
  return { auth_key, server_salt };
}

/** A socket with a session key on it: race the routes, exchange keys if there is none, and try again while that may help. */
import type { Now } from '../bytes.ts';
import { NetworkError, RpcError, SecurityError } from '../errors.ts';
import { throwIfAborted } from './abort.ts';
import type { ProxyServer } from './dial/proxy.ts';
import { type Begun, beginExchange, type ExchangeOptions, finishExchange, greet } from './key-exchange.ts';
import { closing, Pipe, patiently } from './packet-stream.ts';
import type { TemporarySession } from './pfs.ts';
import { backoff, sleep } from './routes/backoff.ts';
import { race } from './routes/race.ts';
import { asAnswer, isPassing, MAX_FAILURES, messageOf, spoilsRoute } from './routes/retry.ts';
import { isSame, type KnownRoute, type Route, remembered } from './routes/route.ts';

export interface AuthKey {
  /** 256 bytes. */
  readonly auth_key: Uint8Array;
  readonly server_salt: bigint;
  /** Unix seconds by the server's clock: the key is at least as old as that. Absent: not known. */
  readonly made?: number;
  /** The key came in a session string, so its maker may know it too. */
  readonly imported?: true;
}

/** How far connecting has come. */
export interface Progress {
  readonly stage: 'connecting' | 'waiting' | 'heard';
  readonly dc: number;
  readonly route: Route;
}

export interface EstablishOptions extends Omit<ExchangeOptions, 'expires_in'> {
  readonly dc: number;
  readonly proxy: ProxyServer | undefined;
  /** Seconds that a temporary key lives; undefined: talk under the permanent key. */
  readonly pfs: number | undefined;
  readonly signal: AbortSignal;
  /** A key was made, or its salt changed. */
  readonly onKey: (key: AuthKey) => void;
  /** The server's clock is so many seconds ahead. */
  readonly onClock: (time_offset: number) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly trace: (line: string) => void;
}

/** What is known from before. */
export interface Known {
  readonly key: AuthKey | undefined;
  /** Best first, without those that are ruled out. */
  readonly routes: readonly Route[];
  /** The first failed check that ruled a route out. Thrown in place of what made the last route fail. */
  readonly suspicion: SecurityError | undefined;
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
  readonly routes: readonly Route[];
  readonly suspicion: SecurityError | undefined;
  /** The route was taken because it led through before, and has not shown yet that it still does. */
  readonly unproven: boolean;
}

/** Seconds for the first sign of life on a route, and for what is left of a key exchange after it. */
const PATIENCE = 10;

/** A permanent key that is younger than this, in seconds, may not have reached all of the server yet (https://core.telegram.org/api/pfs). */
const SETTLED = 60;
/** auth.bindTempAuthKey: the permanent key is unknown, or the proof that we have it is wrong. */
const BIND_REFUSED = 'ENCRYPTED_MESSAGE_INVALID';
/** The server must refuse so many fresh binds of a key before it counts as unknown. */
const REFUSED_BINDS = 2;

/**
 * Connects, and makes the keys that are missing. Until the key exchange has authenticated the server, a failed check rules out its route
 * and not the others. Throws `SecurityError` when no route is left and one of them failed a check; else `NetworkError`: KEY_UNKNOWN only
 * if the server refused to bind the key under encryption; or the signal's reason.
 */
export async function establish(options: EstablishOptions, before: Known): Promise<Established> {
  const { random, signal, trace, dc } = options;
  let known: Known = { ...before, routes: remembered(before.routes, before.route) };
  const onClock = (time_offset: number) => {
    known = { ...known, time_offset };
    options.onClock(time_offset);
  };
  const undo = ({ pipe }: Attempt) => pipe.close();
  let refusedBinds = 0;
  for (let failures = 1; ; ) {
    let tried: Route | undefined;
    try {
      const won = await race(known.routes, attempt(options, known), { dc, signal, undo, trace });
      const { pipe, route, unproven } = won;
      trace(`connected to ${route.address.host}:${route.address.port} (${route.transport})`);
      tried = route;
      const routes = [...known.routes.filter((each) => each !== route), route]; // if it fails now, it has had its chance
      known = { ...known, routes };
      return await closing(pipe, signal, () =>
        patiently(pipe, PATIENCE, async () => {
          const key = known.key ?? (await makeKey(won, { ...options, onClock }));
          known = { ...known, key };
          const temporary = await temporaryFor(key, pipe, { ...options, onClock }, known);
          return { pipe, route, routes, suspicion: known.suspicion, unproven, key, temporary };
        }),
      );
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof RpcError) {
        if (error.type !== BIND_REFUSED || !isSettled(known, options.now)) throw error;
        if (++refusedBinds === REFUSED_BINDS) throw new NetworkError('KEY_UNKNOWN', {}, { cause: error });
      } else if (spoilsRoute(error)) {
        known = withoutRoute(known, tried, error);
        if (known.routes.length === 0) throw known.suspicion ?? asAnswer(error);
      } else if (!isPassing(error) || failures >= MAX_FAILURES) throw known.suspicion ?? asAnswer(error);
      trace(`trying again: ${messageOf(error)}`);
      if (isPassing(error)) await sleep(backoff(failures++, random), signal);
    }
  }
}

/** What is known after a route was spoilt by this error; `undefined`: all of them were. */
export function withoutRoute(known: Known, spoilt: Route | undefined, error: unknown): Known {
  return {
    ...known,
    route: undefined,
    routes: known.routes.filter((route) => spoilt !== undefined && route !== spoilt),
    suspicion: known.suspicion ?? (error instanceof SecurityError ? error : undefined),
  };
}

/** A key that does not say when it was made is of a version that did not note it yet. */
function isSettled({ key, time_offset }: Known, now: Now): boolean {
  return now() / 1000 + time_offset - (key?.made ?? 0) > SETTLED;
}

/** Seconds before its end in which nothing new is begun under a temporary key. */
const MARGIN = 60;

export function isStale(session: TemporarySession | undefined): boolean {
  return session !== undefined && session.channel.time >= session.expires_at - MARGIN;
}

interface Attempt extends Pick<Established, 'pipe' | 'route' | 'unproven'> {
  readonly exchange: Begun | undefined;
}

/** One route, as far as it takes to see that it leads to a server that speaks MTProto. */
function attempt(options: EstablishOptions, known: Known): (route: Route, signal: AbortSignal) => Promise<Attempt> {
  const { proxy, innerDc, random, now, dc, onProgress } = options;
  const { routes } = known;
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
  const { makeTemporary } = await import('./pfs.ts');
  return makeTemporary(pipe, { ...options, auth_key, expires_in: options.pfs });
}

async function makeKey({ pipe, exchange }: Attempt, options: EstablishOptions): Promise<AuthKey> {
  if (exchange === undefined) throw new RangeError('without a key, an attempt begins an exchange');
  const { auth_key, server_salt, time_offset } = await finishExchange(pipe, exchange);
  options.trace(`made an authorization key for DC ${options.dc}`);
  options.onClock(time_offset);
  const key = { auth_key, server_salt, made: Math.floor(options.now() / 1000 + time_offset) };
  options.onKey(key);
  return key;
}

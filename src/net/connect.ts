/** Connects: races the routes, exchanges keys if there is none, and tries again while that may help. */
import type { Now } from '../bytes.ts';
import { NetworkError, RpcError, SecurityError } from '../errors.ts';
import { throwIfAborted } from './abort.ts';
import type { ProxyServer } from './dial/proxy.ts';
import { type BegunExchange, beginExchange, type ExchangeOptions, finishExchange, greet } from './key-exchange.ts';
import { PacketStream, type PacketStreamOptions } from './packet-stream.ts';
import type { TemporarySession } from './pfs.ts';
import { backoff, sleep } from './routes/backoff.ts';
import { race } from './routes/race.ts';
import { asAnswer, isPassing, MAX_FAILURES, messageOf, rulesOutRoute } from './routes/retry.ts';
import { isSame, type KnownRoute, type Route, rememberedFirst } from './routes/route.ts';
import type { Trace } from './wire-event.ts';

export interface AuthKey {
  /** 256 bytes. */
  readonly auth_key: Uint8Array;
  readonly server_salt: bigint;
  /** Later salts, as records of `mtproto/future-salts.ts`. */
  readonly salts?: Uint8Array | undefined;
  /** Unix seconds by the server's clock: the key was made then or earlier. Absent if not known. */
  readonly made?: number;
  /** The key came in a session string, so its maker may know it too. */
  readonly imported?: true;
}

/** How far connecting has come. */
export interface Progress {
  readonly stage: 'connecting' | 'waiting' | 'answered';
  readonly dc: number;
  readonly route: Route;
}

export interface DcConnectOptions extends Omit<ExchangeOptions, 'expires_in'>, Pick<PacketStreamOptions, 'dial'> {
  readonly dc: number;
  readonly proxy: ProxyServer | undefined;
  /** Seconds that a temporary key lives; `undefined` to use the permanent key. */
  readonly pfs: number | undefined;
  readonly signal: AbortSignal;
  /** A key was made, or its salts changed. */
  readonly onKey: (key: AuthKey) => void;
  /** The server's clock is this many seconds ahead. */
  readonly onClock: (time_offset: number) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly trace: Trace;
}

/** What is known from earlier attempts and runs. */
export interface Known {
  readonly key: AuthKey | undefined;
  /** Best first, without those that are ruled out. */
  readonly routes: readonly Route[];
  /** The first failed check that ruled a route out. It is thrown instead of the last route's error. */
  readonly failedCheck: SecurityError | undefined;
  /** The route that worked last. */
  readonly route: KnownRoute | undefined;
  readonly time_offset: number;
  readonly temporary: TemporarySession | undefined;
}

export interface ConnectedStream {
  readonly stream: PacketStream;
  readonly route: Route;
  /** The route was only remembered, and has not shown yet that it still works. */
  readonly unproven: boolean;
  readonly known: Known & { readonly key: AuthKey };
}

/** Limit of the first answer on a route, and of the rest of a key exchange. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Seconds after which a permanent key has reached all of the server (https://core.telegram.org/api/pfs). */
const SETTLED = 60;
/** auth.bindTempAuthKey: the permanent key is unknown, or our proof of having it is wrong. */
const BIND_REFUSED = 'ENCRYPTED_MESSAGE_INVALID';
/** A key counts as unknown after this many refused binds. */
const REFUSED_BINDS = 2;

/**
 * Connects, and makes the keys that are missing. Until the key exchange has authenticated the server, a failed check
 * rules out its route only. Throws `SecurityError` when no route is left and one failed a check; `NetworkError`, with
 * KEY_UNKNOWN only if the server refused under encryption to bind the key; or the abort error.
 */
export async function connectToDc(options: DcConnectOptions, before: Known): Promise<ConnectedStream> {
  const { random, signal, trace, dc } = options;
  let known: Known = { ...before, routes: rememberedFirst(before.routes, before.route) };
  const onClock = (time_offset: number) => {
    known = { ...known, time_offset };
    options.onClock(time_offset);
  };
  const undo = ({ stream }: Attempt) => stream.close();
  let refusedBinds = 0;
  for (let failures = 1; ; ) {
    let tried: Route | undefined;
    try {
      const won = await race(known.routes, attempt(options, known), { dc, signal, undo, trace });
      const { stream, route, unproven } = won;
      trace(`connected to ${route.address.host}:${route.address.port} (${route.transport})`);
      tried = route;
      known = { ...known, routes: [...known.routes.filter((each) => each !== route), route] }; // last, if it fails now
      return await stream.guard(signal, ANSWER_TIMEOUT_MS, async () => {
        const key = known.key ?? (await makeKey(won, { ...options, onClock }));
        known = { ...known, key };
        const temporary = await temporaryFor(key, stream, { ...options, onClock }, known);
        return { stream, route, unproven, known: { ...known, route, key, temporary } };
      });
    } catch (error) {
      throwIfAborted(signal);
      if (error instanceof RpcError) {
        if (error.type !== BIND_REFUSED || !isSettled(known, options.now)) throw error;
        if (++refusedBinds === REFUSED_BINDS) throw new NetworkError('KEY_UNKNOWN', {}, { cause: error });
      } else if (rulesOutRoute(error)) {
        known = withoutRoute(known, tried, error);
        if (known.routes.length === 0) throw known.failedCheck ?? asAnswer(error);
      } else if (!isPassing(error) || failures >= MAX_FAILURES) throw known.failedCheck ?? asAnswer(error);
      trace(`trying again: ${messageOf(error)}`);
      if (isPassing(error)) await sleep(backoff(failures++, random), signal);
    }
  }
}

/** What is known after this error has ruled out a route, or all of them if `ruledOut` is `undefined`. */
export function withoutRoute(known: Known, ruledOut: Route | undefined, error: unknown): Known {
  return {
    ...known,
    route: undefined,
    routes: ruledOut === undefined ? [] : known.routes.filter((route) => route !== ruledOut),
    failedCheck: known.failedCheck ?? (error instanceof SecurityError ? error : undefined),
  };
}

/** Old versions did not store when a key was made: such a key is old enough. */
function isSettled({ key, time_offset }: Known, now: Now): boolean {
  return now() / 1000 + time_offset - (key?.made ?? 0) > SETTLED;
}

/** Seconds before a temporary key expires in which no call is begun under it. */
const MARGIN = 60;

export function expiresSoon(session: TemporarySession | undefined): boolean {
  return session !== undefined && session.channel.time >= session.expires_at - MARGIN;
}

interface Attempt extends Pick<ConnectedStream, 'stream' | 'route' | 'unproven'> {
  readonly exchange: BegunExchange | undefined;
}

/** Returns what the race tries on each route: enough to see that a server there speaks MTProto. */
function attempt(options: DcConnectOptions, known: Known): (route: Route, signal: AbortSignal) => Promise<Attempt> {
  const { proxy, innerDc, random, now, dc, dial, trace, onProgress } = options;
  const { routes } = known;
  return async (route, signal) => {
    if (route === routes[0]) onProgress({ stage: 'connecting', dc, route }); // once for all routes
    const time = now() / 1000 + known.time_offset;
    const stream = await PacketStream.open(route, { proxy, dc: innerDc, random, time, signal, dial, trace });
    return stream.guard(signal, ANSWER_TIMEOUT_MS, async () => {
      onProgress({ stage: 'waiting', dc, route });
      const hasKey = known.key !== undefined;
      // Before a key exchange, which has no keepalive, a remembered route must answer a greeting first.
      const unproven = hasKey && !needsTemporary(options, known) && routes.length > 1 && isSame(route, known.route);
      if (hasKey && (unproven || routes.length === 1)) return { stream, route, unproven, exchange: undefined };
      const exchange = await (hasKey ? greet(stream, options) : beginExchange(stream, options));
      onProgress({ stage: 'answered', dc, route });
      return { stream, route, unproven, exchange };
    });
  };
}

function needsTemporary({ pfs }: DcConnectOptions, { temporary }: Known): boolean {
  return pfs !== undefined && (temporary === undefined || expiresSoon(temporary));
}

async function temporaryFor(
  { auth_key }: AuthKey,
  stream: PacketStream,
  options: DcConnectOptions,
  known: Known,
): Promise<TemporarySession | undefined> {
  if (options.pfs === undefined || !needsTemporary(options, known)) return known.temporary;
  const { openTemporarySession } = await import('./pfs.ts');
  return openTemporarySession(stream, { ...options, auth_key, expires_in: options.pfs });
}

async function makeKey({ stream, exchange }: Attempt, options: DcConnectOptions): Promise<AuthKey> {
  if (exchange === undefined) throw new RangeError('without a key, an attempt begins an exchange');
  const { auth_key, server_salt, time_offset } = await finishExchange(stream, exchange);
  options.trace(`made an auth key for DC ${options.dc}`);
  options.onClock(time_offset);
  const key = { auth_key, server_salt, made: Math.floor(options.now() / 1000 + time_offset) };
  options.onKey(key);
  return key;
}

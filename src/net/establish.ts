/** A socket with a session key on it: race the routes, exchange keys if there is none, and try again while that may help. */
import { equal, type Now, type Random } from '../bytes.ts';
import { SecurityError } from '../errors.ts';
import { openPlain, sealPlain } from '../mtproto/envelope.ts';
import type { Flow } from '../mtproto/flow.ts';
import type { NewKey } from '../mtproto/handshake.ts';
import { messageIds } from '../mtproto/message-id.ts';
import type { ServerKey } from '../mtproto/server-key.ts';
import { mtproto } from '../tl/layer.ts';
import { backoff, sleep } from './backoff.ts';
import { throwIfAborted } from './interruption.ts';
import { Pipe } from './pipe.ts';
import type { ProxyServer } from './proxy.ts';
import { race } from './race.ts';
import { asAnswer, isPassing, MAX_FAILURES } from './retry.ts';
import { isSame, type KnownRoute, type Route, remembered } from './route.ts';

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

export interface EstablishOptions {
  readonly dc: number;
  /** The number that the key exchange names for this DC. */
  readonly innerDc: number;
  /** Best first; never none. */
  readonly routes: readonly Route[];
  readonly proxy: ProxyServer | undefined;
  /** The RSA keys that are trusted. */
  readonly keys: readonly ServerKey[];
  readonly random: Random;
  readonly now: Now;
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
}

export interface Established {
  readonly pipe: Pipe;
  readonly key: AuthKey;
  readonly route: Route;
  /** The route was taken because it led through before, and has not shown yet that it still does. */
  readonly unproven: boolean;
}

/** Throws `NetworkError` after several failures in a row, `SecurityError` at once, or the signal's reason. */
export async function establish(options: EstablishOptions, known: Known): Promise<Established> {
  const { random, signal, trace, dc } = options;
  const routes = remembered(options.routes, known.route);
  const undo = ({ pipe }: Attempt) => pipe.close();
  for (let failures = 1; ; failures++) {
    try {
      const won = await race(routes, attempt(options, known), { dc, signal, undo, trace });
      trace(`connected to ${won.route.address.host}:${won.route.address.port} (${won.route.transport})`);
      if (!won.unproven && routes.length > 1) options.onRoute(won.route);
      const { pipe, route, unproven } = won;
      return { pipe, route, unproven, key: known.key ?? (await exchangeKeys(won, options)) };
    } catch (error) {
      throwIfAborted(signal);
      if (!isPassing(error) || failures >= MAX_FAILURES) throw asAnswer(error);
      trace(`trying again: ${error.message}`);
      await sleep(backoff(failures, random), signal);
    }
  }
}

interface Attempt extends Omit<Established, 'key'> {
  /** A key exchange whose first question has been answered, and its next one. */
  readonly exchange: { readonly flow: Flow<NewKey>; readonly step: IteratorResult<Uint8Array, NewKey> } | undefined;
}

/** One route, as far as it takes to see that it leads to a server that speaks MTProto. */
function attempt(options: EstablishOptions, known: Known): (route: Route, signal: AbortSignal) => Promise<Attempt> {
  const { proxy, innerDc, random, now, dc, onProgress, routes } = options;
  return async (route, signal) => {
    if (route === routes[0]) onProgress({ stage: 'connecting', dc, route }); // the others begin beside it
    const time = now() / 1000 + known.time_offset;
    const pipe = await Pipe.open(route, { proxy, dc: innerDc, random, time, signal });
    return closing(pipe, signal, async () => {
      throwIfAborted(signal);
      onProgress({ stage: 'waiting', dc, route });
      if (known.key === undefined) return { pipe, route, unproven: false, exchange: await begin(pipe, options) };
      const alone = routes.length === 1;
      const unproven = !alone && isSame(route, known.route);
      if (!alone && !unproven) await greet(pipe, options);
      return { pipe, route, unproven, exchange: undefined };
    });
  };
}

/** Closes the pipe on a failure, and on an abort, which ends what waits for it. */
async function closing<T>(pipe: Pipe, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  const close = () => pipe.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    return await act();
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
  }
}

/** Asks for nothing but a sign of life: the first question of a key exchange that goes no further. */
async function greet(pipe: Pipe, { random, now }: EstablishOptions): Promise<void> {
  const nonce = random(16);
  pipe.send([sealPlain(messageIds(now)('request'), mtproto.encodeCall('req_pq_multi', { nonce }))]);
  const answer = mtproto.decodeAnswer('req_pq_multi', openPlain(await pipe.next()).body, { trailing: true });
  if (!equal(answer.nonce, nonce)) throw new SecurityError('nonce is ours');
}

async function begin(pipe: Pipe, { keys, innerDc, random, now }: EstablishOptions): Promise<Attempt['exchange']> {
  const { handshake } = await import('../mtproto/handshake.ts'); // costly, and most runs have a key
  const ids = messageIds(now);
  const flow = handshake({ keys, dc: innerDc, random, now, nextId: () => ids('request') });
  const first = flow.next();
  if (first.done === true) throw new RangeError('a key exchange begins with a question');
  pipe.send([first.value]);
  return { flow, step: flow.next(await pipe.next()) };
}

async function exchangeKeys({ pipe, exchange }: Attempt, options: EstablishOptions): Promise<AuthKey> {
  if (exchange === undefined) throw new RangeError('without a key, an attempt begins an exchange');
  return closing(pipe, options.signal, async () => {
    let { step } = exchange;
    while (step.done !== true) {
      pipe.send([step.value]);
      step = exchange.flow.next(await pipe.next());
    }
    const { auth_key, server_salt, time_offset } = step.value;
    options.trace(`made an authorization key for DC ${options.dc}`);
    options.onClock(time_offset);
    options.onKey({ auth_key, server_salt });
    return { auth_key, server_salt };
  });
}

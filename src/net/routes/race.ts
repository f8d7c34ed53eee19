/** Several ways to the same end: each is tried a moment after the one before, or as soon as one has failed, until one has led through. */
import { NetworkError, SecurityError } from '../../errors.ts';
import { interruption } from '../abort.ts';
import { spoilsRoute } from './retry.ts';
import type { Route } from './route.ts';

/** Milliseconds after which the next route is tried beside the ones that are under way. */
const OVERLAP = 300;

/** Nobody is there at all: another transport would find nobody either. */
const ABSENT = new Set(['CONNECTION_REFUSED', 'HOST_NOT_FOUND', 'NETWORK_UNREACHABLE', 'CONNECT_TIMEOUT']);
/** All routes lead through the same proxy. */
const OF_ALL = new Set(['PROXY_UNREACHABLE', 'PROXY_AUTH', 'PROXY_MALFORMED']);

export interface RaceOptions<T> {
  readonly dc: number;
  readonly signal: AbortSignal;
  /** Undoes what an attempt brought that came second. */
  readonly undo: (late: T) => void;
  readonly trace: (line: string) => void;
}

/**
 * What the first successful attempt brings; the signal of the others is aborted. When all have failed, throws the first failed check if
 * there was one, else the error of the only address there is, or `NetworkError` of the type NO_WAY_THROUGH, or DC_UNKNOWN where there is no
 * route.
 */
export function race<T>(
  routes: readonly Route[],
  attempt: (route: Route, signal: AbortSignal) => Promise<T>,
  { dc, signal, undo, trace }: RaceOptions<T>,
): Promise<T> {
  const over = new AbortController();
  const failures: unknown[] = [];
  const absent = new Set<string>();
  let next = 0;
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      over.abort(new NetworkError('CONNECTION_ENDED'));
    };
    const fail = (error: unknown) => {
      settle();
      reject(error);
    };
    const onAbort = () => fail(interruption(signal));
    const won = (result: T) => {
      if (over.signal.aborted) return undo(result);
      settle();
      resolve(result);
    };
    const lost = (route: Route, error: unknown) => {
      if (over.signal.aborted) return;
      running--;
      failures.push(error);
      if (isFinal(error)) return fail(error);
      if (error instanceof NetworkError && ABSENT.has(error.type)) absent.add(placeOf(route));
      if (routes.length > 1 && error instanceof Error)
        trace(`${placeOf(route)} (${route.transport}): ${error.message}`);
      begin();
    };
    const begin = () => {
      clearTimeout(timer);
      if (over.signal.aborted) return;
      let route = routes[next++];
      while (route !== undefined && absent.has(placeOf(route))) route = routes[next++];
      if (route === undefined) {
        if (running === 0) fail(verdict(failures, routes, dc));
        return;
      }
      running++;
      const tried = route;
      timer = setTimeout(begin, OVERLAP);
      attempt(tried, over.signal).then(won, (error: unknown) => lost(tried, error));
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else begin();
  });
}

function placeOf({ address: { host, port } }: Route): string {
  return `${host} ${port}`;
}

function isFinal(error: unknown): boolean {
  if (error instanceof NetworkError) return OF_ALL.has(error.type);
  return !spoilsRoute(error);
}

function verdict(failures: readonly unknown[], routes: readonly Route[], dc: number): unknown {
  const [first] = failures;
  if (routes.length === 0) return new NetworkError('DC_UNKNOWN', { dc });
  const places = new Set(routes.map(placeOf));
  const suspect = failures.find((error) => error instanceof SecurityError);
  if (suspect !== undefined) return suspect;
  if (places.size <= 1 || !(first instanceof Error)) return first;
  return new NetworkError('NO_WAY_THROUGH', { count: failures.length, dc, reason: first.message }, { cause: first });
}

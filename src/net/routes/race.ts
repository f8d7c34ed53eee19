/** Races routes: each starts a moment after the one before, or as soon as one has failed, until one works. */
import { NetworkError, SecurityError } from '../../errors.ts';
import { counted } from '../../printable.ts';
import { within } from '../abort.ts';
import { rulesOutRoute } from './retry.ts';
import type { Route } from './route.ts';

/** Milliseconds until the next route is tried too. */
const OVERLAP_MS = 300;

interface RaceOptions<T> {
  readonly dc: number;
  readonly signal: AbortSignal;
  /** Undoes a success that came too late. */
  readonly undo: (late: T) => void;
  readonly trace: (line: string) => void;
}

/**
 * Resolves to the first success, and aborts the other attempts. When all have failed, throws the first failed check if
 * there was one, else the error of the only address, or NO_WAY_THROUGH for several, or DC_UNKNOWN if there is no route.
 */
export async function race<T>(
  routes: readonly Route[],
  attempt: (route: Route, signal: AbortSignal) => Promise<T>,
  { dc, signal, undo, trace }: RaceOptions<T>,
): Promise<T> {
  const over = new AbortController();
  const isOver = () => signal.aborted || over.signal.aborted;
  const failures: unknown[] = [];
  /** Addresses that fail with any transport. */
  const dead = new Set<string>();
  const left = [...routes];
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(timer);
    over.abort(new NetworkError('CONNECTION_ENDED'));
  };
  const run = (resolve: (result: T) => void, reject: (error: unknown) => void) => {
    const giveUp = (error: unknown) => {
      end();
      reject(error);
    };
    const succeed = (result: T) => {
      if (isOver()) return undo(result);
      end();
      resolve(result);
    };
    const fail = (route: Route, error: unknown) => {
      if (isOver()) return;
      running--;
      failures.push(error);
      const scope = error instanceof NetworkError ? error.entry.scope : undefined;
      if (scope === 'proxy' || !(error instanceof NetworkError || rulesOutRoute(error))) return giveUp(error);
      if (scope === 'address') dead.add(placeOf(route));
      if (routes.length > 1 && error instanceof Error)
        trace(`${placeOf(route)} (${route.transport}): ${error.message}`);
      start();
    };
    const start = () => {
      clearTimeout(timer);
      if (isOver()) return;
      let route = left.shift();
      while (route !== undefined && dead.has(placeOf(route))) route = left.shift();
      if (route === undefined) {
        if (running === 0) giveUp(verdict(failures, routes, dc));
        return;
      }
      running++;
      const tried = route;
      timer = setTimeout(start, OVERLAP_MS);
      attempt(tried, over.signal).then(succeed, (error: unknown) => fail(tried, error));
    };
    start();
  };
  try {
    return await within(signal, () => new Promise(run));
  } finally {
    end();
  }
}

function placeOf({ address: { host, port } }: Route): string {
  return `${host} ${port}`;
}

function verdict(failures: readonly unknown[], routes: readonly Route[], dc: number): unknown {
  const [first] = failures;
  if (routes.length === 0) return new NetworkError('DC_UNKNOWN', { dc });
  const suspect = failures.find((error) => error instanceof SecurityError);
  if (suspect !== undefined) return suspect;
  if (new Set(routes.map(placeOf)).size <= 1 || !(first instanceof Error)) return first;
  return new NetworkError(
    'NO_WAY_THROUGH',
    { routes: counted(failures.length, 'route'), dc, reason: first.message },
    { cause: first },
  );
}

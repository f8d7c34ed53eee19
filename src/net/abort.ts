/** Waits that end early: on an abort, or when their time is up. */
import { InterruptedError, TgAuthError } from '../errors.ts';

/** Returns what an abort throws: the signal's reason if it is a `TgAuthError`, else `InterruptedError`. */
export function abortError({ reason }: AbortSignal): TgAuthError {
  return reason instanceof TgAuthError ? reason : new InterruptedError({ cause: reason });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}

interface TimeLimit {
  readonly ms: number;
  /** Returns what to throw when the time is up. */
  readonly late: () => Error;
}

/** Runs `act`, and stops waiting at an abort or the limit. `act` then continues, and its outcome is ignored. */
export async function within<T>(signal: AbortSignal, act: () => Promise<T>, limit?: TimeLimit): Promise<T> {
  throwIfAborted(signal);
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const ended = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (limit !== undefined) timer = setTimeout(() => reject(limit.late()), limit.ms);
  });
  try {
    return await Promise.race([act(), ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

/** What an aborted signal means: the house's own errors pass as they are, anything else is the caller's wish to stop. */
import { InterruptedError, TgAuthError } from '../errors.ts';

export function interruption({ reason }: AbortSignal): TgAuthError {
  return reason instanceof TgAuthError ? reason : new InterruptedError({ cause: reason });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interruption(signal);
}

/** Waits for what a promise brings, but not beyond an abort, whose reason it throws. What is waited for goes on. */
export async function unlessAborted<T>(signal: AbortSignal, wanted: Promise<T>): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(interruption(signal));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([wanted, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

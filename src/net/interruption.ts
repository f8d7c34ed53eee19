/** What an aborted signal means: the house's own errors pass as they are, anything else is the caller's wish to stop. */
import { InterruptedError, TgAuthError } from '../errors.ts';

export function interruption({ reason }: AbortSignal): TgAuthError {
  return reason instanceof TgAuthError ? reason : new InterruptedError({ cause: reason });
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interruption(signal);
}

/** A step of connecting (TCP, a proxy's greeting, TLS, an upgrade): bounded in time; destroys the socket on failure. */
import type { Socket } from 'node:net';
import type { LocalType, Values } from '../../catalogue.ts';
import { NetworkError } from '../../errors.ts';
import { within } from '../abort.ts';

export interface StepOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface StepErrors {
  /** Thrown when the time is up, with `seconds` in its values. */
  readonly late: LocalType;
  /** Thrown when the socket closed and `act` did not notice. */
  readonly closed: LocalType;
  readonly values: Values;
}

/**
 * Throws what `act` throws, one of `errors`, or the abort error.
 *
 * @internal
 */
export async function guardedStep<T>(
  socket: Socket,
  { timeoutMs, signal }: StepOptions,
  errors: StepErrors,
  act: () => Promise<T>,
): Promise<T> {
  let onClose = () => {};
  const ended = new Promise<never>((_, reject) => {
    // An error of `act`, which says more, comes first.
    onClose = () => setImmediate(() => reject(new NetworkError(errors.closed, errors.values)));
    if (socket.closed) onClose();
    else socket.once('close', onClose);
  });
  const late = () => new NetworkError(errors.late, { ...errors.values, seconds: timeoutMs / 1000 });
  ended.catch(() => {}); // an abort may come before the race
  try {
    return await within(signal, () => Promise.race([act(), ended]), { ms: timeoutMs, late });
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    socket.off('close', onClose);
  }
}

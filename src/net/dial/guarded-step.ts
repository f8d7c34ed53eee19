/** A step of connecting (TCP, a proxy's greeting, TLS, an upgrade): bounded in time; destroys the socket on failure. */
import type { Socket } from 'node:net';
import type { NetworkError } from '../../errors.ts';
import { within } from '../abort.ts';

export interface StepOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface StepErrors {
  /** The time is up. */
  readonly late: () => NetworkError;
  /** The socket closed, and `act` did not notice. */
  readonly closed: () => NetworkError;
}

/** Throws what `act` throws, one of `errors`, or the abort error. */
export async function guardedStep<T>(
  socket: Socket,
  { timeoutMs, signal }: StepOptions,
  { late, closed }: StepErrors,
  act: () => Promise<T>,
): Promise<T> {
  let onClose = () => {};
  const ended = new Promise<never>((_, reject) => {
    onClose = () => setImmediate(() => reject(closed())); // later than an error of `act`, which says more
    if (socket.closed) onClose();
    else socket.once('close', onClose);
  });
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

/** A step on a socket that is not ours to keep yet (a proxy's greeting, TLS, an upgrade): limited in time, and the socket's end if it fails. */
import type { Socket } from 'node:net';
import type { NetworkError } from '../../errors.ts';
import { interruption } from '../abort.ts';
import type { SocketOptions } from './socket.ts';

export interface Failures {
  /** The time is up. */
  readonly late: () => NetworkError;
  /** The socket is closed, and `act` has not noticed: it may have been busy with something else just then. */
  readonly closed: () => NetworkError;
}

/**
 * Runs `act`; on a failure, an abort or after `timeout` milliseconds the socket is destroyed. Throws what `act` throws, one of `failures`, or
 * on an abort the signal's reason if that is a `TgAuthError`, else `InterruptedError`.
 */
export async function step<T>(
  socket: Socket,
  { timeout, signal }: SocketOptions,
  failures: Failures,
  act: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  let onClose = () => {};
  const ended = new Promise<never>((_, reject) => {
    onAbort = () => reject(interruption(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    timer = setTimeout(() => reject(failures.late()), timeout);
    onClose = () => setImmediate(() => reject(failures.closed())); // whoever has noticed knows more, and says it before
    if (socket.closed) onClose();
    else socket.once('close', onClose);
  });
  const done = act();
  done.catch(() => {}); // the loser of the race
  try {
    return await Promise.race([done, ended]);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.off('close', onClose);
    signal.removeEventListener('abort', onAbort);
  }
}

/** A step on a socket that is not ours to keep yet (a proxy's greeting, TLS, an upgrade): limited in time, and the socket's end if it fails. */
import type { Socket } from 'node:net';
import type { NetworkError } from '../errors.ts';
import { interruption } from './interruption.ts';
import type { SocketOptions } from './socket.ts';

/**
 * Runs `act`; on a failure, an abort or after `timeout` milliseconds the socket is destroyed. Throws what `act` throws, `late` when the time
 * is up, or on an abort the signal's reason if that is a `TgAuthError`, else `InterruptedError`.
 */
export async function step<T>(
  socket: Socket,
  { timeout, signal }: SocketOptions,
  late: () => NetworkError,
  act: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort = () => {};
  const ignore = () => {}; // an error of the socket reaches whoever waits for its answer; one that comes later has nobody
  socket.on('error', ignore);
  const ended = new Promise<never>((_, reject) => {
    onAbort = () => reject(interruption(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    timer = setTimeout(() => reject(late()), timeout);
  });
  const done = act();
  done.catch(() => {}); // the loser of the race
  try {
    const result = await Promise.race([done, ended]);
    socket.off('error', ignore);
    return result;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

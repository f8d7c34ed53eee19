/**
 * TCP: the only file that opens a socket, and what a socket is to the rest. Reading is on demand, so a peer that talks without end fills
 * its own send buffer and not our memory.
 */
import { connect, type Socket } from 'node:net';
import { NetworkError } from '../../errors.ts';
import { interruption } from '../abort.ts';
import type { Address } from '../datacentres.ts';

/** What may wait for a peer that does not read. No message is longer than a mebibyte. */
export const MOST_UNREAD = 4 << 20;

/** A connected stream of bytes. */
export interface Link {
  /** Queues bytes; on a stream that has ended it does nothing, and `read` tells why. A peer that lets too many wait is left. */
  send(bytes: Uint8Array): void;
  /** The next chunk, of at most some dozens of kilobytes; `undefined` once the stream has ended, in whichever way. */
  read(): Promise<Uint8Array | undefined>;
  /** Ends the stream once what was sent is out, unless the peer has stopped reading; a `read` that waits gets `undefined`. */
  close(): void;
  /** What broke the stream, if anything did: `undefined` while it stands and after an orderly end. */
  readonly reason: NetworkError | undefined;
}

export interface SocketOptions {
  /** Milliseconds until the connection must stand. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * Connects. A name with IPv6 and IPv4 addresses is tried on each in turn, a quarter of a second for all but the last. Throws
 * `NetworkError`, or on an abort the signal's reason if that is a `TgAuthError`, else `InterruptedError`.
 */
export function openSocket(address: Address, { timeout, signal }: SocketOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw interruption(signal);
    const { host, port } = address;
    if (port < 0 || port > 65535) throw new NetworkError('NETWORK_UNREACHABLE', { host, port }); // from a server's dc_options
    const socket = connect({ host, port, noDelay: true, autoSelectFamily: true });
    const timer = setTimeout(() => {
      fail(new NetworkError('CONNECT_TIMEOUT', { ...address, seconds: timeout / 1000 }));
    }, timeout);
    const onAbort = () => fail(interruption(signal));
    const onError = (cause: Error) => fail(translate(cause, address));
    const settled = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.removeListener('error', onError);
    };
    function fail(error: unknown): void {
      settled();
      socket.on('error', () => {}); // whatever else happens to it, it is given up
      socket.destroy();
      reject(error);
    }
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError);
    socket.once('connect', () => {
      settled();
      socket.on('error', () => {}); // one that comes while nobody looks is found when somebody does, and ends no process
      resolve(socket);
    });
  });
}

/** A connected socket as a link. `address` is who is at its other end, for messages. */
export function linkOf(socket: Socket, address: Address): Link {
  let reason: NetworkError | undefined;
  let closed = false;
  socket.on('error', (cause) => {
    if (!closed) reason ??= translate(cause, address);
  });
  const chunks = socket.iterator({ destroyOnReturn: false });
  return {
    get reason() {
      return reason;
    },
    send(bytes) {
      if (socket.writable) socket.write(bytes);
      if (socket.writableLength > MOST_UNREAD) socket.destroy();
    },
    async read() {
      try {
        const { value, done } = await chunks.next();
        return done === true || !(value instanceof Uint8Array) ? undefined : value;
      } catch (cause) {
        if (!closed) reason ??= translate(cause, address);
        return undefined;
      }
    },
    close() {
      closed = true;
      socket.unref();
      if (socket.writableNeedDrain) socket.destroy();
      else socket.destroySoon();
    },
  };
}

/** A system error in the catalogue's words. */
export function translate(cause: unknown, { host, port }: Address): NetworkError {
  switch (codeOf(cause)) {
    case 'ECONNREFUSED':
      return new NetworkError('CONNECTION_REFUSED', { host, port }, { cause });
    case 'getaddrinfo':
      return new NetworkError('HOST_NOT_FOUND', { host }, { cause });
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
    case 'ETIMEDOUT':
    case 'EACCES':
    case 'EPERM':
      return new NetworkError('NETWORK_UNREACHABLE', { host, port }, { cause });
    default:
      return new NetworkError('CONNECTION_CLOSED', { host, port }, { cause });
  }
}

/**
 * The system's code, or the name of its resolver, which has a dozen codes for "no such host". Of several addresses, all of which
 * failed, the last one's: only that was tried in full.
 */
function codeOf(cause: unknown): string | undefined {
  if (cause instanceof AggregateError) return codeOf(cause.errors.at(-1));
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  if ('syscall' in cause && cause.syscall === 'getaddrinfo') return cause.syscall;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

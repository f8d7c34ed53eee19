/**
 * TCP: the only file that opens a socket. Reads are on demand, so a peer that sends without end fills its own send
 * buffer and not our memory.
 */
import { connect, type Socket } from 'node:net';
import { NetworkError } from '../../errors.ts';
import { throwIfAborted } from '../abort.ts';
import type { Address } from '../datacentres.ts';
import { guardedStep, type StepOptions } from './guarded-step.ts';
import { canBeHost } from './names.ts';

/** Bytes that may wait for a peer that does not read. No message is longer than a mebibyte. */
export const MAX_UNSENT = 4 << 20;

/** A connected stream of bytes. */
export interface Link {
  /** Queues bytes; does nothing once the stream has ended. Closes the link of a peer that leaves too many unread. */
  send(bytes: Uint8Array): void;
  /** Resolves to the next chunk, of at most a few dozen kilobytes, or to `undefined` once the stream has ended. */
  read(): Promise<Uint8Array | undefined>;
  /** Ends the stream once its data are sent, or at once if the peer does not read. A pending `read` ends. */
  close(): void;
  /** What broke the stream; `undefined` while it is open and after an orderly end. */
  readonly reason: NetworkError | undefined;
}

/**
 * Connects. A name is tried at each of its addresses, IPv6 and IPv4. Throws `NetworkError` or the abort error.
 *
 * @internal
 */
export async function openSocket(address: Address, options: StepOptions): Promise<Socket> {
  throwIfAborted(options.signal);
  const { host, port } = address;
  if (port < 0 || port > 65535) throw new NetworkError('NETWORK_UNREACHABLE', { host, port }); // named by a server
  if (!canBeHost(host)) throw new NetworkError('HOST_NOT_FOUND', { host });
  const socket = connect({ host, port, noDelay: true, autoSelectFamily: true });
  const errors = { late: 'CONNECT_TIMEOUT', closed: 'CONNECTION_CLOSED', values: { host, port } } as const;
  const connected = () =>
    new Promise<Socket>((resolve, reject) => {
      socket.on('error', (cause) => reject(translate(cause, address))); // stays: a later error must not end the process
      socket.once('connect', () => resolve(socket));
    });
  return guardedStep(socket, options, errors, connected);
}

/**
 * Makes a link of a connected socket. `address` is the other end, for messages.
 *
 * @internal
 */
export function linkOf(socket: Socket, address: Address): Link {
  let reason: NetworkError | undefined;
  let closed = false;
  socket.on('error', (cause) => {
    if (!closed) reason ??= translate(cause, address);
  });
  // An iterator would do the same, and costs a millisecond to start.
  let wake = () => {};
  for (const event of ['readable', 'end', 'close']) socket.on(event, () => wake());
  return {
    get reason() {
      return reason;
    },
    send(bytes) {
      if (socket.writable) socket.write(bytes);
      if (socket.writableLength > MAX_UNSENT) socket.destroy();
    },
    async read() {
      for (;;) {
        const chunk: unknown = socket.read();
        if (chunk instanceof Uint8Array) return chunk;
        if (socket.readableEnded || socket.destroyed) break;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (!closed && !socket.readableEnded) reason ??= translate(socket.errored, address);
      return undefined;
    },
    close() {
      closed = true;
      socket.unref();
      if (socket.writableNeedDrain) socket.destroy();
      else socket.destroySoon();
    },
  };
}

const UNREACHABLE = ['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'ETIMEDOUT', 'EACCES', 'EPERM'];

/** Turns a system error into one of the catalogue. */
export function translate(cause: unknown, { host, port }: Address): NetworkError {
  const code = codeOf(cause) ?? '';
  if (code === 'getaddrinfo') return new NetworkError('HOST_NOT_FOUND', { host }, { cause });
  const refused = code === 'ECONNREFUSED' ? 'CONNECTION_REFUSED' : 'CONNECTION_CLOSED';
  return new NetworkError(UNREACHABLE.includes(code) ? 'NETWORK_UNREACHABLE' : refused, { host, port }, { cause });
}

/**
 * Returns the system's code, or `getaddrinfo` for the resolver's dozen codes for an unknown host. When several
 * addresses failed, the last one counts: only that was tried in full.
 */
function codeOf(cause: unknown): string | undefined {
  if (cause instanceof AggregateError) return codeOf(cause.errors.at(-1));
  if (!(cause instanceof Error) || !('code' in cause)) return undefined;
  if ('syscall' in cause && cause.syscall === 'getaddrinfo') return cause.syscall;
  return typeof cause.code === 'string' ? cause.code : undefined;
}

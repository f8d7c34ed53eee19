/** The listening ports of a sandbox and their open connections. */
import { isIP, type Server } from 'node:net';
import type { Random } from '../bytes.ts';
import { UsageError } from '../errors.ts';
import { Connections } from './connection-limits.ts';

/** An HTTP server keeps track of its own connections. */
type Listener = Server & { closeAllConnections?(): void };
interface ServersOptions {
  /** The IP address to listen on. */
  readonly host: string;
  /** The IP address that clients get; by default `host`, or the loopback address if that is all interfaces. */
  readonly advertise: string | undefined;
  /** Allows other machines to connect. */
  readonly isPublic: boolean;
  /** Draws the first free port to try. */
  readonly random: Random;
}

/**
 * Ports to choose from. GramJS stores a port as a signed 16-bit number, and from 32768 on Linux gives ports to outgoing
 * connections.
 */
const FREE = { first: 20_000, count: 12_768 };

/** How many ports to try. */
const MAX_TRIES = 1000;

/** Why another port may work: in use, or reserved by Windows. */
const BUSY: ReadonlySet<unknown> = new Set(['EADDRINUSE', 'EACCES']);

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** By the address of all interfaces, that of the loopback interface. */
const LOOPBACK_OF: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export class Servers {
  readonly connections = new Connections();
  /** The IP address that clients get. */
  readonly advertised: string;
  readonly #host: string;
  readonly #servers: Listener[] = [];
  #next: number;

  /** Throws `UsageError` for what is no IP address, and for one beyond the loopback interface unless `isPublic`. */
  constructor({ host, advertise = LOOPBACK_OF[host] ?? host, isPublic, random }: ServersOptions) {
    for (const address of [host, advertise]) {
      if (isIP(address) === 0) throw new UsageError(`The host must be an IP address, not '${address}'.`);
      if (!/^127\.|^::1$/.test(address) && !isPublic)
        throw new UsageError(`Other machines can reach ${address}, and anyone can sign in there.`, {
          why: [
            'With the development key, they can also pose as this sandbox. --new-key makes another key (newKey: true).',
            'Allow it with --allow-remote (in a program, public: true).',
          ],
        });
    }
    if (LOOPBACK_OF[advertise] !== undefined)
      throw new UsageError(`Clients cannot connect to ${advertise}. Advertise an address of this machine.`);
    this.#host = host;
    this.advertised = advertise;
    const [high = 0, low = 0] = random(2);
    this.#next = (high << 8) | low;
  }

  /**
   * Listens, and returns the port: for 0, a free one below 32768. Closes everything and throws `UsageError` if the port
   * is in use.
   */
  async listen(server: Listener, port: number): Promise<number> {
    for (let tries = 1; ; tries++) {
      const tried = port === 0 ? FREE.first + (this.#next++ % FREE.count) : port;
      const error = await this.#tryPort(server, tried);
      if (error === undefined) return tried;
      if (port === 0 && BUSY.has(error.code) && tries < MAX_TRIES) continue;
      await this.close();
      const why = REASONS[error.code ?? ''] ?? error.message;
      throw new UsageError(`The sandbox cannot listen on ${this.#host}:${tried}: ${why}.`, { cause: error });
    }
  }

  /** Addresses under which this machine itself reaches what is advertised. */
  local<T extends { readonly host: string }>(advertised: readonly T[]): T[] {
    return advertised.map((each) => ({ ...each, host: LOOPBACK_OF[this.#host] ?? this.#host }));
  }

  #tryPort(server: Listener, port: number): Promise<NodeJS.ErrnoException | undefined> {
    return new Promise((resolve) => {
      server.once('error', resolve);
      server.listen({ host: this.#host, port }, () => {
        server.off('error', resolve);
        this.#servers.push(server);
        resolve(undefined);
      });
    });
  }

  async close(): Promise<void> {
    this.connections.closeAll();
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const server of this.#servers) server.closeAllConnections?.();
    await Promise.all(closed);
  }
}

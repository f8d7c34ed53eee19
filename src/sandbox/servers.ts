/** The listening ports of a sandbox and their open connections. */
import { isIP, type Server } from 'node:net';
import { UsageError } from '../errors.ts';
import { Connections } from './connection-limits.ts';

/** An HTTP server keeps track of its own connections. */
type Listener = Server & { closeAllConnections?(): void };

export class Servers {
  readonly connections = new Connections();
  readonly #host: string;
  readonly #servers: Listener[] = [];

  /** Throws `UsageError` unless the host is a loopback address, or any IP address if `isPublic`. */
  constructor(host: string, isPublic: boolean) {
    if (isIP(host) === 0) throw new UsageError(`The host must be an IP address, not '${host}'.`);
    if (!/^127\.|^::1$/.test(host) && !isPublic)
      throw new UsageError(
        `Other machines can reach ${host}, and anyone can sign in there. Set public: true to allow it.`,
      );
    this.#host = host;
  }

  /** Listens, and returns the port. Closes everything and throws `UsageError` if the port is in use. */
  async listen(server: Listener, port: number): Promise<number> {
    try {
      await new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host: this.#host, port }, () => resolve(server.off('error', reject)));
      });
    } catch (cause) {
      await this.close();
      const why = cause instanceof Error ? cause.message : cause;
      throw new UsageError(`The sandbox cannot listen on ${this.#host}:${port}: ${why}.`, { cause });
    }
    this.#servers.push(server);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    this.connections.closeAll();
    const closed = this.#servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const server of this.#servers) server.closeAllConnections?.();
    await Promise.all(closed);
  }
}

/**
 * The server, the clock and the randomness of a trace with secrets, played again to a client. `replay.ts` compares what
 * the client sends.
 */
import { fromHex } from '../../bytes.ts';
import { NetworkError } from '../../errors.ts';
import type { dial } from '../../net/dial/dial.ts';
import type { Link } from '../../net/dial/socket.ts';
import type { TraceEvent } from './format.ts';

/** A connection of the client. Its reads wait for `receive` and `end`. */
class ReplayedLink implements Link {
  readonly reason = undefined;
  readonly #onSend: (bytes: Uint8Array) => void;
  readonly #chunks: (Uint8Array | undefined)[] = [];
  #wake: () => void = () => {};

  constructor(onSend: (bytes: Uint8Array) => void) {
    this.#onSend = onSend;
  }

  send(bytes: Uint8Array): void {
    this.#onSend(bytes);
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#chunks.shift();
  }

  /** Gives the client a chunk, or the end of the stream. */
  receive(chunk: Uint8Array | undefined): void {
    this.#chunks.push(chunk);
    this.#wake();
  }

  close(): void {
    this.receive(undefined);
  }
}

/** The client opens a connection. */
interface Dial {
  readonly place: string;
  readonly accept: () => void;
  readonly refuse: () => void;
}

/** The client sent a frame. */
interface Sent {
  readonly connection: number;
  readonly bytes: Uint8Array;
}

export class Script {
  readonly #draws: Uint8Array[];
  readonly #links = new Map<number, ReplayedLink>();
  /** What the client did, and the trace has not come to. */
  readonly dials: Dial[] = [];
  readonly sent: Sent[] = [];
  #now = 0;
  #dialled = 0;
  /** What the client did that the trace does not have. */
  #surprise: string | undefined;
  #wake: () => void = () => {};

  constructor(events: readonly TraceEvent[]) {
    this.#draws = events.flatMap((event) => (event.event === 'random' ? [fromHex(event.bytes)] : []));
  }

  get surprise(): string | undefined {
    return this.#surprise;
  }

  readonly now = (): number => this.#now;

  setTime(now: number): void {
    this.#now = now;
  }

  readonly random = (length: number): Uint8Array => {
    const bytes = this.#draws.shift();
    if (bytes?.length === length) return bytes;
    this.#surprise ??= `the client drew ${length} random bytes where it had drawn ${bytes?.length ?? 'none'}`;
    this.#wake();
    return new Uint8Array(length).fill(1);
  };

  readonly dial: typeof dial = ({ address }) => {
    const connection = ++this.#dialled;
    return new Promise<Link>((resolve, reject) => {
      const link = new ReplayedLink((bytes) => {
        this.sent.push({ connection, bytes });
        this.#wake();
      });
      this.#links.set(connection, link);
      this.dials.push({
        place: `${address.host}:${address.port}`,
        accept: () => resolve(link),
        refuse: () => reject(new NetworkError('CONNECTION_REFUSED', { ...address })),
      });
      this.#wake();
    });
  };

  /** Gives the client a chunk, or the end of the stream. */
  receive(connection: number, chunk: Uint8Array | undefined): void {
    this.#links.get(connection)?.receive(chunk);
  }

  /** Resolves when the client does something. */
  acted(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Turns what a client observes into the lines of a trace. What may not be shown never leaves this file. */
import { fromLe64, type Now, type Random, toHex } from '../../bytes.ts';
import { authKeyId } from '../../crypto/keys.ts';
import { isPlain } from '../../mtproto/envelope.ts';
import type { Trace, WireEvent } from '../../net/wire-event.ts';
import { exactJson } from '../../printable.ts';
import type { TransportName } from '../../transport/names.ts';
import { version } from '../../version.ts';
import { type ClientEvent, FORMAT, type Header, type Side, type TraceEvent, VERSION } from './format.ts';
import { fieldsOfFrame } from './frame.ts';
import { conclusionOf, describeInner, describeMessage, type Inner, methodsIn } from './message.ts';

interface RecorderOptions {
  /** Gets each line, without its line end. */
  readonly write: (line: string) => void;
  readonly secrets: boolean;
  readonly command: string;
  readonly now: Now;
  /** Milliseconds, from any start. */
  readonly elapsedMs: () => number;
}

interface Connection {
  readonly number: number;
  readonly transport: TransportName;
  hasSent: boolean;
  isClosed: boolean;
}

/** The numbers of a frame and of its connection. */
interface Place {
  readonly frame: number;
  readonly connection: number;
}

/** An event without its time. */
type Untimed = TraceEvent extends infer E ? (E extends TraceEvent ? Omit<E, 'at'> : never) : never;

/** Lines of `--verbose` that are written as they are. Others say what events say, or may quote a proxy or a server. */
const NOTES =
  /^(?:moving to DC \d+|using a temporary key of \d+ s|asking under a temporary key whether the server knows the key of this session)$/;
/** Lines whose end is left out. */
const CUT_NOTES = /^(?:trying again|connecting again|the answer)(?=: )/;

/** How long the clock of a client may stand still while a trace with secrets is recorded. */
const STALE_MS = 10_000;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #start: number;
  readonly #connections = new Map<symbol, Connection>();
  /** By payload, which the client's events share. */
  readonly #frames = new WeakMap<Uint8Array, Place>();
  /** The plaintexts of messages that are not sent yet. */
  readonly #opened = new WeakMap<Uint8Array, Uint8Array>();
  /** Encrypted values of a key exchange that are not sent yet, by their bytes. */
  readonly #inner = new Map<string, Inner>();
  /** Of the messages that were sent: msg_id → method. */
  readonly #methods = new Map<bigint, string>();
  #frame = 0;
  #calls = 0;
  /** The frame that was received last, with its payload. */
  #last: { readonly frame: number; readonly payload: Uint8Array } | undefined;
  /** The client's clock. It stands still between events, so that a replay sees the same time. */
  #time = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#start = options.elapsedMs();
    const { secrets, command } = options;
    const started = options.now();
    const header: Header = {
      format: FORMAT,
      version: VERSION,
      secrets,
      program: `tg-auth ${version}`,
      command,
      started,
    };
    options.write(exactJson(header));
  }

  /** The client's clock and randomness. With secrets, a replay can repeat both. */
  readonly now: Now = () => {
    const { now, secrets } = this.#options;
    if (!secrets) return now();
    if (Math.abs(now() - this.#time) > STALE_MS) this.#tick();
    return this.#time;
  };

  random(source: Random): Random {
    if (!this.#options.secrets) return source;
    return (length) => {
      const bytes = source(length);
      this.#write({ event: 'random', bytes: toHex(bytes) });
      return bytes;
    };
  }

  /** Writes what a client starts with, if secrets may be written. */
  client(start: Omit<ClientEvent, 'event' | 'at'>): void {
    if (this.#options.secrets) this.#write({ event: 'client', ...start });
  }

  #note(text: string): void {
    const shown = NOTES.test(text) ? text : CUT_NOTES.exec(text)?.[0];
    if (shown !== undefined) this.#write({ event: 'note', text: shown });
  }

  readonly observe: Trace = (event) => {
    if (typeof event === 'string') return this.#note(event);
    switch (event._) {
      case 'call':
        return this.#call(event);
      case 'opening':
        return this.#open(event);
      case 'connected':
        return this.#write({ event: 'connected', connection: this.#of(event.connection).number });
      case 'sent':
        return this.#sent(event);
      case 'received':
        return this.#received(event);
      case 'payload':
        return this.#payload(event);
      case 'ended':
        return this.#ended(event);
      case 'opened':
        return this.#message(event.payload, event.plaintext);
      case 'inner':
        return this.#innerOf(event);
      case 'check':
        return this.#write({ event: 'check', ...this.#about, what: event.what, holds: event.holds });
      case 'key': {
        const auth_key_id = toHex(fromLe64(authKeyId(event.auth_key)).reverse());
        const { time_offset } = event;
        return this.#write({ event: 'concluded', ...this.#about, what: 'key', auth_key_id, time_offset });
      }
      case 'concluded':
        return this.#write({ event: 'concluded', ...this.#about, what: event.event._, ...conclusionOf(event.event) });
    }
  };

  get #about(): { frame?: number } {
    return this.#last === undefined ? {} : { frame: this.#last.frame };
  }

  #write(event: Untimed): void {
    const at = Math.round((this.#options.elapsedMs() - this.#start) * 1000) / 1000;
    this.#options.write(exactJson({ ...event, at }));
  }

  /** Moves the client's clock. */
  #tick(): void {
    if (!this.#options.secrets || this.#options.now() === this.#time) return;
    this.#time = this.#options.now();
    this.#write({ event: 'time', now: this.#time });
  }

  #call({ method, layer, bytes, options }: Extract<WireEvent, { _: 'call' }>): void {
    this.#tick();
    const { signal: _, ...rest } = options;
    const more = this.#options.secrets ? { bytes: toHex(bytes), options: rest } : {};
    this.#write({ event: 'call', call: ++this.#calls, method, layer, ...more });
  }

  #open({ connection, dc, route, proxy }: Extract<WireEvent, { _: 'opening' }>): void {
    this.#tick();
    const { transport, address } = route;
    const number = this.#connections.size + 1;
    this.#connections.set(connection, { number, transport, hasSent: false, isClosed: false });
    const host = address.host.includes(':') ? `[${address.host}]` : address.host;
    const place = proxy === undefined ? { address: `${host}:${address.port}` } : { proxy };
    this.#write({ event: 'open', connection: number, dc, transport, ...place });
  }

  #of(connection: symbol): Connection {
    const known = this.#connections.get(connection);
    if (known === undefined) throw new RangeError('a connection is opened before it is used');
    return known;
  }

  #received({ connection, bytes }: Extract<WireEvent, { _: 'received' }>): void {
    if (!this.#options.secrets) return;
    this.#tick();
    this.#write({ event: 'received', connection: this.#of(connection).number, bytes: toHex(bytes) });
  }

  #sent({ connection, payload, bytes }: Extract<WireEvent, { _: 'sent' }>): void {
    const frame = this.#writeFrame(this.#of(connection), payload, bytes);
    const plaintext = this.#opened.get(payload);
    if (plaintext !== undefined) this.#writeMessage('client', frame, plaintext, true);
    else if (payload.length >= 20) this.#plain('client', frame, payload);
  }

  #payload({ connection, payload }: Extract<WireEvent, { _: 'payload' }>): void {
    const frame = this.#writeFrame(this.#of(connection), payload, undefined);
    this.#last = { frame: frame.frame, payload };
    if (payload.length >= 20 && isPlain(payload)) this.#plain('server', frame, payload);
  }

  #ended({ connection, by }: Extract<WireEvent, { _: 'ended' }>): void {
    const known = this.#of(connection);
    if (known.isClosed) return;
    known.isClosed = true;
    this.#write({ event: 'close', connection: known.number, by });
  }

  #writeFrame(connection: Connection, payload: Uint8Array, wire: Uint8Array | undefined) {
    const { secrets } = this.#options;
    const { transport, number } = connection;
    const isFirst = !connection.hasSent;
    if (wire !== undefined) connection.hasSent = true;
    const fields = fieldsOfFrame({ transport, payload, wire, isFirst, secrets });
    const last = fields.at(-1);
    const frame = { frame: ++this.#frame, connection: number };
    this.#frames.set(payload, frame);
    this.#write({
      event: 'frame',
      ...frame,
      from: wire === undefined ? 'server' : 'client',
      length: (last?.offset ?? 0) + (last?.length ?? 0),
      fields,
      ...(secrets && wire !== undefined ? { wire: toHex(wire) } : {}),
    });
    return frame;
  }

  #message(payload: Uint8Array, plaintext: Uint8Array): void {
    const frame = this.#frames.get(payload);
    if (frame === undefined) this.#opened.set(payload, plaintext);
    else this.#writeMessage('server', frame, plaintext, true);
  }

  #plain(from: Side, frame: Place, payload: Uint8Array): void {
    this.#writeMessage(from, frame, payload.subarray(8), false);
    if (from === 'client')
      for (const [sealed, inner] of this.#inner)
        if (toHex(payload).includes(sealed)) {
          this.#inner.delete(sealed);
          this.#writeInner(from, frame.frame, inner);
        }
  }

  #writeMessage(from: Side, { frame, connection }: Place, plaintext: Uint8Array, sealed: boolean): void {
    const { secrets } = this.#options;
    const methodOf = (msg_id: bigint) => this.#methods.get(msg_id);
    const { title, fields } = describeMessage(plaintext, sealed, { secrets, methodOf });
    if (from === 'client') for (const [msg_id, method] of methodsIn(fields)) this.#methods.set(msg_id, method);
    this.#write({ event: 'message', frame, connection, from, sealed, title, fields });
  }

  #innerOf({ sealed, plaintext, head }: Extract<WireEvent, { _: 'inner' }>): void {
    const inner = { plaintext: plaintext.slice(), head };
    const last = this.#last;
    if (last !== undefined && toHex(last.payload).includes(toHex(sealed)))
      this.#writeInner('server', last.frame, inner);
    else this.#inner.set(toHex(sealed), inner);
  }

  #writeInner(from: Side, frame: number, inner: Inner): void {
    const field = from === 'client' ? 'encrypted_data' : 'encrypted_answer';
    this.#write({ event: 'inner', frame, from, field, ...describeInner(inner, this.#options.secrets) });
  }
}

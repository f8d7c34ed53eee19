/**
 * One connection of a client: frames in, frames out, and between them a key exchange or the sessions of a data centre.
 *
 * A client that breaks the protocol is told so by a transport error where the protocol has one (-404 for an unknown key or a wrong
 * step of a key exchange), and is disconnected; it cannot do more than that to the sandbox.
 */
import type { Duplex } from 'node:stream';
import { le64 } from '../bytes.ts';
import { NetworkError, SecurityError, TgAuthError } from '../errors.ts';
import type { Channel } from '../mtproto/channel.ts';
import { isPlain, open } from '../mtproto/envelope.ts';
import type { Flow } from '../mtproto/handshake.ts';
import type { Event } from '../mtproto/service-messages.ts';
import { idOf } from '../tl/gzip.ts';
import { transportErrorPayload } from '../transport/errors.ts';
import type { TransportName } from '../transport/names.ts';
import { acceptWire, type Wire } from '../transport/transport.ts';
import type { Client, Datacentre, Outlet } from './datacentre.ts';
import type { Fault, Line } from './faults/fault.ts';
import { type ServedKey, type ServeOptions, serveHandshake } from './protocol/handshake-server.ts';

/** What may wait for a client that does not read. */
const MOST_UNREAD = 4 << 20;
const KEY_NOT_FOUND = -404;
/** req_pq_multi and req_pq: a client may begin an exchange anew at any time. */
const BEGINNINGS: ReadonlySet<number> = new Set([0xbe7e8ef1, 0x60469778]);

export class Peer implements Outlet {
  readonly #socket: Duplex;
  readonly #dc: Datacentre;
  readonly #faults: readonly Fault[];
  readonly #wire: Wire;
  readonly #line: Line;
  readonly #framed: () => void;
  #handshake: Flow<ServedKey> | undefined;
  #lingering: NodeJS.Timeout | undefined;

  /** `only` names the one transport that may be spoken; by default the client chooses. `framed` is called when frames are whole. */
  constructor(
    socket: Duplex,
    dc: Datacentre,
    faults: readonly Fault[],
    { only, framed }: { readonly only?: TransportName; readonly framed: () => void },
  ) {
    this.#socket = socket;
    this.#dc = dc;
    this.#faults = faults;
    this.#framed = framed;
    this.#wire = acceptWire({ random: dc.options.random, only });
    this.#line = this.#wrapped();
    socket.on('data', (chunk: Uint8Array) => this.#guard(() => this.#read(chunk)));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clearTimeout(this.#lingering));
  }

  /** The honest line in the wrappers of the faults. */
  #wrapped(): Line {
    const { key, random } = this.#dc.options;
    const honest: Line = {
      receive: (payload) => this.#guard(() => (isPlain(payload) ? this.#exchange(payload) : this.#take(payload))),
      send: (payload) => this.#line.write(this.#wire.pack(payload)),
      write: (bytes) => this.#write(bytes),
      close: () => this.#socket.end(() => this.#socket.destroy()),
    };
    const insight = {
      key,
      random,
      authKey: (auth_key_id: bigint) => this.#dc.client(auth_key_id)?.auth_key,
      newestAuthKey: () => this.#dc.newestClient?.auth_key,
    };
    return this.#faults.reduce((line, { wrap }) => wrap?.(line, insight) ?? line, honest);
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
    if (this.#socket.writableLength > MOST_UNREAD) this.#socket.destroy();
  }

  #read(chunk: Uint8Array): void {
    const payloads = this.#wire.unpack(chunk);
    if (payloads.length > 0) this.#framed();
    for (const payload of payloads) {
      if (!this.#socket.writable) return;
      this.#line.receive(payload);
    }
  }

  /** A client's mistake ends its connection; a mistake of ours is not caught. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof TgAuthError)) throw error;
      this.#dc.options.tell({ event: 'closed', dc: this.#dc.options.id, reason: error.message });
      this.#line.close();
    }
  }

  #refuse(code: number): void {
    this.#line.send(transportErrorPayload(code));
  }

  // -- plain messages: a key exchange

  #exchange(payload: Uint8Array): void {
    try {
      if (this.#handshake === undefined || BEGINNINGS.has(idOf(payload.subarray(20))))
        this.#handshake = this.#begin(payload);
      const step = this.#handshake.next(payload);
      if (step.done === true) {
        this.#handshake = undefined;
        this.#dc.add(step.value);
      }
      this.#line.send(step.done === true ? step.value.answer : step.value);
    } catch (error) {
      if (!(error instanceof TgAuthError)) throw error;
      const code = error instanceof NetworkError ? error.values.code : undefined;
      this.#refuse(typeof code === 'number' ? code : KEY_NOT_FOUND);
      throw error;
    }
  }

  #begin(payload: Uint8Array): Flow<ServedKey> {
    const { key, id, random, now } = this.#dc.options;
    const isTaken = (auth_key_id: bigint) => this.#dc.client(auth_key_id) !== undefined;
    const honest: ServeOptions = { key, dc: id, random, now, nextId: this.#dc.nextId, isTaken };
    return serveHandshake(
      payload,
      this.#faults.reduce((options, { serve }) => serve?.(options) ?? options, honest),
    );
  }

  // -- encrypted messages: a session

  #take(payload: Uint8Array): void {
    const client = payload.length < 8 ? undefined : this.#dc.client(le64(payload));
    if (client === undefined) {
      this.#refuse(KEY_NOT_FOUND);
      throw new SecurityError('auth_key_id is one of this data centre');
    }
    const message = open(client.auth_key, 'client', payload);
    const { channel, resumed } = this.#dc.session(client, message.session_id, this);
    const events = channel.accept(message);
    if (resumed) channel.resume();
    for (const event of events) this.#act(client, event, channel);
    this.flush(channel);
  }

  flush(channel: Channel): void {
    if (this.#socket.writable) for (const sealed of channel.flush()) this.#line.send(sealed);
  }

  #act(client: Client, event: Event, channel: Channel): void {
    if (event._ === 'call') {
      const { session_id } = channel;
      channel.answer(event.msg_id, this.#dc.answer(client, event, { msg_id: event.msg_id, session_id }));
    }
    if (event._ === 'linger') this.#linger(event.seconds);
  }

  #linger(seconds: number): void {
    clearTimeout(this.#lingering);
    this.#lingering = setTimeout(() => this.#line.close(), Math.max(seconds, 1) * 1000);
  }
}

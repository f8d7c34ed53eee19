/**
 * One connection of a client: a key exchange, or the messages of its sessions.
 *
 * A client that breaks the protocol is disconnected. It first gets a transport error where the protocol has one: -404
 * for an unknown key or a wrong step of a key exchange.
 */
import type { Duplex } from 'node:stream';
import { le64 } from '../bytes.ts';
import { NetworkError, SecurityError, TgAuthError } from '../errors.ts';
import type { Channel } from '../mtproto/channel.ts';
import { isPlain, open } from '../mtproto/envelope.ts';
import type { Flow } from '../mtproto/handshake.ts';
import type { Event } from '../mtproto/service-messages.ts';
import { idOf } from '../tl/gzip.ts';
import type { Transport } from '../transport/transport.ts';
import type { Datacentre, KnownClient, SessionConnection } from './datacentre.ts';
import type { Fault, Traffic } from './faults/fault.ts';
import { reasonFor } from './log.ts';
import { type Tolerates, tolerance } from './protocol/deviations.ts';
import { type ServedKey, type ServeOptions, serveHandshake } from './protocol/handshake-server.ts';
import { serverTransport, transportErrorPayload } from './protocol/transport-server.ts';

/** Bytes that may be queued for a client that does not read. */
const MAX_UNREAD = 4 << 20;
const KEY_NOT_FOUND = -404;
/** A longer timer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** req_pq_multi and req_pq: a client may start a new exchange at any time. */
const FIRST_STEPS: ReadonlySet<number> = new Set([0xbe7e8ef1, 0x60469778]);

const MSGS_ACK = 0x62d6b459;

interface ConnectionOptions {
  /** Refuses transports that are not obfuscated. */
  readonly onlyObfuscated?: boolean;
  /** Called when complete frames have come. */
  readonly onFrame: () => void;
}

export class Connection implements SessionConnection {
  readonly tolerates: Tolerates;
  readonly #socket: Duplex;
  readonly #dc: Datacentre;
  readonly #faults: readonly Fault[];
  readonly #transport: Transport;
  readonly #traffic: Traffic;
  readonly #onFrame: () => void;
  #handshake: Flow<ServedKey> | undefined;
  /** Closes the connection some seconds after the last ping_delay_disconnect. */
  #disconnect: NodeJS.Timeout | undefined;

  constructor(
    socket: Duplex,
    dc: Datacentre,
    faults: readonly Fault[],
    { onlyObfuscated, onFrame }: ConnectionOptions,
  ) {
    const { id, strict, report } = dc.options;
    this.tolerates = tolerance(strict, (deviation, text) => report({ event: 'tolerated', dc: id, deviation, text }));
    this.#socket = socket;
    this.#dc = dc;
    this.#faults = faults;
    this.#onFrame = onFrame;
    this.#transport = serverTransport({ random: dc.options.random, onlyObfuscated });
    this.#traffic = this.#withFaults();
    socket.on('data', (chunk: Uint8Array) => this.#guard(() => this.#read(chunk)));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => clearTimeout(this.#disconnect));
  }

  #withFaults(): Traffic {
    const { key, random } = this.#dc.options;
    const plain: Traffic = {
      receive: (payload) => this.#guard(() => (isPlain(payload) ? this.#exchange(payload) : this.#take(payload))),
      send: (payload) => this.#traffic.write(this.#transport.pack(payload)),
      write: (bytes) => this.#write(bytes),
      close: () => this.#socket.end(() => this.#socket.destroy()),
    };
    const context = {
      key,
      random,
      authKey: (auth_key_id: bigint) => this.#dc.client(auth_key_id)?.auth_key,
      newestAuthKey: () => this.#dc.newestClient?.auth_key,
      methodOf: (req_msg_id: bigint) => this.#dc.methodOf(req_msg_id),
    };
    return this.#faults.reduce((next, { wrap }) => wrap?.(next, context) ?? next, plain);
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
    if (this.#socket.writableLength > MAX_UNREAD) this.#socket.destroy();
  }

  #read(chunk: Uint8Array): void {
    const payloads = this.#transport.unpack(chunk);
    if (payloads.length > 0) this.#onFrame();
    for (const payload of payloads) {
      if (!this.#socket.writable) return;
      this.#traffic.receive(payload);
    }
  }

  /** Closes the connection after a client's mistake. Other exceptions are bugs and pass. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof TgAuthError)) throw error;
      this.#dc.reportClosed(reasonFor(error));
      this.#traffic.close();
    }
  }

  #refuse(code: number): void {
    this.#traffic.send(transportErrorPayload(code));
  }

  // -- plain messages: a key exchange

  #exchange(payload: Uint8Array): void {
    try {
      if (idOf(payload.subarray(20)) === MSGS_ACK && this.tolerates('plain-ack')) return;
      if (this.#handshake === undefined || FIRST_STEPS.has(idOf(payload.subarray(20))))
        this.#handshake = this.#startExchange(payload);
      const step = this.#handshake.next(payload);
      if (step.done === true) {
        this.#handshake = undefined;
        this.#dc.add(step.value);
      }
      this.#traffic.send(step.done === true ? step.value.answer : step.value);
    } catch (error) {
      if (!(error instanceof TgAuthError)) throw error;
      const code = error instanceof NetworkError ? error.values.code : undefined;
      this.#refuse(typeof code === 'number' ? code : KEY_NOT_FOUND);
      throw error;
    }
  }

  #startExchange(payload: Uint8Array): Flow<ServedKey> {
    const { key, id, random, now } = this.#dc.options;
    const isTaken = (auth_key_id: bigint) => this.#dc.client(auth_key_id) !== undefined;
    const { nextId } = this.#dc;
    const plain: ServeOptions = { key, dc: id, random, now, nextId, isTaken, tolerates: this.tolerates };
    const options = this.#faults.reduce((before, { serve }) => serve?.(before) ?? before, plain);
    return serveHandshake(payload, options);
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

  get isOpen(): boolean {
    return this.#socket.writable;
  }

  flush(channel: Channel): void {
    if (this.isOpen) for (const sealed of channel.flush()) this.#traffic.send(sealed);
  }

  #act(client: KnownClient, event: Event, channel: Channel): void {
    if (event._ === 'call') {
      const origin = { msg_id: event.msg_id, session_id: channel.session_id, tolerates: this.tolerates };
      channel.answer(event.msg_id, this.#dc.answer(client, event, origin));
    }
    if (event._ === 'linger') {
      clearTimeout(this.#disconnect);
      const ms = Math.min(Math.max(event.seconds, 1) * 1000, MAX_TIMER_MS);
      this.#disconnect = setTimeout(() => this.#traffic.close(), ms);
    }
  }
}

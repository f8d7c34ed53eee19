/** The client side of the protocol core on a socket, without retries: a test sees all that a sandbox sends. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { concat, le64 } from '../../src/bytes.ts';
import { RpcError } from '../../src/errors.ts';
import { Channel } from '../../src/mtproto/channel.ts';
import { type BareMessage, open } from '../../src/mtproto/envelope.ts';
import { handshake, type NewKey } from '../../src/mtproto/handshake.ts';
import { messageIds } from '../../src/mtproto/message-id.ts';
import { parseServerKey } from '../../src/mtproto/server-key.ts';
import type { Event } from '../../src/mtproto/service-messages.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { current, type Layer, legacy, mtproto } from '../../src/tl/layer.ts';
import type { Answers, Methods } from '../../src/tl/types.ts';
import type { TransportName } from '../../src/transport/names.ts';
import { clientTransport, type Transport } from '../../src/transport/transport.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));

/** Where a sandbox listens, and its key. */
export type Address = Pick<Sandbox, 'host' | 'dcs' | 'publicKey'>;

export interface Options {
  readonly dc?: number;
  /** The DC named inside the key exchange. */
  readonly claims?: number;
  readonly transport?: TransportName;
}

export class TestClient {
  readonly #socket: Duplex;
  readonly #wire: Transport;
  readonly #claims: number;
  readonly #sandbox: Address;
  readonly #payloads: Uint8Array[] = [];
  #wake: () => void = () => {};
  #broken: unknown;
  #ended = false;
  #inited = 0;
  channel: Channel | undefined;
  auth_key: Uint8Array = new Uint8Array(0);
  /** How many payloads were received. */
  received = 0;
  /** The length of each received chunk. */
  readonly chunks: number[] = [];
  readonly events: Event[] = [];

  /** Uses an existing connection. */
  constructor(
    sandbox: Address,
    socket: Duplex,
    { dc = 2, claims = dc, transport = 'intermediate' }: Options,
    wire: Transport = clientTransport(transport, { random, dc }),
  ) {
    this.#sandbox = sandbox;
    this.#socket = socket;
    this.#claims = claims;
    this.#wire = wire;
    socket.on('data', (chunk: Uint8Array) => {
      this.chunks.push(chunk.length);
      try {
        this.#payloads.push(...this.#wire.unpack(new Uint8Array(chunk)));
      } catch (error) {
        this.#broken = error;
      }
      this.#wake();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  static async connect(sandbox: Address, options: Options = {}): Promise<TestClient> {
    const port = sandbox.dcs.find(({ id }) => id === (options.dc ?? 2))?.port ?? 0;
    const socket = createConnection({ host: sandbox.host, port });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new TestClient(sandbox, socket, options);
  }

  /** Connects, makes a key and begins a session. */
  static async start(sandbox: Address, options: Options = {}): Promise<TestClient> {
    const client = await TestClient.connect(sandbox, options);
    client.begin(await client.exchange());
    return client;
  }

  /** Returns the next payload. Throws if the connection ends first or sends an invalid frame. */
  async next(): Promise<Uint8Array> {
    for (;;) {
      const payload = this.#payloads.shift();
      if (payload !== undefined) {
        this.received++;
        return payload;
      }
      if (this.#broken !== undefined) throw this.#broken;
      if (this.#ended) throw new Error('the connection ended');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Returns the messages of the next payload, those of a container each, and does not pass them to the channel. */
  async messages(): Promise<BareMessage[]> {
    const { body, msg_id, seq_no } = open(this.auth_key, 'server', await this.next());
    const value = mtproto.decodeAny(body);
    if (value._ !== 'msg_container') return [{ msg_id, seq_no, body }];
    return value.messages.map((item) => ({ msg_id: item.msg_id, seq_no: item.seqno, body: item.body }));
  }

  /** Waits until the connection ends, and ignores what comes before. */
  async ended(): Promise<void> {
    while (!this.#ended)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  /** Sends several payloads in one chunk. */
  send(...payloads: readonly Uint8Array[]): void {
    this.#socket.write(concat(...payloads.map((payload) => this.#wire.pack(payload))));
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  async exchange(): Promise<NewKey> {
    const ids = messageIds(Date.now);
    const flow = handshake({
      keys: [parseServerKey(this.#sandbox.publicKey)],
      dc: this.#claims,
      random,
      now: Date.now,
      nextId: () => ids('request'),
    });
    let step = flow.next();
    while (step.done !== true) {
      this.send(step.value);
      step = flow.next(await this.next());
    }
    return step.value;
  }

  begin(key: NewKey, session_id = le64(random(8))): Channel {
    this.auth_key = key.auth_key;
    const options = { ...key, side: 'client', session_id, now: Date.now, random } as const;
    this.channel = new Channel(options);
    return this.channel;
  }

  /** Continues another client's session. */
  resume(channel: Channel): void {
    this.channel = channel;
  }

  /** Calls a method; the first call of a layer is wrapped in invokeWithLayer and initConnection. */
  call<S extends string, M extends keyof Methods<S> & keyof Answers<S> & string>(
    layer: Layer<S>,
    method: M,
    params: Methods<S>[M],
  ): Promise<Answers<S>[M]> {
    const first = this.#inited !== layer.number;
    this.#inited = layer.number;
    const query = layer.codec.encodeCall(method, params);
    return this.ask(first ? wrapped(query, layer.number) : query, method).then((body) =>
      layer.codec.decodeAnswer(method, body),
    );
  }

  /** Sends a call unchanged. Returns the answer's bytes, or throws its `RpcError`. */
  async ask(query: Uint8Array, method = 'a query'): Promise<Uint8Array> {
    const { channel } = this;
    if (channel === undefined) throw new TypeError('no session');
    let msg_id = channel.send(query);
    for (const payload of channel.flush()) this.send(payload);
    for (;;) {
      for (const event of channel.receive(await this.next())) {
        this.events.push(event);
        if (event._ === 'renamed' && event.from === msg_id) msg_id = event.to;
        if (event._ === 'answer' && event.req_msg_id === msg_id) return event.body;
        if (event._ === 'error' && event.req_msg_id === msg_id)
          throw new RpcError(event.error_code, event.error_message, method);
      }
      for (const payload of channel.flush({ acks: false })) this.send(payload);
    }
  }

  /** Stops reading from the socket. */
  stopReading(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }
}

const APPLICATION = { api_id: 1, device_model: 'test', system_version: '1', app_version: '1', lang_code: 'en' };

/** Wraps a query in initConnection and invokeWithLayer, with some fields of initConnection changed. */
export function wrapped(query: Uint8Array, layer: number, changed: Partial<typeof APPLICATION> = {}): Uint8Array {
  const fields = { ...APPLICATION, ...changed, query };
  const init =
    layer <= legacy.number
      ? legacy.codec.encodeCall('initConnection', fields)
      : current.codec.encodeCall('initConnection', { ...fields, system_lang_code: 'en', lang_pack: '' });
  return current.codec.encodeCall('invokeWithLayer', { layer, query: init });
}

/** Telegram's own example of a number and its hash, which always works. */
export const SEED = { phone_number: '79991234567', phone_code_hash: '2dc02d2cda9e615c84' };

/** The parameters of auth.sendCode at the current layer. */
export function sendCode(phone_number: string) {
  return { phone_number, api_id: 1, api_hash: 'a secret', settings: { _: 'codeSettings' } } as const;
}

/** For assert.rejects: expects an `RpcError` with this code and text. */
export function refused(text: string, code = 400): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof RpcError, String(error));
    assert.deepEqual([error.code, error.text], [code, text]);
    return true;
  };
}

/**
 * mtcute (https://mtcute.dev) as a client of the sandbox: a second implementation of MTProto, so that our client and
 * server cannot share a mistake unnoticed. Its protocol and its wasm are used unchanged. This file has only what each
 * of its platforms must provide: a crypto provider, a socket and a log. It connects only to the addresses in its
 * options.
 */
import { createHmac, pbkdf2Sync, randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import { format } from 'node:util';
import {
  IntermediatePacketCodec,
  type IPacketCodec,
  type ITelegramConnection,
  MemoryStorage,
  ObfuscatedPacketCodec,
  PaddedIntermediatePacketCodec,
  type TelegramTransport,
} from '@mtcute/core';
import { BaseTelegramClient } from '@mtcute/core/client.js';
import { addPublicKey, BaseCryptoProvider, type ICryptoProvider, LogManager } from '@mtcute/core/utils.js';
import {
  createCtr256,
  ctr256,
  deflateMaxSize,
  freeCtr256,
  getWasmUrl,
  gunzip,
  ige256Decrypt,
  ige256Encrypt,
  initSync,
  sha1,
  sha256,
} from '@mtcute/wasm';
import type { Random } from '../../src/bytes.ts';

/** Every transport that mtcute has for TCP. */
export const CODECS = {
  intermediate: () => new IntermediatePacketCodec(),
  padded: () => new PaddedIntermediatePacketCodec(),
  'obfuscated intermediate': () => new ObfuscatedPacketCodec(new IntermediatePacketCodec()),
  'obfuscated padded': () => new ObfuscatedPacketCodec(new PaddedIntermediatePacketCodec()),
} as const satisfies Record<string, () => IPacketCodec>;

export type CodecName = keyof typeof CODECS;

export interface MtcuteOptions {
  readonly host: string;
  /** It starts at DC 2 if there is one, else at the first. It learns the other addresses from help.getConfig. */
  readonly dcs: readonly { readonly id: number; readonly port: number }[];
  readonly publicKeyPem: string;
  /** Default `intermediate`. */
  readonly codec?: CodecName;
  /** Replaces TCP with `codec`. */
  readonly transport?: TelegramTransport;
  /** Where auth keys are stored. Default: a new storage in memory. */
  readonly storage?: MemoryStorage;
  /** Use temporary keys bound to the permanent one. */
  readonly pfs?: boolean;
  /** Receive updates. Default false. */
  readonly updates?: boolean;
  /** Default: OpenSSL's. */
  readonly random?: Random;
}

export interface Mtcute extends AsyncDisposable {
  readonly client: BaseTelegramClient;
  /** Its warnings and errors. A correct server causes none. */
  readonly complaints: readonly string[];
  /** How many connections it opened. */
  readonly connections: number;
  /** Closes its connections and stops its timers. */
  close(): Promise<void>;
}

/** A client that connects at its first call. */
export function mtcuteClient(options: MtcuteOptions): Mtcute {
  const { host, dcs, publicKeyPem, codec = 'intermediate', storage = new MemoryStorage(), random } = options;
  const first = dcs.find(({ id }) => id === 2) ?? dcs[0];
  if (first === undefined) throw new RangeError('a client needs a DC');
  const dc = { id: first.id, ipAddress: host, port: first.port };
  const crypto = new WasmCrypto(random);
  addPublicKey(crypto, publicKeyPem);
  const complaints: string[] = [];
  let connections = 0;
  const transport: TelegramTransport = options.transport ?? {
    connect({ ipAddress, port }) {
      if (ipAddress !== host || !dcs.some((each) => each.port === port))
        throw new RangeError(`mtcute wants to connect to ${ipAddress}:${port}`);
      connections++;
      return connect(host, port);
    },
    packetCodec: () => CODECS[codec](),
  };
  const client = new BaseTelegramClient({
    apiId: 1,
    apiHash: 'a secret',
    crypto,
    storage,
    transport,
    defaultDcs: { main: dc, media: dc },
    platform: {
      beforeExit: () => () => {},
      getDefaultLogLevel: () => LogManager.WARN,
      getDeviceModel: () => 'Node.js',
      log(_color, _level, tag, text, args) {
        // With a stored key it pings twice, and forgets the first ping before its pong arrives.
        if (!text.includes('pong to unknown ping')) complaints.push(`${tag}: ${format(text, ...args)}`);
      },
    },
    updates: options.updates === true ? {} : false,
    // Tests make it reconnect on purpose: no long wait, no limit.
    reconnectionStrategy: ({ previousWait }) => (previousWait === null ? 0 : 100),
    network: { floodControl: false, usePfs: options.pfs === true },
  });
  const close = async () => {
    // With temporary keys each pool of connections has salts of its own, and mtcute does not stop their timers.
    // biome-ignore lint/complexity/useLiteralKeys: it is protected; TypeScript allows access in brackets.
    for (const pools of client.mt.network['_dcConnections'].values())
      for (const { params } of [pools.main, pools.upload, pools.download, pools.downloadSmall]) params.salts.destroy();
    await client.disconnect();
    await client.destroy();
  };
  return {
    client,
    complaints,
    get connections() {
      return connections;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Does what mtcute's own platforms do, with its wasm where possible. */
class WasmCrypto extends BaseCryptoProvider implements ICryptoProvider {
  readonly #random: Random | undefined;

  constructor(random: Random | undefined) {
    super();
    this.#random = random;
    initSync(readFileSync(getWasmUrl()));
  }

  readonly sha1 = sha1;
  readonly sha256 = sha256;
  readonly gunzip = gunzip;
  /** In zlib's format, which servers accept for gzip's. */
  readonly gzip = deflateMaxSize;

  pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number, length = 64, digest = 'sha512'): Uint8Array {
    return new Uint8Array(pbkdf2Sync(password, salt, iterations, length, digest));
  }

  hmacSha256(data: Uint8Array, key: Uint8Array): Uint8Array {
    return new Uint8Array(createHmac('sha256', key).update(data).digest());
  }

  createAesCtr(key: Uint8Array, iv: Uint8Array) {
    const context = createCtr256(key, iv);
    return { process: (data: Uint8Array) => ctr256(context, data), close: () => freeCtr256(context) };
  }

  createAesIge(key: Uint8Array, iv: Uint8Array) {
    return {
      encrypt: (data: Uint8Array) => ige256Encrypt(data, key, iv),
      decrypt: (data: Uint8Array) => ige256Decrypt(data, key, iv),
    };
  }

  randomFill(bytes: Uint8Array): void {
    if (this.#random === undefined) randomFillSync(bytes);
    else bytes.set(this.#random(bytes.length));
  }
}

export async function connect(host: string, port: number): Promise<StreamConnection> {
  const socket = createConnection({ host, port, noDelay: true });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return new StreamConnection(socket);
}

/** A socket as mtcute reads it. Writes to a closed socket are lost; its reader sees the end. */
export class StreamConnection implements ITelegramConnection {
  readonly localAddress = null;
  readonly remoteAddress = null;
  readonly #socket: Duplex;
  #chunks: Uint8Array[] = [];
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('data', (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#wake();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  setNoDelay(): void {}

  setKeepAlive(): void {}

  async read(into: Uint8Array): Promise<number> {
    for (;;) {
      const [chunk, ...rest] = this.#chunks;
      if (chunk !== undefined) {
        const part = chunk.subarray(0, into.length);
        into.set(part);
        this.#chunks = part.length === chunk.length ? rest : [chunk.subarray(part.length), ...rest];
        return part.length;
      }
      if (this.#ended) throw new Error('the connection ended');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }
}

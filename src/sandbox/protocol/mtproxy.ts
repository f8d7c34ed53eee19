/**
 * An MTProxy in front of the sandbox (https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation). It removes the fake
 * TLS and the obfuscation with its secret, reads which DC the client wants, and forwards the stream there under an obfuscation without
 * a secret. It cannot read the messages inside.
 *
 * Like real proxies, it gives no reason to a client with a wrong secret: it closes the connection.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Now, type Random, toHex } from '../../bytes.ts';
import { TgAuthError, UsageError } from '../../errors.ts';
import { HEADER, obfuscate, type Streams } from '../../transport/obfuscated.ts';
import { type ProxySecret, parseProxySecret } from '../../transport/proxy-secret.ts';
import { Stream } from '../../transport/stream.ts';
import type { Connections } from '../connection-limits.ts';
import type { SandboxEvent } from '../log.ts';
import type { DcAddress } from '../methods/handler.ts';
import { FakeTlsServer } from './fake-tls-server.ts';
import { deobfuscate } from './transport-server.ts';

export interface ProxyOptions {
  readonly secret: ProxySecret;
  readonly dcs: readonly DcAddress[];
  readonly random: Random;
  readonly now: Now;
  readonly report: (event: SandboxEvent) => void;
}

/** The framings that each kind of secret allows. */
const TAGS: Readonly<Record<ProxySecret['kind'], ReadonlySet<string>>> = {
  plain: new Set(['efefefef', 'eeeeeeee', 'dddddddd']),
  padded: new Set(['dddddddd']),
  tls: new Set(['dddddddd']),
};

/** Parses a secret. Throws `UsageError` if it is invalid. */
export function readSecret(text: string): ProxySecret {
  const secret = parseProxySecret(text);
  if (secret !== undefined) return secret;
  throw new UsageError(
    'Invalid MTProxy secret. It must be 16 bytes, dd and 16 bytes, or ee, 16 bytes and a domain, in hex or base64.',
  );
}

/** The link that adds a proxy to Telegram's apps. */
export function proxyLink(host: string, port: number, secret: string): string {
  return `tg://proxy?${new URLSearchParams({ server: host, port: String(port), secret })}`;
}

export function proxyServer(options: ProxyOptions, connections: Connections): Server {
  return createServer((socket) => {
    const onClose = (reason: string) => options.report({ event: 'closed', proxy: socket.localPort ?? 0, reason });
    new ProxyConnection(socket, options, onClose, connections.add(socket, onClose));
  });
}

/** One connection through the proxy. A proxy sees no frames: its first forwarded bytes count as one, and the DC checks the rest. */
class ProxyConnection {
  readonly #client: Socket;
  readonly #options: ProxyOptions;
  readonly #onClose: (reason: string) => void;
  readonly #onForward: () => void;
  readonly #disguise: Disguise;
  readonly #stream = new Stream();
  #forward: ((bytes: Uint8Array) => void) | undefined;

  constructor(client: Socket, options: ProxyOptions, onClose: (reason: string) => void, onForward: () => void) {
    this.#client = client;
    this.#options = options;
    this.#onClose = onClose;
    this.#onForward = onForward;
    this.#disguise = disguiseOf(options, (hello) => client.write(hello));
    client.setNoDelay(true);
    client.on('data', (chunk) => this.#read(chunk));
    client.on('error', () => client.destroy());
  }

  #close(reason: string): void {
    this.#onClose(reason);
    this.#client.destroy();
  }

  #read(chunk: Uint8Array): void {
    try {
      const bytes = this.#disguise.unpack(chunk);
      if (this.#forward !== undefined) this.#forward(bytes);
      else {
        this.#stream.push(bytes);
        if (this.#stream.bytes.length >= HEADER) this.#begin(this.#stream.bytes);
      }
    } catch (error) {
      if (!(error instanceof TgAuthError)) throw error;
      this.#close(error.message);
    }
  }

  #begin(bytes: Uint8Array): void {
    const { secret, dcs } = this.#options;
    const { tag, dc, ...streams } = deobfuscate(bytes.slice(0, HEADER), secret.key);
    // The number is negative for media, and 10000 higher on the test network.
    const address = dcs.find(({ id }) => id === Math.abs(dc) % 10_000);
    if (!TAGS[secret.kind].has(toHex(tag))) this.#close('The header is invalid, or made with another secret.');
    else if (address === undefined) this.#close(`This proxy has no DC ${dc}.`);
    else {
      this.#forward = this.#connect(address, streams, { tag: tag[0] ?? 0, dc });
      this.#forward(bytes.slice(HEADER));
    }
  }

  #connect({ host, port }: DcAddress, streams: Streams, header: { readonly tag: number; readonly dc: number }) {
    const client = this.#client;
    const dc = connect({ host, port, noDelay: true });
    const inner = obfuscate(header, this.#options.random);
    dc.write(inner.header);
    dc.on('data', (chunk) => forward(dc, client, this.#disguise.pack(streams.encrypt(inner.decrypt(chunk)))));
    dc.on('error', () => dc.destroy());
    dc.on('close', () => client.destroySoon());
    client.on('close', () => dc.destroySoon());
    return (bytes: Uint8Array) => {
      if (bytes.length > 0) this.#onForward();
      forward(client, dc, inner.encrypt(streams.decrypt(bytes)));
    };
  }
}

/** Writes bytes, and stops reading from their source while the destination is full. */
function forward(from: Socket, to: Socket, bytes: Uint8Array): void {
  if (!to.writable || to.write(bytes)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

/** The layer around the obfuscated stream: fake TLS or nothing. */
interface Disguise {
  pack(bytes: Uint8Array): Uint8Array;
  unpack(chunk: Uint8Array): Uint8Array;
}

/** `greet` sends the answer to a client's hello. */
function disguiseOf({ secret, random, now }: ProxyOptions, greet: (hello: Uint8Array) => void): Disguise {
  if (secret.kind !== 'tls') return { pack: (bytes) => bytes, unpack: (chunk) => chunk };
  const { key, domain } = secret;
  const tls = new FakeTlsServer({ secret: key, domain, time: Math.floor(now() / 1000), random });
  let greeted = false;
  return {
    pack: (bytes) => tls.pack(bytes),
    unpack(chunk) {
      if (greeted) return tls.unpack(chunk);
      const answer = tls.accept(chunk);
      if (answer === undefined) return new Uint8Array(0);
      greeted = true;
      greet(answer);
      return tls.unpack(new Uint8Array(0));
    },
  };
}

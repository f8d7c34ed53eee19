/**
 * An MTProxy in front of the sandbox (https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation): it takes off the
 * obfuscation that its secret is mixed into, and behind a fake TLS that too, reads which DC is meant, and passes the stream on to it under an
 * obfuscation without a secret. What is in the stream it cannot read.
 *
 * As real ones do, it does not tell a client what is wrong: whoever does not know the secret finds a connection that closes.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Now, type Random, toHex } from '../../bytes.ts';
import { TgAuthError, UsageError } from '../../errors.ts';
import { deobfuscate, HEADER, obfuscate, type Streams } from '../../transport/obfuscated.ts';
import { type ProxySecret, parseProxySecret } from '../../transport/proxy-secret.ts';
import { Stream } from '../../transport/stream.ts';
import type { Connections } from '../connection-limits.ts';
import type { SandboxEvent } from '../log.ts';
import type { Address } from '../methods/index.ts';
import { FakeTlsServer } from './fake-tls-server.ts';

export interface ProxyOptions {
  readonly secret: ProxySecret;
  readonly dcs: readonly Address[];
  readonly random: Random;
  readonly now: Now;
  readonly tell: (event: SandboxEvent) => void;
}

const TAGS: Readonly<Record<ProxySecret['kind'], ReadonlySet<string>>> = {
  plain: new Set(['efefefef', 'eeeeeeee', 'dddddddd']),
  padded: new Set(['dddddddd']),
  tls: new Set(['dddddddd']),
};

/** The secret; throws `UsageError` if the text is none. */
export function readSecret(text: string): ProxySecret {
  const secret = parseProxySecret(text);
  if (secret !== undefined) return secret;
  throw new UsageError(
    'That is no secret of an MTProxy: 16 bytes, or dd and 16 bytes, or ee, 16 bytes and a domain, in hex or base64.',
  );
}

/** How clients are given a proxy. */
export function proxyLink(host: string, port: number, secret: string): string {
  return `tg://proxy?${new URLSearchParams({ server: host, port: String(port), secret })}`;
}

export function proxyServer(options: ProxyOptions, connections: Connections): Server {
  return createServer((socket) => {
    const tell = (reason: string) => options.tell({ event: 'closed', proxy: socket.localPort ?? 0, reason });
    new Passage(socket, options, tell, connections.add(socket, tell));
  });
}

/**
 * One connection through a proxy. What the far end does not read is not read here. A proxy sees no frames: what it passes on is out of its
 * hands, and the data centre behind it waits for the first frame.
 */
class Passage {
  readonly #near: Socket;
  readonly #options: ProxyOptions;
  readonly #tell: (reason: string) => void;
  readonly #passed: () => void;
  readonly #disguise: Disguise;
  readonly #stream = new Stream();
  #onward: ((bytes: Uint8Array) => void) | undefined;

  constructor(near: Socket, options: ProxyOptions, tell: (reason: string) => void, passed: () => void) {
    this.#near = near;
    this.#options = options;
    this.#tell = tell;
    this.#passed = passed;
    this.#disguise = disguiseOf(options, (bytes) => near.write(bytes));
    near.setNoDelay(true);
    near.on('data', (chunk) => this.#guard(() => this.#read(chunk)));
    near.on('error', () => near.destroy());
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof TgAuthError)) throw error;
      this.#close(error.message);
    }
  }

  #close(reason: string): void {
    this.#tell(reason);
    this.#near.destroy();
  }

  #read(chunk: Uint8Array): void {
    const bytes = this.#disguise.unpack(chunk);
    if (this.#onward !== undefined) this.#onward(bytes);
    else {
      this.#stream.push(bytes);
      if (this.#stream.bytes.length >= HEADER) this.#begin(this.#stream.bytes);
    }
  }

  #begin(bytes: Uint8Array): void {
    const { secret, dcs } = this.#options;
    const { tag, dc, ...streams } = deobfuscate(bytes.slice(0, HEADER), secret.key);
    // Negative for media, 10000 more on the test network.
    const address = dcs.find(({ id }) => id === Math.abs(dc) % 10_000);
    if (!TAGS[secret.kind].has(toHex(tag))) this.#close('Its header makes no sense under the secret.');
    else if (address === undefined) this.#close(`There is no DC ${dc} behind it.`);
    else {
      this.#onward = this.#connect(address, streams, { tag: tag[0] ?? 0, dc });
      this.#onward(bytes.slice(HEADER));
    }
  }

  #connect({ host, port }: Address, near: Streams, header: { readonly tag: number; readonly dc: number }) {
    const far = connect({ host, port, noDelay: true });
    const { header: first, ...streams } = obfuscate(header, this.#options.random);
    far.write(first);
    far.on('data', (chunk) => pass(far, this.#near, this.#disguise.pack(near.encrypt(streams.decrypt(chunk)))));
    far.on('error', () => far.destroy());
    far.on('close', () => this.#near.destroySoon());
    this.#near.on('close', () => far.destroySoon());
    return (bytes: Uint8Array) => {
      if (bytes.length > 0) this.#passed();
      pass(this.#near, far, streams.encrypt(near.decrypt(bytes)));
    };
  }
}

/** Writes what came from one end to the other, and listens to the one again when the other has taken it. */
function pass(from: Socket, to: Socket, bytes: Uint8Array): void {
  if (!to.writable || to.write(bytes)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

interface Disguise {
  pack(bytes: Uint8Array): Uint8Array;
  unpack(chunk: Uint8Array): Uint8Array;
}

/** What is around the obfuscation; `greet` sends an answer to a hello. */
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

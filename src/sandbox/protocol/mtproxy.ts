/**
 * An MTProxy in front of the sandbox (https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation). It
 * removes the fake TLS and the obfuscation with its secret, reads which DC the client wants, and forwards the stream
 * there under an obfuscation without a secret. It cannot read the messages inside.
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
import { reasonFor, type SandboxEvent } from '../log.ts';
import type { DcAddress } from '../methods/handler.ts';
import { tolerance } from './deviations.ts';
import { FakeTlsServer } from './fake-tls-server.ts';
import { deobfuscate } from './transport-server.ts';

interface ProxyOptions {
  readonly secret: ProxySecret;
  readonly dcs: readonly DcAddress[];
  readonly random: Random;
  readonly now: Now;
  /** Requires padded frames if the secret asks for them. The official proxy leaves that to the client. */
  readonly strict: boolean;
  readonly report: (event: SandboxEvent) => void;
}

const PADDED = 'dddddddd';
const TAGS: ReadonlySet<string> = new Set(['efefefef', 'eeeeeeee', PADDED]);

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
  return createServer((client) => serveClient(client, options, connections));
}

/** Serves one client. A proxy sees no frames: the first forwarded bytes count as one, and the DC checks the rest. */
function serveClient(client: Socket, options: ProxyOptions, connections: Connections): void {
  const { secret, dcs, random, report } = options;
  const proxy = client.localPort ?? 0;
  const tolerates = tolerance(options.strict, (deviation, text) =>
    report({ event: 'tolerated', proxy, deviation, text }),
  );
  const close = (reason: string) => {
    report({ event: 'closed', proxy, reason });
    client.destroy();
  };
  const onForward = connections.add(client, close);
  const disguise = disguiseOf(options, (hello) => client.write(hello));
  const stream = new Stream();
  let send: ((bytes: Uint8Array) => void) | undefined;
  const read = (bytes: Uint8Array) => {
    if (send !== undefined) {
      if (bytes.length > 0) onForward();
      return send(bytes);
    }
    stream.push(bytes);
    if (stream.bytes.length < HEADER) return;
    const { tag, dc, ...streams } = deobfuscate(stream.bytes.slice(0, HEADER), secret.key);
    // The number is negative for media, and 10000 higher on the test network.
    const address = dcs.find(({ id }) => id === Math.abs(dc) % 10_000);
    if (!TAGS.has(toHex(tag))) return close('The header is invalid, or made with another secret.');
    if (secret.kind !== 'plain' && toHex(tag) !== PADDED && !tolerates('unpadded-proxy'))
      return close('The secret asks for padded frames.');
    if (address === undefined) return close(`This proxy has no DC ${dc}.`);
    send = connectDc(address, client, disguise, streams, obfuscate({ tag: tag[0] ?? 0, dc }, random));
    read(stream.bytes.slice(HEADER));
  };
  client.setNoDelay(true);
  client.on('error', () => client.destroy());
  client.on('data', (chunk) => {
    try {
      read(disguise.unpack(chunk));
    } catch (error) {
      if (!(error instanceof TgAuthError)) throw error;
      close(reasonFor(error));
    }
  });
}

/** Connects to a DC, sends it what the returned function gets, and sends the client what it answers. */
function connectDc(
  { host, port }: DcAddress,
  client: Socket,
  disguise: Disguise,
  outer: Streams,
  inner: ReturnType<typeof obfuscate>,
): (bytes: Uint8Array) => void {
  const dc = connect({ host, port, noDelay: true });
  dc.write(inner.header);
  dc.on('data', (chunk) => forward(dc, client, disguise.pack(outer.encrypt(inner.decrypt(chunk)))));
  dc.on('error', () => dc.destroy());
  dc.on('close', () => client.destroySoon());
  client.on('close', () => dc.destroySoon());
  return (bytes) => forward(client, dc, inner.encrypt(outer.decrypt(bytes)));
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

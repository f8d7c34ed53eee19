/** The single steps of connecting, to find out which of them fails. */
import { le64 } from '../../bytes.ts';
import type { NewKey } from '../../mtproto/handshake.ts';
import { mtproto } from '../../tl/layer.ts';
import { dial } from '../dial/dial.ts';
import type { ProxyServer } from '../dial/proxy.ts';
import { beginExchange, type ExchangeOptions, finishExchange, greet, startChannel } from '../key-exchange.ts';
import { PacketStream } from '../packet-stream.ts';
import type { Route } from './route.ts';

export interface ProbeOptions extends Omit<ExchangeOptions, 'expires_in'> {
  readonly proxy: ProxyServer | undefined;
  readonly signal: AbortSignal;
  /** Seconds until a step counts as failed. */
  readonly timeoutSeconds: number;
  /** Seconds that the server's clock is ahead. */
  readonly time_offset: number;
}

/** Opens the connection: TCP, the proxy, and the WebSocket if the route has one. Throws as `dial` does. */
export async function probeConnection(route: Route, options: ProbeOptions): Promise<void> {
  const link = await dial(route, { ...options, timeoutMs: options.timeoutSeconds * 1000, time: serverTime(options) });
  link.close();
}

/** Sends the first request of a key exchange. Throws `NetworkError` or `SecurityError`. */
export function probeTransport(route: Route, options: ProbeOptions): Promise<void> {
  return withStream(route, options, (stream) => greet(stream, options));
}

/** Makes a key, and measures a ping under it, in milliseconds. Throws `NetworkError` or `SecurityError`. */
export function probeKey(
  route: Route,
  options: ProbeOptions,
): Promise<{ readonly key: NewKey; readonly ping: number }> {
  const { random } = options;
  return withStream(route, options, async (stream) => {
    const key = await finishExchange(stream, await beginExchange(stream, options));
    const channel = startChannel(key, options);
    const started = performance.now();
    channel.notify(mtproto.encodeCall('ping', { ping_id: le64(random(8)) }));
    for (;;) {
      stream.send(channel.flush());
      for (const event of channel.receive(await stream.next()))
        if (event._ === 'pong') return { key, ping: performance.now() - started };
    }
  });
}

async function withStream<T>(
  route: Route,
  options: ProbeOptions,
  act: (stream: PacketStream) => Promise<T>,
): Promise<T> {
  const { timeoutSeconds, innerDc, proxy, random, signal, trace } = options;
  const timeoutMs = timeoutSeconds * 1000;
  const stream = await PacketStream.open(route, {
    proxy,
    dc: innerDc,
    random,
    time: serverTime(options),
    signal,
    timeoutMs,
    trace,
  });
  const result = await stream.guard(signal, timeoutMs, () => act(stream));
  stream.close();
  return result;
}

function serverTime({ now, time_offset }: ProbeOptions): number {
  return now() / 1000 + time_offset;
}

/** Single steps of the way to a data centre, each by itself: for whoever wants to know which of them fails. */
import { le64 } from '../../bytes.ts';
import type { NewKey } from '../../mtproto/handshake.ts';
import { mtproto } from '../../tl/layer.ts';
import { dial } from '../dial/dial.ts';
import type { ProxyServer } from '../dial/proxy.ts';
import { beginExchange, type ExchangeOptions, finishExchange, greet, openSession } from '../key-exchange.ts';
import { closing, Pipe, patiently } from '../packet-stream.ts';
import type { Route } from './route.ts';

export interface ProbeOptions extends Omit<ExchangeOptions, 'expires_in'> {
  readonly proxy: ProxyServer | undefined;
  readonly signal: AbortSignal;
  /** Seconds until a step counts as failed. */
  readonly patience: number;
  /** Seconds that the server's clock is ahead. */
  readonly time_offset: number;
}

/** Whether a connection comes about: TCP, the proxy, and the WebSocket if the route has one. Throws as `dial` does. */
export async function probeConnection(route: Route, options: ProbeOptions): Promise<void> {
  const link = await dial(route, { ...options, timeout: options.patience * 1000, time: timeOf(options) });
  link.close();
}

/** Whether the other side answers the first question of a key exchange over this route. Throws `NetworkError` or `SecurityError`. */
export function probeTransport(route: Route, options: ProbeOptions): Promise<void> {
  return withPipe(route, options, (pipe) => greet(pipe, options));
}

/** Makes a key, which is forgotten unless the caller keeps it, and pings under it. Throws `NetworkError` or `SecurityError`. */
export function probeKey(
  route: Route,
  options: ProbeOptions,
): Promise<{ readonly key: NewKey; readonly ping: number }> {
  const { now, random } = options;
  return withPipe(route, options, async (pipe) => {
    const key = await finishExchange(pipe, await beginExchange(pipe, options));
    const channel = openSession(key, options);
    const started = now();
    const ping_id = le64(random(8));
    channel.notify(mtproto.encodeCall('ping', { ping_id }));
    for (;;) {
      pipe.send(channel.flush());
      for (const event of channel.receive(await pipe.next()))
        if (event._ === 'pong') return { key, ping: now() - started };
    }
  });
}

async function withPipe<T>(route: Route, options: ProbeOptions, act: (pipe: Pipe) => Promise<T>): Promise<T> {
  const { patience, innerDc, proxy, random, signal } = options;
  const how = { proxy, dc: innerDc, random, time: timeOf(options), signal, timeout: patience * 1000 };
  const pipe = await Pipe.open(route, how);
  const result = await closing(pipe, signal, () => patiently(pipe, patience, () => act(pipe)));
  pipe.close();
  return result;
}

function timeOf({ now, time_offset }: ProbeOptions): number {
  return now() / 1000 + time_offset;
}

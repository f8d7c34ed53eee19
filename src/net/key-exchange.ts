/** A key exchange over a packet stream: drives the steps of `mtproto/handshake.ts`. */
import { equal, le64, type Now, type Random } from '../bytes.ts';
import { SecurityError } from '../errors.ts';
import { Channel } from '../mtproto/channel.ts';
import { openPlain, sealPlain } from '../mtproto/envelope.ts';
import type { Flow, NewKey } from '../mtproto/handshake.ts';
import { messageIds } from '../mtproto/message-id.ts';
import type { ServerKey } from '../mtproto/server-key.ts';
import { mtproto } from '../tl/layer.ts';
import type { PacketStream } from './packet-stream.ts';

export interface ExchangeOptions {
  /** The trusted RSA keys. */
  readonly keys: readonly ServerKey[];
  /** The number that the key exchange names for this DC. */
  readonly innerDc: number;
  readonly random: Random;
  readonly now: Now;
  /** Seconds that a temporary key lives; absent for a permanent key. */
  readonly expires_in?: number;
}

/** A started exchange: its first request has been answered. */
export interface BegunExchange {
  readonly flow: Flow<NewKey>;
  readonly step: IteratorResult<Uint8Array, NewKey>;
  /** Does what can be done before the next answer. */
  readonly meanwhile: () => void;
}

/** Throws `NetworkError`, `SecurityError` or `TlError`. */
export async function beginExchange(stream: PacketStream, options: ExchangeOptions): Promise<BegunExchange> {
  const { handshake } = await import('../mtproto/handshake.ts'); // costly, and most runs have a key
  const { keys, innerDc: dc, random, now, expires_in } = options;
  const ids = messageIds(now);
  const temporary = expires_in === undefined ? {} : { expires_in };
  let work = () => {};
  const meanwhile = (next: () => void) => {
    work = next;
  };
  const flow = handshake({ keys, dc, random, now, nextId: () => ids('request'), meanwhile, ...temporary });
  const first = flow.next();
  if (first.done === true) throw new RangeError('a key exchange begins with a request');
  stream.send([first.value]);
  return { flow, step: flow.next(await stream.next()), meanwhile: () => work() };
}

/** Throws `NetworkError`, `SecurityError` or `TlError`. */
export async function finishExchange(stream: PacketStream, { flow, step, meanwhile }: BegunExchange): Promise<NewKey> {
  let next = step;
  while (next.done !== true) {
    stream.send([next.value]);
    meanwhile();
    next = flow.next(await stream.next());
  }
  return next.value;
}

type Sources = Pick<ExchangeOptions, 'random' | 'now'>;

/** Starts a new session under a key. */
export function startChannel(key: NewKey, { random, now }: Sources): Channel {
  return new Channel({ ...key, side: 'client', session_id: le64(random(8)), now, random });
}

/** Checks that an MTProto server answers: sends the first request of a key exchange, and goes no further. */
export async function greet(stream: PacketStream, { random, now }: Sources): Promise<undefined> {
  const nonce = random(16);
  stream.send([sealPlain(messageIds(now)('request'), mtproto.encodeCall('req_pq_multi', { nonce }))]);
  const answer = mtproto.decodeAnswer('req_pq_multi', openPlain(await stream.next()).body, { trailing: true });
  if (!equal(answer.nonce, nonce)) throw new SecurityError('nonce is ours');
}

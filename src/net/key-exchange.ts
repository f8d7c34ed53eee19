/** A key exchange over a pipe: the client's flow of `mtproto/handshake.ts`, driven; and the session under the key that it makes. */

import type { Now, Random } from '../bytes.ts';
import { equal, le64 } from '../bytes.ts';
import { SecurityError } from '../errors.ts';
import { Channel } from '../mtproto/channel.ts';
import { openPlain, sealPlain } from '../mtproto/envelope.ts';
import type { Flow, NewKey } from '../mtproto/handshake.ts';
import { messageIds } from '../mtproto/message-id.ts';
import type { ServerKey } from '../mtproto/server-key.ts';
import { mtproto } from '../tl/layer.ts';
import type { Pipe } from './packet-stream.ts';

export interface ExchangeOptions {
  /** The RSA keys that are trusted. */
  readonly keys: readonly ServerKey[];
  /** The number that the key exchange names for this DC. */
  readonly innerDc: number;
  readonly random: Random;
  readonly now: Now;
  /** Makes a temporary key, of so many seconds. */
  readonly expires_in?: number;
}

/** An exchange whose first question has been answered. */
export interface Begun {
  readonly flow: Flow<NewKey>;
  /** The next one, for a server that has the right key. */
  readonly step: IteratorResult<Uint8Array, NewKey>;
}

/** Throws `NetworkError`, `SecurityError` or `TlError`. */
export async function beginExchange(pipe: Pipe, options: ExchangeOptions): Promise<Begun> {
  const { handshake } = await import('../mtproto/handshake.ts'); // costly, and most runs have a key
  const { keys, innerDc: dc, random, now, expires_in } = options;
  const ids = messageIds(now);
  const temporary = expires_in === undefined ? {} : { expires_in };
  const flow = handshake({ keys, dc, random, now, nextId: () => ids('request'), ...temporary });
  const first = flow.next();
  if (first.done === true) throw new RangeError('a key exchange begins with a question');
  pipe.send([first.value]);
  return { flow, step: flow.next(await pipe.next()) };
}

/** Throws `NetworkError`, `SecurityError` or `TlError`. */
export async function finishExchange(pipe: Pipe, { flow, step }: Begun): Promise<NewKey> {
  let next = step;
  while (next.done !== true) {
    pipe.send([next.value]);
    next = flow.next(await pipe.next());
  }
  return next.value;
}

/** A session of its own under a key. */
export function openSession(key: NewKey, { random, now }: Pick<ExchangeOptions, 'random' | 'now'>): Channel {
  return new Channel({ ...key, side: 'client', session_id: le64(random(8)), now, random });
}

/** Asks for nothing but a sign of life: the first question of a key exchange that goes no further. */
export async function greet(pipe: Pipe, { random, now }: Pick<ExchangeOptions, 'random' | 'now'>): Promise<undefined> {
  const nonce = random(16);
  pipe.send([sealPlain(messageIds(now)('request'), mtproto.encodeCall('req_pq_multi', { nonce }))]);
  const answer = mtproto.decodeAnswer('req_pq_multi', openPlain(await pipe.next()).body, { trailing: true });
  if (!equal(answer.nonce, nonce)) throw new SecurityError('nonce is ours');
}

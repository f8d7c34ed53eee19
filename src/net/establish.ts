/** A socket with a session key on it: dial, exchange keys if there is none, and try again while that may help. */
import type { Now, Random } from '../bytes.ts';
import { messageIds } from '../mtproto/message-id.ts';
import type { ServerKey } from '../mtproto/server-key.ts';
import type { TransportName } from '../transport/wire.ts';
import { backoff, sleep } from './backoff.ts';
import type { Address } from './datacentres.ts';
import { throwIfAborted } from './interruption.ts';
import { Pipe } from './pipe.ts';
import { asAnswer, isPassing, MAX_FAILURES } from './retry.ts';

export interface AuthKey {
  /** 256 bytes. */
  readonly auth_key: Uint8Array;
  readonly server_salt: bigint;
}

export interface EstablishOptions {
  readonly dc: number;
  /** The number that the key exchange names for this DC. */
  readonly innerDc: number;
  readonly addresses: readonly Address[];
  /** The RSA keys that are trusted. */
  readonly keys: readonly ServerKey[];
  readonly transport: TransportName;
  readonly random: Random;
  readonly now: Now;
  readonly signal: AbortSignal;
  /** A key was made, or its salt changed. */
  readonly onKey: (key: AuthKey) => void;
  /** The server's clock is so many seconds ahead. */
  readonly onClock: (time_offset: number) => void;
  readonly trace: (line: string) => void;
}

/** Throws `NetworkError` after several failures in a row, `SecurityError` at once, or the signal's reason. */
export async function establish(
  options: EstablishOptions,
  known: AuthKey | undefined,
): Promise<{ pipe: Pipe; key: AuthKey }> {
  const { addresses, transport, innerDc, random, signal, trace } = options;
  for (let failures = 1; ; failures++) {
    let pipe: Pipe | undefined;
    try {
      pipe = await Pipe.open(addresses, { transport, dc: innerDc, random, signal });
      throwIfAborted(signal);
      trace(`connected to ${pipe.address.host}:${pipe.address.port} (${transport})`);
      return { pipe, key: known ?? (await exchangeKeys(pipe, options)) };
    } catch (error) {
      pipe?.close();
      throwIfAborted(signal);
      if (!isPassing(error) || failures >= MAX_FAILURES) throw asAnswer(error);
      trace(`trying again: ${error.message}`);
      await sleep(backoff(failures, random), signal);
    }
  }
}

async function exchangeKeys(pipe: Pipe, options: EstablishOptions): Promise<AuthKey> {
  const { dc, keys, innerDc, random, now, signal, trace, onKey, onClock } = options;
  const close = () => pipe.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    const { handshake } = await import('../mtproto/handshake.ts'); // costly, and most runs have a key
    const ids = messageIds(now);
    const flow = handshake({ keys, dc: innerDc, random, now, nextId: () => ids('request') });
    let step = flow.next();
    while (step.done !== true) {
      pipe.send([step.value]);
      step = flow.next(await pipe.next());
    }
    const { auth_key, server_salt, time_offset } = step.value;
    trace(`made an authorization key for DC ${dc}`);
    onClock(time_offset);
    onKey({ auth_key, server_salt });
    return { auth_key, server_salt };
  } finally {
    signal.removeEventListener('abort', close);
  }
}

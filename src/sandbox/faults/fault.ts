/**
 * One connection as the data centre sees it, and what a fault may do with it.
 *
 * The honest peer reads and writes a `Line`. A fault is a wrapper around one: it passes on what it does not care about, and changes,
 * holds or drops the rest. It stands in the middle and knows every key, so it can tamper outside of the encryption and inside.
 */
import type { Now, Random } from '../../bytes.ts';
import type { RsaPrivateKey } from '../../crypto/rsa.ts';
import { isPlain } from '../../mtproto/envelope.ts';
import type { ServerKey } from '../../mtproto/server-key.ts';
import type { ServeOptions } from '../protocol/handshake-server.ts';

export interface Line {
  /** A payload from the client. */
  receive(payload: Uint8Array): void;
  /** A payload for the client: it will be framed, and then written. */
  send(payload: Uint8Array): void;
  /** Bytes into the socket. */
  write(bytes: Uint8Array): void;
  close(): void;
}

/** What a fault knows besides the line. */
export interface Insight {
  readonly key: ServerKey & RsaPrivateKey;
  readonly random: Random;
  /** The auth_key with this id, if there is one. */
  authKey(auth_key_id: bigint): Uint8Array | undefined;
  /** The auth_key that was made last. */
  newestAuthKey(): Uint8Array | undefined;
}

export type Wrap = (line: Line, insight: Insight) => Line;

export interface Fault {
  /** The data centre's clock. */
  readonly now?: (now: Now) => Now;
  /** How keys are exchanged. */
  readonly serve?: (options: ServeOptions) => ServeOptions;
  /** Wraps each new connection. */
  readonly wrap?: Wrap;
}

/** A kind of fault, and how one of it is made. */
export interface FaultKind {
  readonly does: string;
  readonly argument?: { readonly name: string; readonly default: string; readonly pattern: RegExp };
  /** The moment it happens at unless another is named; without one the fault is always at work. */
  readonly moment?: string;
  readonly make: (asked: { readonly argument: string; readonly moment: Moment }) => Fault;
}

/** Which of a connection's payloads is meant: the Nth of the key exchange (h1 … h3) or the Nth encrypted one (a1, a2, …). */
export interface Moment {
  readonly kind: 'h' | 'a';
  readonly number: number;
  /** On every connection; otherwise on the first that comes so far, once in the life of the fault. */
  readonly every: boolean;
}

/** Wraps each connection with something that can tell whether a payload it is about to send is the one of that moment. */
export function watching(
  moment: Moment,
  wrap: (line: Line, isDue: (payload: Uint8Array) => boolean, insight: Insight) => Line,
): Wrap {
  let spent = false;
  return (line, insight) => {
    const sent = { h: 0, a: 0 };
    const isDue = (payload: Uint8Array) => {
      const kind = isPlain(payload) ? 'h' : 'a';
      sent[kind]++;
      if (spent || kind !== moment.kind || sent[kind] !== moment.number) return false;
      spent = !moment.every;
      return true;
    };
    return wrap(line, isDue, insight);
  };
}

/** Hands the payload of that moment to `act` instead of sending it. */
export function at(moment: Moment, act: (payload: Uint8Array, line: Line, insight: Insight) => void): Wrap {
  return watching(moment, (line, isDue, insight) => ({
    ...line,
    send: (payload) => (isDue(payload) ? act(payload, line, insight) : line.send(payload)),
  }));
}

/** Sends the payload of that moment changed. */
export function edited(moment: Moment, edit: (payload: Uint8Array, insight: Insight) => Uint8Array): Wrap {
  return at(moment, (payload, line, insight) => line.send(edit(payload, insight)));
}

/** Hands the frame of that moment's payload to `act` instead of writing it. */
export function framed(
  moment: Moment,
  act: (frame: Uint8Array, line: Line, payload: Uint8Array, insight: Insight) => void,
): Wrap {
  return watching(moment, (line, isDue, insight) => {
    let due: Uint8Array | undefined;
    return {
      ...line,
      send(payload) {
        if (isDue(payload)) due = payload;
        line.send(payload);
      },
      write(bytes) {
        const payload = due;
        due = undefined;
        if (payload === undefined) line.write(bytes);
        else act(bytes, line, payload, insight);
      },
    };
  });
}

/** A copy with the lowest bit of one byte the other way round; an offset beyond the end counts on from the front. */
export function flipped(bytes: Uint8Array, offset: number): Uint8Array {
  const at = offset % bytes.length;
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
}

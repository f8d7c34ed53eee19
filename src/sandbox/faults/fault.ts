/**
 * What a fault is: a wrapper around a connection's traffic, which forwards what it does not change. It knows every key,
 * so it can tamper both outside and inside the encryption. The rest of the sandbox contains no faults.
 */
import { le64, type Now, type Random } from '../../bytes.ts';
import type { RsaPrivateKey } from '../../crypto/rsa.ts';
import { SecurityError } from '../../errors.ts';
import { isPlain, open } from '../../mtproto/envelope.ts';
import type { ServerKey } from '../../mtproto/server-key.ts';
import { idOf } from '../../tl/gzip.ts';
import type { ServeOptions } from '../protocol/handshake-server.ts';

const NEW_SESSION_CREATED = 0x9ec20908;

/** One connection, from the data centre's side. */
export interface Traffic {
  /** Takes a payload from the client. */
  receive(payload: Uint8Array): void;
  /** Takes a payload for the client, frames it and writes it. */
  send(payload: Uint8Array): void;
  /** Takes bytes for the socket. */
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface FaultContext {
  readonly key: ServerKey & RsaPrivateKey;
  readonly random: Random;
  authKey(auth_key_id: bigint): Uint8Array | undefined;
  newestAuthKey(): Uint8Array | undefined;
}

export type Wrap = (next: Traffic, context: FaultContext) => Traffic;

export interface Fault {
  /** Changes the data centre's clock. */
  readonly now?: (now: Now) => Now;
  /** Changes how keys are exchanged. */
  readonly serve?: (options: ServeOptions) => ServeOptions;
  /** Wraps each new connection. */
  readonly wrap?: Wrap;
}

export interface FaultArgument {
  readonly name: string;
  readonly default: string;
  readonly pattern: RegExp;
}

/** An argument that is one of some words, by default the first. */
export function oneOf(...words: readonly string[]): FaultArgument {
  return { name: words.join('|'), default: words[0] ?? '', pattern: new RegExp(`^(${words.join('|')})$`) };
}

export interface FaultKind {
  readonly does: string;
  readonly argument?: FaultArgument;
  /** The default moment. A fault without one is always active. */
  readonly moment?: string;
  readonly make: (moment: Moment, argument: string) => Fault;
}

/** One of a connection's payloads: the Nth of the key exchange (h1 … h3) or the Nth encrypted one (a1, a2, …). */
export interface Moment {
  readonly kind: 'h' | 'a';
  readonly number: number;
  /** Happens on every connection, not only on the first that reaches the moment. */
  readonly every: boolean;
}

/** Describes a fault that is always active. */
export function always(does: string, wrap: Wrap): FaultKind {
  return { does, make: () => ({ wrap }) };
}

/** What a fault at a moment gets. */
export interface DueContext extends FaultContext {
  readonly argument: string;
  /** Counts a payload, or any other event. Returns true for the one that the moment names. */
  readonly isDue: (payload?: Uint8Array) => boolean;
}

/** Describes a fault that happens at a moment. */
export function atMoment(
  moment: string,
  does: string,
  wrap: (next: Traffic, context: DueContext) => Traffic,
  argument?: FaultArgument,
): FaultKind {
  const make = (due: Moment, value: string): Fault => {
    let spent = false;
    return {
      wrap(next, context) {
        let count = 0;
        const isDue = (payload?: Uint8Array) => {
          if (payload !== undefined && (isPlain(payload) ? 'h' : 'a') !== due.kind) return false;
          if (payload !== undefined && isNewSession(payload, context)) return false;
          if (++count !== due.number || spent) return false;
          spent = !due.every;
          return true;
        };
        return wrap(next, { ...context, argument: value, isDue });
      },
    };
  };
  return { moment, does, make, ...(argument && { argument }) };
}

/** Whether a payload is new_session_created, which is not counted: a1 is the first answer in a new session, too. */
function isNewSession(payload: Uint8Array, { authKey }: FaultContext): boolean {
  const auth_key = payload.length < 24 ? undefined : authKey(le64(payload));
  if (auth_key === undefined) return false;
  try {
    return idOf(open(auth_key, 'server', payload).body) === NEW_SESSION_CREATED;
  } catch (error) {
    if (error instanceof SecurityError) return false; // another fault changed it
    throw error;
  }
}

/** Describes a fault that calls `act` instead of sending the payload of the moment. */
export function onPayload(
  does: string,
  act: (payload: Uint8Array, next: Traffic, context: DueContext) => void,
  argument?: FaultArgument,
): FaultKind {
  const wrap = (next: Traffic, context: DueContext): Traffic => ({
    ...next,
    send: (payload) => (context.isDue(payload) ? act(payload, next, context) : next.send(payload)),
  });
  return atMoment('a1', does, wrap, argument);
}

/** Returns a copy with one bit flipped. An offset beyond the end continues from the start. */
export function flipBit(bytes: Uint8Array, offset: number): Uint8Array {
  const at = offset % bytes.length;
  return bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
}

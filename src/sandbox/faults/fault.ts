/**
 * What a fault is: a wrapper around a connection's traffic, which forwards what it does not change. It knows every key,
 * so it can tamper both outside and inside the encryption. The rest of the sandbox contains no faults.
 */
import type { Now, Random } from '../../bytes.ts';
import type { RsaPrivateKey } from '../../crypto/rsa.ts';
import { isPlain } from '../../mtproto/envelope.ts';
import type { ServerKey } from '../../mtproto/server-key.ts';
import { idOf } from '../../tl/gzip.ts';
import type { ServeOptions } from '../protocol/handshake-server.ts';
import { answersIn, type Keys, openedBy } from './sealed.ts';

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

export interface FaultContext extends Keys {
  readonly key: ServerKey & RsaPrivateKey;
  readonly random: Random;
  newestAuthKey(): Uint8Array | undefined;
  /** The method of a recent call. */
  methodOf(req_msg_id: bigint): string | undefined;
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

/**
 * One of a connection's payloads: the Nth of the key exchange (h1 … h3), the Nth encrypted one (a1, a2, …), or the
 * first with an answer to a method.
 */
export interface Moment {
  readonly kind: 'h' | 'a' | { readonly method: string };
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
  /** Counts a payload, an answer by its req_msg_id, or any other event. Returns true for the one of the moment. */
  readonly isDue: (event?: Uint8Array | bigint) => boolean;
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
        const isDue = (event?: Uint8Array | bigint) => {
          if (!isCounted(event, due, context) || ++count !== due.number || spent) return false;
          spent = !due.every;
          return true;
        };
        return wrap(next, { ...context, argument: value, isDue });
      },
    };
  };
  return { moment, does, make, ...(argument && { argument }) };
}

/** new_session_created is not counted: a1 is the first answer in a new session, too. */
function isCounted(event: Uint8Array | bigint | undefined, { kind }: Moment, context: FaultContext): boolean {
  if (typeof kind === 'object') {
    const answered = typeof event === 'bigint' ? [event] : event === undefined ? [] : answersIn(event, context);
    return answered.some((req_msg_id) => context.methodOf(req_msg_id) === kind.method);
  }
  if (!(event instanceof Uint8Array)) return true;
  if ((isPlain(event) ? 'h' : 'a') !== kind) return false;
  const message = openedBy(context, event);
  return message === undefined || idOf(message.body) !== NEW_SESSION_CREATED;
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

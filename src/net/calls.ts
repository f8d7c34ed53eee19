/** The calls on a connection that wait for their answers, and the question what became of them. */
import { NetworkError } from '../errors.ts';

export interface Query {
  readonly method: string;
  /** The encoded call; the first one on a socket must introduce the client. */
  encode(introduce: boolean): Uint8Array;
  /** Doing it twice is no worse than once. */
  readonly repeatable: boolean;
  /** Ends the wait, whatever stage it is in. */
  readonly signal: AbortSignal;
}

/** A call goes out so often at most, whatever a server says became of it. */
const MAX_SENDINGS = 5;

export class Waiter {
  readonly query: Query;
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
  #sendings = 0;

  constructor(query: Query, resolve: Waiter['resolve'], reject: Waiter['reject']) {
    this.query = query;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Counts how often it goes out, which a server could make it do for ever by saying that it does not know the call; in the end it is rejected. */
  goesOut(): boolean {
    if (++this.#sendings <= MAX_SENDINGS) return true;
    this.reject(new NetworkError('MESSAGE_REFUSED', { code: 20 }));
    return false;
  }
}

/** msgs_state_info: what the low three bits of a byte say about a message, where it matters. */
export const FATE = { forgotten: 1, lost: 3, received: 4 } as const;

/** What became of a call. */
export interface Fate {
  readonly msg_id: bigint;
  readonly fate: number;
}

export class Calls {
  /** By the msg_id of the latest sending. */
  readonly #waiters = new Map<bigint, Waiter>();
  /** The last msgs_state_req and the calls that it asks about. */
  #question: { readonly msg_id: bigint; readonly about: readonly bigint[] } = { msg_id: 0n, about: [] };

  get size(): number {
    return this.#waiters.size;
  }

  get ids(): bigint[] {
    return [...this.#waiters.keys()];
  }

  add(msg_id: bigint, waiter: Waiter): void {
    this.#waiters.set(msg_id, waiter);
  }

  take(msg_id: bigint): Waiter | undefined {
    const waiter = this.#waiters.get(msg_id);
    this.#waiters.delete(msg_id);
    return waiter;
  }

  idOf(waiter: Waiter): bigint | undefined {
    for (const [msg_id, each] of this.#waiters) if (each === waiter) return msg_id;
    return undefined;
  }

  /** A call, or the question, has gone out under another id. */
  rename(from: bigint, to: bigint): void {
    if (from === this.#question.msg_id) this.#question = { ...this.#question, msg_id: to };
    const waiter = this.take(from);
    if (waiter !== undefined) this.#waiters.set(to, waiter);
  }

  /** Notes under which id it was asked what became of these calls; tells the id of the question before. */
  ask(msg_id: bigint, about: readonly bigint[]): bigint {
    const before = this.#question.msg_id;
    this.#question = { msg_id, about };
    return before;
  }

  /** The other side knows nothing of these messages. If the last question is one of them, it knows nothing of what that asks about. */
  forgotten(msg_ids: readonly bigint[]): Fate[] {
    const all = msg_ids.flatMap((msg_id) => [msg_id, ...this.#askedIn(msg_id)]);
    return all.map((msg_id) => ({ msg_id, fate: FATE.forgotten }));
  }

  /** The answer to the last question: a byte for each message. */
  told(question: bigint, info: Uint8Array): Fate[] {
    return this.#askedIn(question).map((msg_id, i) => ({ msg_id, fate: (info[i] ?? FATE.forgotten) & 7 }));
  }

  /** The session of these calls has ended. The one that was `refused`, if any was, has surely not been carried out. */
  ended(msg_ids: readonly bigint[], refused: bigint | undefined): Fate[] {
    return msg_ids.map((msg_id) => ({ msg_id, fate: msg_id === refused ? FATE.lost : FATE.forgotten }));
  }

  #askedIn(msg_id: bigint): readonly bigint[] {
    return msg_id === this.#question.msg_id ? this.#question.about : [];
  }

  /** None of them will be answered. */
  end(error: unknown): void {
    for (const { reject } of this.#waiters.values()) reject(error);
    this.#waiters.clear();
  }
}

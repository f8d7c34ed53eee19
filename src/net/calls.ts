/** The calls on a connection that wait for their answers, and the question what became of them. */

export interface Query {
  readonly method: string;
  /** The encoded call; the first one on a socket must introduce the client. */
  encode(introduce: boolean): Uint8Array;
  /** Doing it twice is no worse than once. */
  readonly repeatable: boolean;
  /** Ends the wait, whatever stage it is in. */
  readonly signal: AbortSignal;
}

export class Waiter {
  readonly query: Query;
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
  /** How often it was sent anew, because the server said that it had not received it or did not know. */
  sendings = 0;

  constructor(query: Query, resolve: Waiter['resolve'], reject: Waiter['reject']) {
    this.query = query;
    this.resolve = resolve;
    this.reject = reject;
  }
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

  /** The calls that the last question, if that is its id, is about. */
  askedIn(msg_id: bigint): readonly bigint[] {
    return msg_id === this.#question.msg_id ? this.#question.about : [];
  }

  /** None of them will be answered. */
  end(error: unknown): void {
    for (const { reject } of this.#waiters.values()) reject(error);
    this.#waiters.clear();
  }
}

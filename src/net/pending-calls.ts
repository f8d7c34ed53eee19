/** The calls on a connection that wait for their answers, and the question what became of them. */
import { NetworkError } from '../errors.ts';
import type { Channel } from '../mtproto/channel.ts';
import { mtproto } from '../tl/layer.ts';

export interface Query {
  readonly method: string;
  /** The layer that the call is of. */
  readonly layer: number;
  /** The encoded call, without initConnection around it. */
  readonly bytes: Uint8Array;
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

/** Sends a call and brings its answer. When the query's signal ends the wait, `drop` must reject the waiter. */
export async function waitFor(
  query: Query,
  send: (waiter: Waiter) => void,
  drop: (waiter: Waiter) => void,
): Promise<Uint8Array> {
  let onAbort = () => {};
  try {
    return await new Promise((resolve, reject) => {
      const waiter = new Waiter(query, resolve, reject);
      onAbort = () => drop(waiter);
      query.signal.addEventListener('abort', onAbort, { once: true });
      send(waiter);
    });
  } finally {
    query.signal.removeEventListener('abort', onAbort);
  }
}

/** msgs_state_info: what the low three bits of a byte say about a message, where it matters. */
const FATE = { forgotten: 1, lost: 3, received: 4 } as const;

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

  /** Whether the call was waited for. The server is told on `channel` that its answer is not needed. */
  drop(waiter: Waiter, channel: Channel | undefined): boolean {
    const [req_msg_id] = [...this.#waiters].find(([, each]) => each === waiter) ?? [];
    if (req_msg_id === undefined) return false;
    this.#waiters.delete(req_msg_id);
    channel?.outbox.settle(req_msg_id);
    channel?.outbox.settle(channel.send(mtproto.encodeCall('rpc_drop_answer', { req_msg_id })));
    return true;
  }

  /** A call, or the question, has gone out under another id. */
  rename(from: bigint, to: bigint): void {
    if (from === this.#question.msg_id) this.#question = { ...this.#question, msg_id: to };
    const waiter = this.take(from);
    if (waiter !== undefined) this.#waiters.set(to, waiter);
  }

  /** Asks what became of all calls (msgs_state_req), in place of an earlier question. */
  ask(channel: Channel): void {
    const about = this.ids;
    channel.outbox.settle(this.#question.msg_id);
    this.#question = { msg_id: channel.send(mtproto.encode({ _: 'msgs_state_req', msg_ids: about })), about };
  }

  /** Ends the calls that may have been carried out, and returns those that go out again. A call that was received keeps waiting. */
  judge(fates: readonly Fate[], channel: Channel): Waiter[] {
    const again: Waiter[] = [];
    for (const { msg_id, fate } of fates) {
      const waiter = fate === FATE.received ? undefined : this.take(msg_id);
      if (waiter === undefined) continue;
      channel.outbox.settle(msg_id);
      if (fate === FATE.forgotten && !waiter.query.repeatable)
        waiter.reject(new NetworkError('ANSWER_LOST', { method: waiter.query.method }));
      else again.push(waiter);
    }
    return again;
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

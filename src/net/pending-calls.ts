/** The calls on a connection that wait for answers, and what became of them when a message or a session was lost. */
import { NetworkError, RpcError } from '../errors.ts';
import type { Channel } from '../mtproto/channel.ts';
import type { Event } from '../mtproto/service-messages.ts';
import { mtproto } from '../tl/layer.ts';
import type { Trace } from './wire-event.ts';

export interface Query {
  readonly method: string;
  readonly layer: number;
  /** The encoded call, without initConnection around it. */
  readonly bytes: Uint8Array;
  /** Running the call twice does no harm. */
  readonly repeatable: boolean;
  /** Ends the call in any stage. */
  readonly signal: AbortSignal;
}

/** How often a call is sent at most: a server could ask for it forever. */
const MAX_SENDINGS = 5;

export class PendingCall {
  readonly query: Query;
  readonly answer: Promise<Uint8Array>;
  resolve: (answer: Uint8Array) => void = () => {};
  reject: (error: unknown) => void = () => {};
  #sendings = 0;

  constructor(query: Query) {
    this.query = query;
    this.answer = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Counts a sending. Rejects the call and returns false if it was sent too often. */
  maySend(): boolean {
    if (++this.#sendings <= MAX_SENDINGS) return true;
    this.reject(new NetworkError('MESSAGE_REFUSED', { code: 20 }));
    return false;
  }
}

/** The low three bits of a byte in msgs_state_info, where they matter. */
const STATE = { forgotten: 1, notReceived: 3, received: 4 } as const;

export class PendingCalls {
  /** By the msg_id of the latest sending. */
  readonly #calls = new Map<bigint, PendingCall>();
  /** The last msgs_state_req and the calls that it asks about. */
  #question: { readonly msg_id: bigint; readonly about: readonly bigint[] } = { msg_id: 0n, about: [] };
  readonly #trace: Trace;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  get size(): number {
    return this.#calls.size;
  }

  get ids(): bigint[] {
    return [...this.#calls.keys()];
  }

  add(msg_id: bigint, call: PendingCall): void {
    this.#calls.set(msg_id, call);
  }

  /** Stops waiting for a call, and queues on `channel` that the server may drop it. Returns whether it was pending. */
  drop(call: PendingCall, channel: Channel | undefined): boolean {
    const [req_msg_id] = [...this.#calls].find(([, each]) => each === call) ?? [];
    if (req_msg_id === undefined) return false;
    this.#calls.delete(req_msg_id);
    channel?.outbox.settle(req_msg_id);
    channel?.outbox.settle(channel.send(mtproto.encodeCall('rpc_drop_answer', { req_msg_id })));
    return true;
  }

  /** Rejects all calls. */
  end(error: unknown): void {
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }

  /** Asks what became of all calls (msgs_state_req), instead of an earlier question. */
  ask(channel: Channel): void {
    const about = this.ids;
    channel.outbox.settle(this.#question.msg_id);
    this.#question = { msg_id: channel.send(mtproto.encode({ _: 'msgs_state_req', msg_ids: about })), about };
  }

  /** Applies what an event says about calls. Returns the calls to send again. */
  handle(event: Event, channel: Channel): PendingCall[] {
    switch (event._) {
      case 'answer':
        this.#trace(`← an answer, ${event.body.length} bytes`);
        this.#take(event.req_msg_id)?.resolve(event.body);
        return [];
      case 'error': {
        this.#trace(`← ${event.error_code} ${event.error_message}`);
        const call = this.#take(event.req_msg_id);
        call?.reject(new RpcError(event.error_code, event.error_message, call.query.method));
        return [];
      }
      case 'renamed':
        this.#trace('a message was refused unread and is sent again');
        this.#rename(event.from, event.to);
        return [];
      case 'refused':
        this.#take(event.msg_id)?.reject(new NetworkError('MESSAGE_REFUSED', { code: event.error_code }));
        return this.#forgotten([event.msg_id], channel);
      case 'forgotten':
        return this.#forgotten(event.msg_ids, channel);
      case 'state':
        return this.#settle(this.#askedIn(event.req_msg_id), channel, (_, i) => (event.info[i] ?? STATE.forgotten) & 7);
      default:
        return [];
    }
  }

  /** The session of these calls ended. The `refused` one surely did not run. Returns the calls to send again. */
  sessionEnded(msg_ids: readonly bigint[], refused: bigint | undefined, channel: Channel): PendingCall[] {
    return this.#settle(msg_ids, channel, (id) => (id === refused ? STATE.notReceived : STATE.forgotten));
  }

  /** Handles messages that the server does not know. If the last question is one of them, so are the calls in it. */
  #forgotten(msg_ids: readonly bigint[], channel: Channel): PendingCall[] {
    const all = msg_ids.flatMap((msg_id) => [msg_id, ...this.#askedIn(msg_id)]);
    return this.#settle(all, channel, () => STATE.forgotten);
  }

  /** Rejects the calls that may have run. A call that was received stays pending; the others are returned. */
  #settle(ids: readonly bigint[], channel: Channel, stateOf: (msg_id: bigint, i: number) => number): PendingCall[] {
    const again: PendingCall[] = [];
    for (const [i, msg_id] of ids.entries()) {
      const state = stateOf(msg_id, i);
      const call = state === STATE.received ? undefined : this.#take(msg_id);
      if (call === undefined) continue;
      channel.outbox.settle(msg_id);
      const { repeatable, method } = call.query;
      if (state === STATE.forgotten && !repeatable) call.reject(new NetworkError('ANSWER_LOST', { method }));
      else again.push(call);
    }
    return again;
  }

  #take(msg_id: bigint): PendingCall | undefined {
    const call = this.#calls.get(msg_id);
    this.#calls.delete(msg_id);
    return call;
  }

  /** A call, or the question, was sent under another id. */
  #rename(from: bigint, to: bigint): void {
    if (from === this.#question.msg_id) this.#question = { ...this.#question, msg_id: to };
    const call = this.#take(from);
    if (call !== undefined) this.#calls.set(to, call);
  }

  #askedIn(msg_id: bigint): readonly bigint[] {
    return msg_id === this.#question.msg_id ? this.#question.about : [];
  }
}

/**
 * The messages of one side of a session: queued, or sent and not yet settled. A message is settled when its outcome is
 * known.
 *
 * Rules kept here (https://core.telegram.org/mtproto/description):
 * - The nth content-related message, counted from 0, has seq_no 2n + 1. Any other message has 2n, n content-related
 *   ones being before it.
 * - A container's msg_id is higher than those of its messages.
 * - A message is sent again under the same msg_id only inside a container.
 */
import type { Now } from '../bytes.ts';
import { idOf } from '../tl/gzip.ts';
import { mtproto } from '../tl/layer.ts';
import type { BareMessage } from './envelope.ts';
import { type MessageKind, messageIds } from './message-id.ts';
import { remember } from './remember.ts';

/** The bytes of a message, or a function that makes them whenever the message gets a new msg_id. */
export type Body = Uint8Array | ((msg_id: bigint) => Uint8Array);

interface Kept extends BareMessage {
  readonly made: Body;
  readonly kind: MessageKind;
  readonly resends: number;
  /** The number of its session, counted from 0. */
  readonly session: number;
}

/** A container's limits. The protocol allows 1024 messages and 2^20 bytes; other clients stay a little below. */
const CONTAINER = { messages: 1020, bytes: 1_000_000 } as const;
/** Sent in a payload of its own: some clients do not read an answer beside it until they have handled it. */
const NEW_SESSION_CREATED = 0x9ec20908;
/** Acknowledgements in one msgs_ack. */
const MAX_ACKS = 8192;
/** More acknowledgements than these are sent even without another message. */
const MANY_ACKS = 16;
/** How many of the latest ids, containers and server's messages are kept. A client's calls are kept until settled. */
export const REMEMBERED = 200;
/** How often a refused message is sent again under a new id. */
const MAX_RESENDS = 4;

export class Outbox {
  readonly #now: Now;
  #nextId: (kind: MessageKind) => bigint;
  #contentRelated = 0;
  #queue: BareMessage[] = [];
  readonly #acks = new Set<bigint>();
  readonly #kept = new Map<bigint, Kept>();
  readonly #containers = new Map<bigint, readonly bigint[]>();
  /** Ids sent lately → the number of their session; undefined once refused. */
  readonly #recent = new Map<bigint, number | undefined>();
  #session = 0;

  constructor(now: Now) {
    this.#now = now;
    this.#nextId = messageIds(now);
  }

  /** Queues a content-related message and keeps it until it is settled. */
  send(made: Body, kind: MessageKind, resends = 0): bigint {
    const msg_id = this.#freshId(kind);
    const body = typeof made === 'function' ? made(msg_id) : made;
    const message = { msg_id, seq_no: 2 * this.#contentRelated++ + 1, body };
    this.#queue.push(message);
    const kept = { ...message, made, kind, resends, session: this.#session };
    if (kind !== 'request') remember(this.#kept, msg_id, kept, REMEMBERED);
    else this.#kept.set(msg_id, kept); // a call that waits for its answer is never forgotten
    return msg_id;
  }

  /** Queues a service message that needs no acknowledgement. It is not kept. */
  notify(body: Uint8Array, kind: MessageKind): bigint {
    const message = { msg_id: this.#freshId(kind), seq_no: 2 * this.#contentRelated, body };
    this.#queue.push(message);
    return message.msg_id;
  }

  /** Queues an acknowledgement. */
  acknowledge(msg_id: bigint): void {
    this.#acks.add(msg_id);
  }

  /** Drops an acknowledgement: the answer acknowledges the call. */
  dropAck(msg_id: bigint): void {
    this.#acks.delete(msg_id);
  }

  /** Forgets a message whose outcome is known. Returns false if it was not kept. */
  settle(msg_id: bigint): boolean {
    return this.#kept.delete(msg_id);
  }

  find(msg_id: bigint): BareMessage | undefined {
    return this.#kept.get(msg_id);
  }

  get unsettled(): bigint[] {
    return [...this.#kept.keys()];
  }

  /** The unsettled messages of the present session that are older than this id. */
  unsettledBefore(msg_id: bigint): bigint[] {
    return this.unsettled.filter((each) => each < msg_id && this.#kept.get(each)?.session === this.#session);
  }

  /** The messages sent under this id: one, or those of a container. `undefined` if the id was not sent lately. */
  sentUnder(msg_id: bigint): readonly bigint[] | undefined {
    const isOurs = this.#recent.get(msg_id) !== undefined || this.#kept.has(msg_id);
    return this.#containers.get(msg_id) ?? (isOurs ? [msg_id] : undefined);
  }

  /**
   * The same for an id that the other side refuses, once for each id. `isFormer`: it was sent in an earlier session.
   */
  refused(msg_id: bigint): { readonly msg_ids: readonly bigint[]; readonly isFormer: boolean } | undefined {
    const msg_ids = this.sentUnder(msg_id);
    if (msg_ids === undefined) return undefined;
    const session = this.#recent.get(msg_id) ?? this.#kept.get(msg_id)?.session;
    if (this.#recent.has(msg_id)) this.#recent.set(msg_id, undefined);
    this.#containers.delete(msg_id);
    return { msg_ids, isFormer: session !== this.#session };
  }

  /** Queues a kept message again under a new id. `undefined` if it is not kept or was refused too often. */
  resend(msg_id: bigint): bigint | undefined {
    const kept = this.#kept.get(msg_id);
    if (kept === undefined) return undefined;
    this.#kept.delete(msg_id);
    this.#queue = this.#queue.filter((each) => each.msg_id !== msg_id);
    return kept.resends >= MAX_RESENDS ? undefined : this.send(kept.made, kept.kind, kept.resends + 1);
  }

  /** Queues kept messages again under their own ids, which must go into a container. */
  repeat(msg_ids: readonly bigint[]): void {
    const queued = new Set(this.#queue.map(({ msg_id }) => msg_id));
    for (const msg_id of new Set(msg_ids)) {
      const kept = this.#kept.get(msg_id);
      if (kept?.session === this.#session && !queued.has(msg_id)) this.#queue.push(kept);
    }
  }

  /** Starts a new session, with lower ids if `backwards`. Returns the kept messages that were never sent. */
  restart(backwards: boolean): bigint[] {
    const unsent = this.#queue.map(({ msg_id }) => msg_id).filter((each) => !this.#recent.has(each));
    if (backwards) this.#nextId = messageIds(this.#now);
    this.#session++;
    this.#contentRelated = 0;
    this.#queue = [];
    this.#acks.clear();
    return unsent.filter((each) => this.#kept.has(each));
  }

  /** Takes the queue: one message as it is, several in containers. `acks`: send acknowledgements even alone. */
  take(acks: boolean, kind: MessageKind): BareMessage[] {
    if (this.#acks.size > (acks || this.#queue.length > 0 ? 0 : MANY_ACKS)) {
      const all = [...this.#acks];
      this.#acks.clear();
      for (let i = 0; i < all.length; i += MAX_ACKS)
        this.notify(mtproto.encode({ _: 'msgs_ack', msg_ids: all.slice(i, i + MAX_ACKS) }), kind);
    }
    const queue = this.#queue;
    this.#queue = [];
    return batches(queue).map((batch) => this.#envelop(batch, kind));
  }

  #envelop(batch: readonly BareMessage[], kind: MessageKind): BareMessage {
    const [only] = batch;
    if (only !== undefined && batch.length === 1 && !this.#recent.has(only.msg_id)) {
      this.#note(only.msg_id);
      return only;
    }
    for (const { msg_id } of batch) this.#note(msg_id);
    const messages = batch.map(({ msg_id, seq_no, body }) => ({
      _: 'message' as const,
      msg_id,
      seqno: seq_no,
      bytes: body.length,
      body,
    }));
    const body = mtproto.encode({ _: 'msg_container', messages });
    const container = { msg_id: this.#freshId(kind), seq_no: 2 * this.#contentRelated, body };
    this.#note(container.msg_id);
    const ids = batch.map(({ msg_id }) => msg_id);
    remember(this.#containers, container.msg_id, ids, REMEMBERED);
    return container;
  }

  /** Returns an id that is not in use: ids of a former session may be higher. */
  #freshId(kind: MessageKind): bigint {
    for (;;) {
      const msg_id = this.#nextId(kind);
      if (!this.#recent.has(msg_id) && !this.#kept.has(msg_id)) return msg_id;
    }
  }

  #note(msg_id: bigint): void {
    remember(this.#recent, msg_id, this.#session, REMEMBERED);
  }
}

function batches(queue: readonly BareMessage[]): BareMessage[][] {
  const all: BareMessage[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  let afterLone = false;
  for (const message of queue) {
    const isLone = idOf(message.body) === NEW_SESSION_CREATED;
    bytes += isLone || afterLone ? Number.POSITIVE_INFINITY : 16 + message.body.length;
    afterLone = isLone;
    if (bytes > CONTAINER.bytes || (all.at(-1)?.length ?? 0) >= CONTAINER.messages) {
      all.push([]);
      bytes = 16 + message.body.length;
    }
    all.at(-1)?.push(message);
  }
  return all;
}

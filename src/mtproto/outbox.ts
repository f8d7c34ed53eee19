/**
 * What one side of a session has to send, has sent, and does not yet know the fate of.
 *
 * Rules kept here (https://core.telegram.org/mtproto/description): a content-related message has the odd seq_no 2n + 1, n being
 * those made before it; anything else 2n. A container is made after what it holds. A message never goes out twice under one msg_id, but
 * inside a container. The ids of both sides are in `message-id.ts`.
 */
import type { Now } from '../bytes.ts';
import { mtproto } from '../tl/layer.ts';
import { type MessageKind, messageIds } from './message-id.ts';

export interface Outgoing {
  readonly msg_id: bigint;
  readonly seq_no: number;
  readonly body: Uint8Array;
}

/** The bytes of a message, or what makes them of the msg_id that it gets: each time that it gets one. */
export type Body = Uint8Array | ((msg_id: bigint) => Uint8Array);

interface Kept extends Outgoing {
  readonly made: Body;
  readonly kind: MessageKind;
  readonly resends: number;
  /** In which of our sessions it is, counted from 0. */
  readonly session: number;
}

/** A container's limits: 1024 messages and 2^20 bytes are the protocol's; peers stay a little below. */
const CONTAINER = { messages: 1020, bytes: 1_000_000 } as const;
/** At most this many acknowledgements in one msgs_ack. */
const MAX_ACKS = 8192;
/** More than these are sent though nothing else is. */
const MANY_ACKS = 16;
/** How many of the latest ids, containers and server's messages are remembered; a client's calls are until their fate is known. */
const REMEMBERED = 200;
/** A message that was refused this often under new ids is not sent again. */
const MAX_RESENDS = 4;

export class Outbox {
  readonly #now: Now;
  #nextId: (kind: MessageKind) => bigint;
  #contentRelated = 0;
  #queue: Outgoing[] = [];
  readonly #acks = new Set<bigint>();
  readonly #kept = new Map<bigint, Kept>();
  readonly #containers = new Map<bigint, readonly bigint[]>();
  /** What went out of late, by the session in which it did; undefined once it was refused. */
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
    this.#kept.set(msg_id, { ...message, made, kind, resends, session: this.#session });
    if (kind !== 'request') forgetOldest(this.#kept); // whoever waits for an answer must not be forgotten
    return msg_id;
  }

  /** Queues a service message that needs no acknowledgement; it is not kept. */
  notify(body: Uint8Array, kind: MessageKind): bigint {
    const message = { msg_id: this.#freshId(kind), seq_no: 2 * this.#contentRelated, body };
    this.#queue.push(message);
    return message.msg_id;
  }

  acknowledge(msg_id: bigint): void {
    this.#acks.add(msg_id);
  }

  /** The answer goes out anyway, and acknowledges its request. */
  dropAck(msg_id: bigint): void {
    this.#acks.delete(msg_id);
  }

  /** The fate of a message is known; false if it was not waited for. */
  settle(msg_id: bigint): boolean {
    return this.#kept.delete(msg_id);
  }

  find(msg_id: bigint): Outgoing | undefined {
    return this.#kept.get(msg_id);
  }

  get unsettled(): bigint[] {
    return [...this.#kept.keys()];
  }

  /** What went into the present session before this id and is not settled. */
  unsettledBefore(msg_id: bigint): bigint[] {
    return this.unsettled.filter((each) => each < msg_id && this.#kept.get(each)?.session === this.#session);
  }

  /** The messages that went out under this id, one or a container's; undefined if it is none of ours of late. */
  sentUnder(msg_id: bigint): readonly bigint[] | undefined {
    const isOurs = this.#recent.get(msg_id) !== undefined || this.#kept.has(msg_id);
    return this.#containers.get(msg_id) ?? (isOurs ? [msg_id] : undefined);
  }

  /** The same for an id that the other side refuses, which can be but once, and whether it went out in an earlier session. */
  refused(msg_id: bigint): { readonly msg_ids: readonly bigint[]; readonly isFormer: boolean } | undefined {
    const msg_ids = this.sentUnder(msg_id);
    if (msg_ids === undefined) return undefined;
    const session = this.#recent.get(msg_id) ?? this.#kept.get(msg_id)?.session;
    if (this.#recent.has(msg_id)) this.#recent.set(msg_id, undefined);
    this.#containers.delete(msg_id);
    return { msg_ids, isFormer: session !== this.#session };
  }

  /** Queues a kept message again under a new id; undefined if it is not kept or was refused too often. */
  resend(msg_id: bigint): bigint | undefined {
    const kept = this.#kept.get(msg_id);
    if (kept === undefined) return undefined;
    this.#kept.delete(msg_id);
    this.#queue = this.#queue.filter((each) => each.msg_id !== msg_id);
    return kept.resends >= MAX_RESENDS ? undefined : this.send(kept.made, kept.kind, kept.resends + 1);
  }

  /** Queues kept messages again under their own ids, which only a container may do. */
  repeat(msg_ids: readonly bigint[]): void {
    const queued = new Set(this.#queue.map(({ msg_id }) => msg_id));
    for (const msg_id of new Set(msg_ids)) {
      const kept = this.#kept.get(msg_id);
      if (kept?.session === this.#session && !queued.has(msg_id)) this.#queue.push(kept);
    }
  }

  /** A new session: seq_no begins anew, and ids too if they have to go `backwards`. Tells which kept messages have not gone out yet. */
  restart(backwards: boolean): bigint[] {
    const unsent = this.#queue.map(({ msg_id }) => msg_id).filter((each) => !this.#recent.has(each));
    if (backwards) this.#nextId = messageIds(this.#now);
    this.#session++;
    this.#contentRelated = 0;
    this.#queue = [];
    this.#acks.clear();
    return unsent.filter((each) => this.#kept.has(each));
  }

  /** All that waits, as messages for the envelope: a lone one as it is, several in containers. */
  take(acks: boolean, kind: MessageKind): Outgoing[] {
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

  #envelop(batch: readonly Outgoing[], kind: MessageKind): Outgoing {
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
    remember(
      this.#containers,
      container.msg_id,
      batch.map(({ msg_id }) => msg_id),
    );
    return container;
  }

  /** An id that none of those remembered has: in a former session, ids may have been ahead. */
  #freshId(kind: MessageKind): bigint {
    for (;;) {
      const msg_id = this.#nextId(kind);
      if (!this.#recent.has(msg_id) && !this.#kept.has(msg_id)) return msg_id;
    }
  }

  #note(msg_id: bigint): void {
    remember(this.#recent, msg_id, this.#session);
  }
}

/** Adds to a map that forgets its oldest entries. */
export function remember<T>(map: Map<bigint, T>, msg_id: bigint, value: T): void {
  map.set(msg_id, value);
  forgetOldest(map);
}

function forgetOldest(map: Map<bigint, unknown>): void {
  const [oldest] = map.keys();
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest);
}

function batches(queue: readonly Outgoing[]): Outgoing[][] {
  const all: Outgoing[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of queue) {
    bytes += 16 + message.body.length;
    if (bytes > CONTAINER.bytes || (all.at(-1)?.length ?? 0) >= CONTAINER.messages) {
      all.push([]);
      bytes = 16 + message.body.length;
    }
    all.at(-1)?.push(message);
  }
  return all;
}

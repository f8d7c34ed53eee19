/**
 * One session over one auth_key, without I/O: payloads in, events and payloads out. Client and server share it; `SIDES`
 * holds most of what differs. A client maps calls to promises above it, a server has a table of handlers.
 * `service-messages.ts` handles the contents.
 *
 * A received message is accepted by the rules of the security guidelines
 * (https://core.telegram.org/mtproto/security_guidelines): sealed with our key (`envelope.ts`), in our session, from
 * the other side, inside the time window, never twice.
 */
import { le64, type Now, type Random } from '../bytes.ts';
import { type Check, SecurityError, TlError } from '../errors.ts';
import { idOf, pack, type Unpack, unpacker } from '../tl/gzip.ts';
import { mtproto } from '../tl/layer.ts';
import type { mtprotoText } from '../tl/schema/mtproto.ts';
import type { Types } from '../tl/types.ts';
import { MSG_CONTAINER, readContainer } from './container.ts';
import { type BareMessage, type Message, open, seal } from './envelope.ts';
import { follows, isFrom, outsideWindow, SeenIds, type Side, timeOf } from './message-id.ts';
import { checking, type Observed } from './observe.ts';
import { type Body, Outbox, REMEMBERED } from './outbox.ts';
import { remember } from './remember.ts';
import {
  type Event,
  receiveService,
  type ServerHooks,
  type ServerSalts,
  type ServiceContext,
} from './service-messages.ts';

const SIDES = {
  client: { other: 'server', kind: 'request' },
  server: { other: 'client', kind: 'notice' },
} as const;

const MSGS_ACK = 0x62d6b459;
const RPC_RESULT = 0xf35c6d01;
/** bad_msg_notification and bad_server_salt. */
const REFUSALS: ReadonlySet<number> = new Set([0xa7eff811, 0xedab447b]);

/** What a session concluded from a payload that it received. */
export type Concluded = { readonly _: 'concluded'; readonly event: Event };

type Observe = (event: Observed | Concluded) => void;

interface ChannelOptions {
  readonly auth_key: Uint8Array;
  readonly side: Side;
  readonly session_id: bigint;
  /** The salt of a client's messages. A server uses `salts`. */
  readonly server_salt: bigint;
  /** Seconds by which the server's clock is ahead of `now`; 0 for a server. */
  readonly time_offset?: number;
  readonly salts?: ServerSalts;
  readonly hooks?: ServerHooks;
  readonly now: Now;
  readonly random: Random;
  readonly observe?: Observe | undefined;
}

export class Channel implements ServiceContext {
  readonly side: Side;
  readonly salts: ServerSalts | undefined;
  readonly random: Random;
  readonly outbox: Outbox;
  readonly seen = new SeenIds();
  readonly hooks: ServerHooks | undefined;
  session_id: bigint;
  server_salt: bigint;
  time_offset: number;
  /** The session before this one: answers to its calls may still arrive. */
  #former: bigint | undefined;
  readonly #auth_key: Uint8Array;
  readonly #now: Now;
  readonly #observe: Observe;
  readonly #check: Check;
  /**
   * A new session's first message cannot be a replay: it may correct a client's clock, and starts a server's session.
   */
  #begun = false;
  /** The unique_id of new_session_created. If it changes, the server has lost this session. */
  #unique_id: bigint | undefined;
  /** msg_id of a call → msg_id of its answer. */
  readonly #answers = new Map<bigint, bigint>();

  constructor(options: ChannelOptions) {
    this.side = options.side;
    this.salts = options.salts;
    this.random = options.random;
    this.session_id = options.session_id;
    this.server_salt = options.server_salt;
    this.time_offset = options.time_offset ?? 0;
    this.hooks = options.hooks;
    this.#auth_key = options.auth_key;
    this.#now = options.now;
    this.#observe = options.observe ?? (() => {});
    this.#check = checking(this.#observe);
    this.outbox = new Outbox(() => options.now() + this.time_offset * 1000);
  }

  /** The server's time by this side's estimate, in seconds. */
  get time(): number {
    return this.#now() / 1000 + this.time_offset;
  }

  /** Queues a content-related message: a client's call or a server's update. */
  send(body: Body): bigint {
    return this.outbox.send(body, SIDES[this.side].kind);
  }

  /** Queues a service message that needs no acknowledgement. */
  notify(body: Uint8Array): bigint {
    return this.outbox.notify(body, SIDES[this.side].kind);
  }

  /** Queues a server's answer to a call. */
  answer(req_msg_id: bigint, result: Uint8Array, options: { readonly gzip?: boolean } = {}): bigint {
    this.outbox.dropAck(req_msg_id);
    const packed = options.gzip === true ? pack(result) : result;
    const msg_id = this.outbox.send(mtproto.encode({ _: 'rpc_result', req_msg_id, result: packed }), 'answer');
    remember(this.#answers, req_msg_id, msg_id, REMEMBERED);
    return msg_id;
  }

  /** Handles rpc_drop_answer: forgets an answer that the client has not acknowledged. */
  dropAnswer(req_msg_id: bigint): Types<typeof mtprotoText>['RpcDropAnswer'] {
    const msg_id = this.#answers.get(req_msg_id);
    if (msg_id === undefined && this.seen.has(req_msg_id)) return { _: 'rpc_answer_dropped_running' };
    const answer = this.outbox.find(msg_id ?? 0n);
    if (answer === undefined) return { _: 'rpc_answer_unknown' };
    this.outbox.settle(answer.msg_id);
    return { _: 'rpc_answer_dropped', msg_id: answer.msg_id, seq_no: answer.seq_no, bytes: answer.body.length };
  }

  /**
   * Seals everything that is queued. Acknowledgements are added; without other messages they are sent only if there are
   * many or if `acks` is true, which is a server's default: its client may be waiting for one.
   */
  flush({ acks = this.side === 'server' }: { readonly acks?: boolean } = {}): Uint8Array[] {
    const { kind } = SIDES[this.side];
    return this.outbox.take(acks, kind).map((message) => {
      const salt = this.salts?.current ?? this.server_salt;
      const content = { salt, session_id: this.session_id, ...message };
      return seal(this.#auth_key, this.side, content, this.random, this.#observe);
    });
  }

  /** Opens a payload from the other side. Throws `SecurityError`; the connection must then be closed. */
  receive(payload: Uint8Array): Event[] {
    const events = this.accept(open(this.#auth_key, SIDES[this.side].other, payload, this.#observe));
    for (const event of events) this.#observe({ _: 'concluded', event });
    return events;
  }

  /** Checks and handles an opened message. Throws `SecurityError`. */
  accept(message: Message): Event[] {
    const isFormer = message.session_id === this.#former;
    this.#check(message.session_id === this.session_id || isFormer, 'session_id is ours');
    const isOthers = isFrom(SIDES[this.side].other, message.msg_id);
    if (this.side === 'client') this.#check(isOthers, "msg_id is a server's");
    else if (!isOthers) return this.#refuse(message, 18);
    if (this.side === 'server') {
      const outside = outsideWindow(message.msg_id, this.time);
      if (outside !== 0) return this.#refuse(message, outside < 0 ? 16 : 17);
      if (this.salts?.accepts(message.salt) === false) return this.#refuse(message, 48);
    }
    return this.#open(message, isFormer);
  }

  #begin(message: Message, items: readonly BareMessage[]): Event[] {
    this.#begun = true;
    if (this.side === 'client')
      return outsideWindow(message.msg_id, this.time) === 0 ? [] : this.correctClock(message.msg_id);
    const unique_id = le64(this.random(8));
    const server_salt = this.salts?.current ?? this.server_salt;
    const first_msg_id = smallestId([message, ...items]);
    this.send(mtproto.encode({ _: 'new_session_created', first_msg_id, unique_id, server_salt }));
    return [];
  }

  /** Handles a message, or all messages of a container unless one is invalid. Each may be gzip_packed. */
  #open(message: Message, isFormer: boolean): Event[] {
    const unpack = unpacker({ nested: this.side === 'server' });
    const whole = { ...message, body: unpack(message.body) };
    let container: ReturnType<typeof readContainer>;
    try {
      container = readContainer(whole, SIDES[this.side].other, unpack, this.#check);
    } catch (error) {
      const isInvalid = error instanceof SecurityError || error instanceof TlError;
      if (this.side === 'client' || !isInvalid) throw error;
      return this.#refuse(message, 64);
    }
    const { packed, items } = container ?? { packed: [], items: [whole] };
    const events = this.#begun || isFormer ? [] : this.#begin(message, items);
    const code = this.side === 'server' ? this.#misnumbered(packed, message) : undefined;
    if (code !== undefined) return [...events, ...this.#refuse(message, code)];
    if (container !== undefined) this.seen.accept(message.msg_id, message.seq_no);
    const isLate = this.side === 'client' && outsideWindow(message.msg_id, this.time) !== 0;
    this.#observe({ _: 'check', what: 'the time in msg_id is not too far from the clock', holds: !isLate });
    const accepted = items.filter(({ body }) => {
      const id = idOf(body);
      // A refusal may repair our clock, so its own time does not matter. A former session can still refuse and answer.
      return REFUSALS.has(id) || (!isLate && (!isFormer || id === RPC_RESULT));
    });
    return [...events, ...accepted.flatMap((item) => this.#take(item, unpack))];
  }

  #take(item: BareMessage, unpack: Unpack): Event[] {
    const isNew = this.seen.accept(item.msg_id, item.seq_no);
    this.#observe({ _: 'check', what: 'the message was not received before', holds: isNew });
    if (!isNew && this.side === 'server' && !this.seen.has(item.msg_id)) return this.#refuse(item, 20);
    if (item.seq_no % 2 !== 0) this.outbox.acknowledge(item.msg_id);
    return isNew ? receiveService(this, item, unpack) : [];
  }

  /** Checks the numbers of messages that arrived together. Returns a code of bad_msg_notification. */
  #misnumbered(contained: readonly BareMessage[], outer: BareMessage): number | undefined {
    if (contained.length > 0 && this.seen.has(outer.msg_id)) return 19;
    let before: BareMessage | undefined;
    for (const message of [...contained, outer].toSorted((a, b) => (a.msg_id < b.msg_id ? -1 : 1))) {
      const id = idOf(message.body);
      const isContent = message.seq_no % 2 !== 0;
      if (isContent && (id === MSG_CONTAINER || (id === MSGS_ACK && this.hooks?.acceptsOddAck() === false))) return 34;
      if (!isContent && mtproto.find(id) === undefined) return 35;
      if (before !== undefined && !follows(message.seq_no, before.seq_no)) return 32;
      const code = this.seen.misnumbered(message);
      if (code !== undefined) return code;
      before = message;
    }
    return undefined;
  }

  #refuse(message: BareMessage, error_code: number): Event[] {
    const about = { bad_msg_id: message.msg_id, bad_msg_seqno: message.seq_no, error_code };
    const new_server_salt = this.salts?.current ?? 0n;
    this.notify(
      error_code === 48
        ? mtproto.encode({ _: 'bad_server_salt', ...about, new_server_salt })
        : mtproto.encode({ _: 'bad_msg_notification', ...about }),
    );
    return [];
  }

  /** Sets the clock by the msg_id of the server's message. */
  correctClock(msg_id: bigint): Event[] {
    const time_offset = timeOf(msg_id) - Math.floor(this.#now() / 1000);
    if (time_offset === this.time_offset) return [];
    this.time_offset = time_offset;
    return [{ _: 'clock', time_offset }];
  }

  setSalt(server_salt: bigint): Event[] {
    if (server_salt === this.server_salt) return [];
    this.server_salt = server_salt;
    return [{ _: 'salt', server_salt }];
  }

  /** Whether this unique_id is the first that the server announced for our session_id. */
  isFirst(unique_id: bigint): boolean {
    this.#unique_id ??= unique_id;
    return this.#unique_id === unique_id;
  }

  /** Queues these messages again under new ids. Only for messages that the other side has not processed. */
  resend(msg_ids: readonly bigint[], error_code: number): Event[] {
    return msg_ids.flatMap((from): Event[] => {
      if (this.outbox.find(from) === undefined) return [];
      const to = this.outbox.resend(from);
      return [to === undefined ? { _: 'refused', msg_id: from, error_code } : { _: 'renamed', from, to }];
    });
  }

  /**
   * Starts a new session under the same key, with a new seq_no and, if `backwards`, lower ids. It gets the refused
   * messages and those not sent yet. The server may have processed the others; their answers arrive in the former
   * session.
   */
  restart(refused: readonly bigint[], error_code: number, backwards: boolean): Event[] {
    this.#former = this.session_id;
    this.session_id = le64(this.random(8));
    this.#begun = false;
    this.#unique_id = undefined;
    return this.resend([...refused, ...this.outbox.restart(backwards)], error_code);
  }

  /** Continues the session over a new connection: a server repeats what was not acknowledged. */
  resume(): void {
    if (this.side === 'server') this.outbox.repeat(this.outbox.unsettled);
  }
}

function smallestId(messages: readonly BareMessage[]): bigint {
  return messages.map(({ msg_id }) => msg_id).reduce((a, b) => (a < b ? a : b));
}

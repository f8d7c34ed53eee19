/**
 * What each service message means, for either side, in the order of the documentation:
 * https://core.telegram.org/mtproto/service_messages, then
 * https://core.telegram.org/mtproto/service_messages_about_messages.
 */
import { NetworkError } from '../errors.ts';
import { idOf, type Unpack } from '../tl/gzip.ts';
import { mtproto } from '../tl/layer.ts';
import type { mtprotoText } from '../tl/schema/mtproto.ts';
import type { AnyCall, AnyValue, Types } from '../tl/types.ts';
import type { BareMessage } from './envelope.ts';
import type { SeenIds, Side } from './message-id.ts';
import type { Outbox } from './outbox.ts';

/** A salt in the answer to get_future_salts. Times are in unix seconds. */
export interface FutureSalt {
  readonly valid_since: number;
  readonly valid_until: number;
  readonly salt: bigint;
}

/** The salts of one auth_key, as a server keeps them (https://core.telegram.org/mtproto/description#server-salt). */
export interface ServerSalts {
  readonly current: bigint;
  /** Whether a client may still use this salt. */
  accepts(salt: bigint): boolean;
  /** At most 64 salts, the current one first. */
  future(count: number): FutureSalt[];
}

/** What a channel asks the server that it belongs to. */
export interface ServerHooks {
  /** Whether a msgs_ack may have an odd seq_no, as some clients send. */
  acceptsOddAck(): boolean;
  /** Ends another session of the same key. Returns false if there is none. */
  destroySession(session_id: bigint): boolean;
  destroyAuthKey(): void;
}

export type Event =
  /** The answer to a call, unpacked. */
  | { readonly _: 'answer'; readonly req_msg_id: bigint; readonly body: Uint8Array }
  | { readonly _: 'error'; readonly req_msg_id: bigint; readonly error_code: number; readonly error_message: string }
  /** A call for this server. `unpack` unpacks a gzip_packed query inside it. */
  | { readonly _: 'call'; readonly msg_id: bigint; readonly body: Uint8Array; readonly unpack: Unpack }
  /** A value that the server sent without a call. */
  | { readonly _: 'update'; readonly body: Uint8Array }
  /** The server did not process a call. It is sent again with another msg_id. */
  | { readonly _: 'renamed'; readonly from: bigint; readonly to: bigint }
  /** The server refused a call, and sending it again would not help. */
  | { readonly _: 'refused'; readonly msg_id: bigint; readonly error_code: number }
  /** The server no longer knows whether it processed these: they are too old (code 20), or it lost their session. */
  | { readonly _: 'forgotten'; readonly msg_ids: readonly bigint[] }
  | { readonly _: 'salt'; readonly server_salt: bigint }
  | { readonly _: 'future_salts'; readonly salts: readonly FutureSalt[] }
  | { readonly _: 'clock'; readonly time_offset: number }
  /** The answer to our msgs_state_req. */
  | { readonly _: 'state'; readonly req_msg_id: bigint; readonly info: Uint8Array }
  | { readonly _: 'pong'; readonly ping_id: bigint }
  /** The client asks to close the connection unless it pings again within this time. */
  | { readonly _: 'linger'; readonly seconds: number };

type Schema = typeof mtprotoText;

/** What service messages read and change of a channel. */
export interface ServiceContext {
  readonly side: Side;
  /** The server's time, in seconds. */
  readonly time: number;
  readonly outbox: Outbox;
  readonly seen: SeenIds;
  readonly salts: ServerSalts | undefined;
  notify(body: Uint8Array): void;
  answer(req_msg_id: bigint, result: Uint8Array): void;
  dropAnswer(req_msg_id: bigint): Types<Schema>['RpcDropAnswer'];
  setSalt(server_salt: bigint): Event[];
  correctClock(msg_id: bigint): Event[];
  isFirst(unique_id: bigint): boolean;
  readonly hooks: ServerHooks | undefined;
  resend(msg_ids: readonly bigint[], error_code: number): Event[];
  restart(refused: readonly bigint[], error_code: number, backwards: boolean): Event[];
}

const RPC_ERROR = 0x2144ca19;

/** Handles an accepted message: updates the channel, queues replies, returns events. `unpack`: of its payload. */
export function receiveService(channel: ServiceContext, message: BareMessage, unpack: Unpack): Event[] {
  const { msg_id, body } = message;
  const combinator = mtproto.find(idOf(body));
  if (combinator === undefined)
    return channel.side === 'server' ? [{ _: 'call', msg_id, body, unpack }] : [{ _: 'update', body }];
  if (!combinator.isMethod) return receiveValue(channel, message, mtproto.decodeAny(body), unpack);
  if (channel.side === 'client') throw misplaced(combinator.name);
  return receiveCall(channel, message, mtproto.decodeCall(body));
}

function receiveValue(
  channel: ServiceContext,
  { msg_id }: BareMessage,
  value: AnyValue<Schema>,
  unpack: Unpack,
): Event[] {
  const { outbox } = channel;
  switch (value._) {
    case 'rpc_result': {
      if (!outbox.settle(value.req_msg_id)) return [];
      const body = unpack(value.result);
      if (idOf(body) !== RPC_ERROR) return [{ _: 'answer', req_msg_id: value.req_msg_id, body }];
      const { error_code, error_message } = mtproto.decode('RpcError', body);
      return [{ _: 'error', req_msg_id: value.req_msg_id, error_code, error_message }];
    }
    case 'future_salts':
      if (outbox.sentUnder(value.req_msg_id) === undefined) return [];
      return [{ _: 'future_salts', salts: value.salts }];
    case 'pong':
      return [{ _: 'pong', ping_id: value.ping_id }];
    case 'destroy_session_ok':
    case 'destroy_session_none':
    case 'destroy_auth_key_ok':
    case 'destroy_auth_key_none':
    case 'destroy_auth_key_fail':
      return [];
    case 'new_session_created': {
      // Messages sent before first_msg_id did not reach this session and "must be sent again".
      const msg_ids = outbox.unsettledBefore(value.first_msg_id);
      const salt = channel.setSalt(value.server_salt);
      // If the server had announced this session before, it has lost it, and may have processed them in it.
      return channel.isFirst(value.unique_id)
        ? [...salt, ...channel.resend(msg_ids, 0)]
        : [...salt, { _: 'forgotten', msg_ids }];
    }
    default:
      return receiveAboutMessages(channel, msg_id, value);
  }
}

function receiveAboutMessages(channel: ServiceContext, msg_id: bigint, value: AnyValue<Schema>): Event[] {
  const { outbox, seen } = channel;
  switch (value._) {
    case 'msgs_ack':
      if (channel.side === 'server') for (const each of value.msg_ids) outbox.settle(each);
      return [];
    case 'bad_msg_notification':
      return repair(channel, msg_id, value);
    case 'bad_server_salt': {
      const bad = outbox.refused(value.bad_msg_id);
      if (bad === undefined) return [];
      return [...channel.setSalt(value.new_server_salt), ...channel.resend(bad.msg_ids, value.error_code)];
    }
    case 'msgs_state_req':
      sendState(channel, msg_id, value.msg_ids);
      return [];
    case 'msgs_state_info':
      outbox.settle(value.req_msg_id);
      return [{ _: 'state', req_msg_id: value.req_msg_id, info: value.info }];
    case 'msgs_all_info':
      return [];
    case 'msg_detailed_info':
    case 'msg_new_detailed_info':
      if (seen.has(value.answer_msg_id) || ('msg_id' in value && outbox.find(value.msg_id) === undefined))
        outbox.acknowledge(value.answer_msg_id);
      else channel.notify(mtproto.encode({ _: 'msg_resend_req', msg_ids: [value.answer_msg_id] }));
      return [];
    case 'msg_resend_req':
      outbox.repeat(value.msg_ids);
      if (channel.side === 'server' && value.msg_ids.some((each) => outbox.find(each) === undefined))
        sendState(channel, msg_id, value.msg_ids);
      return [];
    default:
      throw misplaced(value._);
  }
}

/** Handles bad_msg_notification by its code. */
function repair(channel: ServiceContext, msg_id: bigint, bad: { bad_msg_id: bigint; error_code: number }): Event[] {
  const refused = channel.outbox.refused(bad.bad_msg_id);
  if (refused === undefined) return [];
  const { msg_ids, isFormer } = refused;
  const { error_code } = bad;
  const again = () => channel.resend(msg_ids, error_code);
  // If several messages are refused for one reason, the new session of the first serves the others too.
  const restart = (backwards: boolean) => (isFormer ? again() : channel.restart(msg_ids, error_code, backwards));
  switch (error_code) {
    case 16: // msg_id too low: our clock is behind
      return [...channel.correctClock(msg_id), ...again()];
    case 17: // msg_id too high: lower ids need a new session
      return [...channel.correctClock(msg_id), ...restart(true)];
    case 20: // too old: the server may or may not have received it
      return [{ _: 'forgotten', msg_ids }];
    case 32: // seq_no too low
    case 33: // seq_no too high
      return restart(false);
    default: // 18, 19, 34, 35, 64: our mistake, which sending again does not repair
      for (const each of msg_ids) channel.outbox.settle(each);
      return msg_ids.map((each) => ({ _: 'refused', msg_id: each, error_code }));
  }
}

/** Answers the calls that need nothing but the channel. */
function receiveCall(channel: ServiceContext, { msg_id }: BareMessage, call: AnyCall<Schema>): Event[] {
  switch (call._) {
    case 'rpc_drop_answer':
      channel.answer(msg_id, mtproto.encode(channel.dropAnswer(call.req_msg_id)));
      return [];
    case 'get_future_salts': {
      const salts = (channel.salts?.future(call.num) ?? []).map((salt) => ({ _: 'future_salt' as const, ...salt }));
      const now = Math.floor(channel.time);
      reply(channel, msg_id, mtproto.encode({ _: 'future_salts', req_msg_id: msg_id, now, salts }));
      return [];
    }
    case 'ping':
    case 'ping_delay_disconnect':
      reply(channel, msg_id, mtproto.encode({ _: 'pong', msg_id, ping_id: call.ping_id }));
      return call._ === 'ping' ? [] : [{ _: 'linger', seconds: call.disconnect_delay }];
    case 'destroy_session': {
      const { session_id } = call;
      const _ = channel.hooks?.destroySession(session_id) === true ? 'destroy_session_ok' : 'destroy_session_none';
      reply(channel, msg_id, mtproto.encode({ _, session_id }));
      return [];
    }
    case 'http_wait': // says how long an HTTP request may wait; other transports need no request to send
      return [];
    case 'destroy_auth_key':
      channel.hooks?.destroyAuthKey();
      reply(channel, msg_id, mtproto.encode({ _: 'destroy_auth_key_ok' }));
      return [];
    default:
      throw misplaced(call._);
  }
}

/** Answers msgs_state_req, and a msg_resend_req for messages that are not kept. */
function sendState(channel: ServiceContext, msg_id: bigint, msg_ids: readonly bigint[]): void {
  const info = Uint8Array.from(msg_ids, (each) => channel.seen.state(each));
  reply(channel, msg_id, mtproto.encode({ _: 'msgs_state_info', req_msg_id: msg_id, info }));
}

/** Queues the answer to a service call. It acknowledges the call; some clients do not expect a msgs_ack as well. */
function reply(channel: ServiceContext, msg_id: bigint, body: Uint8Array): void {
  channel.outbox.dropAck(msg_id);
  channel.notify(body);
}

function misplaced(name: string): NetworkError {
  return new NetworkError('ANSWER_MALFORMED', { detail: `${name} inside a session` });
}

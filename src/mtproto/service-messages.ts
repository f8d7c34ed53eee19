/**
 * What a service message means, for either side, in the order of the documentation
 * (https://core.telegram.org/mtproto/service_messages and …/service_messages_about_messages).
 */
import { NetworkError } from '../errors.ts';
import { idOf, type Unpack } from '../tl/gzip.ts';
import { mtproto } from '../tl/layer.ts';
import type { mtprotoText } from '../tl/schema/mtproto.ts';
import type { AnyCall, AnyValue } from '../tl/types.ts';
import type { Channel } from './channel.ts';
import type { Outgoing } from './outbox.ts';

/** A salt that get_future_salts tells of. Times are in unix seconds. */
export interface FutureSalt {
  readonly valid_since: number;
  readonly valid_until: number;
  readonly salt: bigint;
}

export type Event =
  /** The answer to a call, unpacked. */
  | { readonly _: 'answer'; readonly req_msg_id: bigint; readonly body: Uint8Array }
  | { readonly _: 'error'; readonly req_msg_id: bigint; readonly error_code: number; readonly error_message: string }
  /** A call for this server, and what takes the packing off a query in it. */
  | { readonly _: 'call'; readonly msg_id: bigint; readonly body: Uint8Array; readonly unpack: Unpack }
  /** A value for this client that no call asked for. */
  | { readonly _: 'update'; readonly body: Uint8Array }
  /** A call of ours was refused unseen and goes out again under another id. */
  | { readonly _: 'renamed'; readonly from: bigint; readonly to: bigint }
  /** A call of ours was refused and cannot be repaired. */
  | { readonly _: 'refused'; readonly msg_id: bigint; readonly error_code: number }
  /** Too old for the other side to know (code 20), or of a session that it has lost: done or not, nobody can tell. */
  | { readonly _: 'forgotten'; readonly msg_ids: readonly bigint[] }
  | { readonly _: 'salt'; readonly server_salt: bigint }
  | { readonly _: 'future_salts'; readonly salts: readonly FutureSalt[] }
  | { readonly _: 'clock'; readonly time_offset: number }
  /** The answer to our msgs_state_req. */
  | { readonly _: 'state'; readonly req_msg_id: bigint; readonly info: Uint8Array }
  | { readonly _: 'pong'; readonly ping_id: bigint }
  /** The client wants the connection closed unless it pings again within so many seconds. */
  | { readonly _: 'linger'; readonly seconds: number };

type Schema = typeof mtprotoText;

const RPC_ERROR = 0x2144ca19;

/** Takes an accepted message: changes the channel, queues what must be said, tells what happened. `unpack` is its payload's. */
export function receiveService(channel: Channel, message: Outgoing, unpack: Unpack): Event[] {
  const { msg_id, body } = message;
  const line = mtproto.find(idOf(body));
  if (line === undefined)
    return channel.side === 'server' ? [{ _: 'call', msg_id, body, unpack }] : [{ _: 'update', body }];
  if (!line.isMethod) return hear(channel, message, mtproto.decodeAny(body), unpack);
  if (channel.side === 'client') throw misplaced(line.name);
  return serve(channel, message, mtproto.decodeCall(body), unpack);
}

function hear(channel: Channel, { msg_id }: Outgoing, value: AnyValue<Schema>, unpack: Unpack): Event[] {
  const { outbox, seen } = channel;
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
    case 'new_session_created': {
      // What went out before first_msg_id never reached this session: it "must be sent again".
      const msg_ids = outbox.unsettledBefore(value.first_msg_id);
      const salt = channel.setSalt(value.server_salt);
      // Unless the server has lost a session of which it had told us before, and with it what it knew of them.
      return channel.isFirst(value.unique_id)
        ? [...salt, ...channel.resend(msg_ids, 0)]
        : [...salt, { _: 'forgotten', msg_ids }];
    }
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
    case 'msgs_state_req': {
      const info = Uint8Array.from(value.msg_ids, (each) => seen.state(each));
      reply(channel, msg_id, mtproto.encode({ _: 'msgs_state_info', req_msg_id: msg_id, info }));
      return [];
    }
    case 'msgs_state_info':
      outbox.settle(value.req_msg_id);
      return [{ _: 'state', req_msg_id: value.req_msg_id, info: value.info }];
    case 'msg_detailed_info':
    case 'msg_new_detailed_info':
      if (seen.has(value.answer_msg_id) || ('msg_id' in value && outbox.find(value.msg_id) === undefined))
        outbox.acknowledge(value.answer_msg_id);
      else channel.notify(mtproto.encode({ _: 'msg_resend_req', msg_ids: [value.answer_msg_id] }));
      return [];
    case 'msg_resend_req':
      outbox.repeat(value.msg_ids);
      return [];
    case 'msgs_all_info':
    case 'destroy_session_ok':
    case 'destroy_session_none':
    case 'destroy_auth_key_ok':
    case 'destroy_auth_key_none':
    case 'destroy_auth_key_fail':
      return [];
    default:
      throw misplaced(value._);
  }
}

/** bad_msg_notification: what its code says is wrong, and the remedy if there is one. */
function repair(channel: Channel, msg_id: bigint, bad: { bad_msg_id: bigint; error_code: number }): Event[] {
  const refused = channel.outbox.refused(bad.bad_msg_id);
  if (refused === undefined) return [];
  const { msg_ids, isFormer } = refused;
  const { error_code } = bad;
  const events: Event[] = [];
  const again = () => channel.resend(msg_ids, error_code);
  // Of several messages refused for one reason, the first one's new session serves the others too.
  const anew = (backwards: boolean) => (isFormer ? again() : channel.restart(msg_ids, error_code, backwards));
  switch (error_code) {
    case 16: // msg_id too low: our clock is behind
      channel.correctClock(msg_id, events);
      return [...events, ...again()];
    case 17: // msg_id too high: ids have to go backwards, which takes a new session
      channel.correctClock(msg_id, events);
      return [...events, ...anew(true)];
    case 20: // too old: whether it was received cannot be told
      return [{ _: 'forgotten', msg_ids }];
    case 32: // seq_no too low
    case 33: // seq_no too high
      return anew(false);
    default: // 18, 19, 34, 35, 64: a mistake of ours that sending again does not mend
      for (const each of msg_ids) channel.outbox.settle(each);
      return msg_ids.map((each) => ({ _: 'refused', msg_id: each, error_code }));
  }
}

/** The calls that a server answers by itself. */
function serve(channel: Channel, { msg_id, body }: Outgoing, call: AnyCall<Schema>, unpack: Unpack): Event[] {
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
    case 'destroy_session': // a server of ours keeps no list of a key's sessions to destroy one from
      reply(channel, msg_id, mtproto.encode({ _: 'destroy_session_none', session_id: call.session_id }));
      return [];
    case 'destroy_auth_key':
      return [{ _: 'call', msg_id, body, unpack }];
    default:
      throw misplaced(call._);
  }
}

/** The answer to a service call acknowledges it, as an rpc_result does: foreign clients wonder at an acknowledgement besides. */
function reply(channel: Channel, msg_id: bigint, body: Uint8Array): void {
  channel.outbox.dropAck(msg_id);
  channel.notify(body);
}

function misplaced(name: string): NetworkError {
  return new NetworkError('ANSWER_MALFORMED', { detail: `${name} inside a session` });
}

/** Reads msg_container (https://core.telegram.org/mtproto/service_messages#containers). */
import { check } from '../errors.ts';
import { idOf, type Unpack } from '../tl/gzip.ts';
import { mtproto } from '../tl/layer.ts';
import type { BareMessage } from './envelope.ts';
import { isFrom, type Side } from './message-id.ts';

export const MSG_CONTAINER = 0x73f1f8dc;
/** Messages in a container. */
const MAX_CONTAINED = 1024;

interface Contents {
  /** The messages as they were sent. */
  readonly packed: readonly BareMessage[];
  readonly items: readonly BareMessage[];
}

/**
 * Returns the messages of a container from that side; `undefined` for any other message. Throws `TlError` and
 * `SecurityError` for an invalid container.
 */
export function readContainer(
  { msg_id, body }: BareMessage,
  from: Side,
  unpack: Unpack,
  observed = check,
): Contents | undefined {
  if (idOf(body) !== MSG_CONTAINER) return undefined;
  const { messages } = mtproto.decode('MessageContainer', body);
  observed(messages.length <= MAX_CONTAINED, 'a container holds at most 1024 messages');
  const packed = messages.map((item) => ({ msg_id: item.msg_id, seq_no: item.seqno, body: item.body }));
  const items = packed.map((item) => {
    observed(isFrom(from, item.msg_id), 'the msg_id of a message in a container');
    observed(item.msg_id < msg_id, 'a container is made after the messages in it');
    const unpacked = { ...item, body: unpack(item.body) };
    observed(idOf(unpacked.body) !== MSG_CONTAINER, 'no container is inside a container');
    return unpacked;
  });
  return { packed, items };
}

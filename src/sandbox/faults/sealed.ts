/** Reads and changes the encrypted payloads of a server, for faults. */
import { concat, le64 } from '../../bytes.ts';
import { igeDecrypt, igeEncrypt } from '../../crypto/aes.ts';
import { messageCipher, messageKey } from '../../crypto/keys.ts';
import { SecurityError } from '../../errors.ts';
import { type BareMessage, type Message, open } from '../../mtproto/envelope.ts';
import { idOf } from '../../tl/gzip.ts';
import { mtproto } from '../../tl/layer.ts';

const RPC_RESULT = 0xf35c6d01;

/** Offsets in the plaintext. */
export const AT = { session_id: 8, msg_id: 16, seconds: 20, seq_no: 24, length: 28 } as const;

export interface Keys {
  authKey(auth_key_id: bigint): Uint8Array | undefined;
}

/** Opens a payload. Returns `undefined` for a plain one and for one that another fault has changed. */
export function openedBy({ authKey }: Keys, payload: Uint8Array): Message | undefined {
  const auth_key = payload.length < 24 ? undefined : authKey(le64(payload));
  if (auth_key === undefined) return undefined;
  try {
    return open(auth_key, 'server', payload);
  } catch (error) {
    if (error instanceof SecurityError) return undefined;
    throw error;
  }
}

/** Returns a message, or those in a container. */
export function messagesIn(message: BareMessage): readonly BareMessage[] {
  const value = isContainer(message.body) ? mtproto.decodeAny(message.body) : undefined;
  if (value?._ !== 'msg_container') return [message];
  return value.messages.map(({ msg_id, seqno, body }) => ({ msg_id, seq_no: seqno, body }));
}

export function isContainer(body: Uint8Array): boolean {
  return mtproto.find(idOf(body))?.name === 'msg_container';
}

/** The req_msg_id of each answer in a payload. */
export function answersIn(payload: Uint8Array, keys: Keys): readonly bigint[] {
  const message = openedBy(keys, payload);
  if (message === undefined) return [];
  return messagesIn(message).flatMap(({ body }) => (idOf(body) === RPC_RESULT ? [le64(body, 4)] : []));
}

interface Sealing {
  /** 0 for a client's payload. */
  readonly x?: 0 | 8;
  readonly changeKey?: (msg_key: Uint8Array) => Uint8Array;
}

/** Changes the plaintext of a payload and seals it, with the right msg_key unless that is changed too. */
export function resealed(
  payload: Uint8Array,
  { authKey }: Keys,
  edit: (plaintext: Uint8Array) => Uint8Array,
  { x = 8, changeKey = (msg_key) => msg_key }: Sealing = {},
): Uint8Array {
  const auth_key = authKey(le64(payload));
  if (auth_key === undefined || payload.length < 72 || payload.length % 16 !== 8) return payload;
  const before = messageCipher(auth_key, payload.subarray(8, 24), x);
  const plaintext = edit(igeDecrypt(before.key, before.iv, payload.subarray(24)));
  const msg_key = changeKey(messageKey(auth_key, plaintext, x));
  const after = messageCipher(auth_key, msg_key, x);
  return concat(payload.subarray(0, 8), msg_key, igeEncrypt(after.key, after.iv, plaintext));
}

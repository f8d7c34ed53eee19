/**
 * The two envelopes of MTProto 2.0 (https://core.telegram.org/mtproto/description). Numbers are little-endian.
 *
 *     plain       +-------------+--------+--------+------------+
 *                 | auth_key_id | msg_id | length |    body    |
 *                 |     = 0     |        |        |            |
 *                 +-------------+--------+--------+------------+
 *                        8          8        4       length
 *
 *     encrypted   +-------------+---------+- - - - - - - AES-256-IGE - - - - - - - - - - - - - - - - - +
 *                 | auth_key_id | msg_key | salt | session_id | msg_id | seq_no | length | body | padding |
 *                 +-------------+---------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
 *                        8           16      8         8          8        4        4     length  12…1024
 *
 *     overhead    20 bytes plain; 68 to 1080 bytes encrypted (we send 68 to 83)
 *     minimum     20 bytes plain; 72 bytes encrypted: the encrypted part is at least 48 bytes, in blocks of 16
 *     maximum     the transport's: 1 MiB (`transport/framing.ts`)
 */
import { concat, fromLe32, fromLe64, le32, le64, type Random } from '../bytes.ts';
import { igeDecrypt, igeEncrypt } from '../crypto/aes.ts';
import { sameSecret } from '../crypto/compare.ts';
import { authKeyId, messageCipher, messageKey } from '../crypto/keys.ts';
import { SecurityError } from '../errors.ts';
import type { Side } from './message-id.ts';
import { checking, type Observe } from './observe.ts';

/** A message as a container holds it: a bare TL `message`. */
export interface BareMessage {
  readonly msg_id: bigint;
  readonly seq_no: number;
  /** A multiple of four bytes. */
  readonly body: Uint8Array;
}

/** A message as an encrypted envelope holds it. */
export interface Message extends BareMessage {
  readonly salt: bigint;
  readonly session_id: bigint;
}

const HEADER = 32;
const PADDING = { min: 12, max: 1024 } as const;

/** The x of the documentation: where in the auth_key the message keys of a side begin. */
const KEY_OFFSET = { client: 0, server: 8 } as const satisfies Record<Side, number>;

export function isPlain(payload: Uint8Array): boolean {
  return payload.length >= 8 && le64(payload) === 0n;
}

export function sealPlain(msg_id: bigint, body: Uint8Array): Uint8Array {
  return concat(fromLe64(0n), fromLe64(msg_id), fromLe32(body.length), body);
}

/** Opens a plain payload. Throws `SecurityError` unless its length is exactly `length` + 20. */
export function openPlain(payload: Uint8Array): { msg_id: bigint; body: Uint8Array } {
  if (payload.length < 20 || le64(payload) !== 0n) throw new SecurityError('the message is not a plain one');
  if (le32(payload, 16) !== payload.length - 20) throw new SecurityError('message_length of a plain message');
  return { msg_id: le64(payload, 8), body: payload.subarray(20) };
}

/** Seals a message from the side `from`, with the smallest padding. */
export function seal(
  auth_key: Uint8Array,
  from: Side,
  message: Message,
  random: Random,
  observe: Observe = () => {},
): Uint8Array {
  const x = KEY_OFFSET[from];
  const header = concat(
    fromLe64(message.salt),
    fromLe64(message.session_id),
    fromLe64(message.msg_id),
    fromLe32(message.seq_no),
    fromLe32(message.body.length),
  );
  const padding = PADDING.min + (-(HEADER + message.body.length + PADDING.min) & 15);
  const plaintext = concat(header, message.body, random(padding));
  const msg_key = messageKey(auth_key, plaintext, x);
  const { key, iv } = messageCipher(auth_key, msg_key, x);
  const payload = concat(fromLe64(authKeyId(auth_key)), msg_key, igeEncrypt(key, iv, plaintext));
  observe({ _: 'opened', payload, plaintext });
  return payload;
}

/**
 * Opens a payload from the side `from`, with every check of the security guidelines that needs no session
 * (https://core.telegram.org/mtproto/security_guidelines). Checks msg_key against the whole plaintext, padding
 * included, before it reads anything else. Throws `SecurityError`; the peer cannot tell the failures apart.
 */
export function open(auth_key: Uint8Array, from: Side, payload: Uint8Array, observe: Observe = () => {}): Message {
  const check = checking(observe);
  const x = KEY_OFFSET[from];
  const encrypted = payload.subarray(24);
  check(encrypted.length >= HEADER + 16 && encrypted.length % 16 === 0, 'the length of an encrypted message');
  check(le64(payload) === authKeyId(auth_key), 'auth_key_id is the one of our key');
  const msg_key = payload.subarray(8, 24);
  const { key, iv } = messageCipher(auth_key, msg_key, x);
  const plaintext = igeDecrypt(key, iv, encrypted);
  check(sameSecret(messageKey(auth_key, plaintext, x), msg_key), 'msg_key is the hash of the message');
  observe({ _: 'opened', payload, plaintext });
  const length = le32(plaintext, 28);
  const padding = plaintext.length - HEADER - length;
  const fits = length >= 0 && length % 4 === 0 && padding >= PADDING.min && padding <= PADDING.max;
  check(fits, 'the length and the padding inside an encrypted message');
  return {
    salt: le64(plaintext),
    session_id: le64(plaintext, 8),
    msg_id: le64(plaintext, 16),
    seq_no: le32(plaintext, 24),
    body: plaintext.subarray(HEADER, HEADER + length),
  };
}

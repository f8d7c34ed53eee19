/**
 * The two envelopes of MTProto 2.0 (https://core.telegram.org/mtproto/description).
 *
 *     plain:      auth_key_id = 0 (8)  msg_id (8)  length (4)  body (length)
 *     encrypted:  auth_key_id (8)  msg_key (16)  AES-256-IGE{ salt (8) session_id (8) msg_id (8) seq_no (4) length (4) body padding (12…1024) }
 *
 * Numbers are little-endian. The smallest plain payload has 20 bytes, the smallest encrypted one 24 + 48.
 */
import { concat, fromLe32, fromLe64, le32, le64, type Random } from '../bytes.ts';
import { igeDecrypt, igeEncrypt } from '../crypto/aes.ts';
import { sameSecret } from '../crypto/compare.ts';
import { authKeyId, messageCipher, messageKey } from '../crypto/keys.ts';
import { SecurityError } from '../errors.ts';
import type { Side } from './message-id.ts';

export interface Message {
  readonly salt: bigint;
  readonly session_id: bigint;
  readonly msg_id: bigint;
  readonly seq_no: number;
  /** A multiple of four bytes. */
  readonly body: Uint8Array;
}

const HEADER = 32;
const PADDING = { min: 12, max: 1024 } as const;

/** Where in the auth_key a side's message keys begin. */
const KEY_OFFSET = { client: 0, server: 8 } as const satisfies Record<Side, number>;

export function isPlain(payload: Uint8Array): boolean {
  return payload.length >= 8 && le64(payload) === 0n;
}

export function sealPlain(msg_id: bigint, body: Uint8Array): Uint8Array {
  return concat(fromLe64(0n), fromLe64(msg_id), fromLe32(body.length), body);
}

/** Opens a plain payload; throws `SecurityError` unless its length is exactly what it says. */
export function openPlain(payload: Uint8Array): { msg_id: bigint; body: Uint8Array } {
  if (payload.length < 20 || le64(payload) !== 0n) throw new SecurityError('the message is not a plain one');
  if (le32(payload, 16) !== payload.length - 20) throw new SecurityError('message_length of a plain message');
  return { msg_id: le64(payload, 8), body: payload.subarray(20) };
}

/** Seals a message of `from` with the least padding that fits. */
export function seal(auth_key: Uint8Array, from: Side, message: Message, random: Random): Uint8Array {
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
  return concat(fromLe64(authKeyId(auth_key)), msg_key, igeEncrypt(key, iv, plaintext));
}

/**
 * Opens a payload that `from` sealed, with every check of the security guidelines that needs no session
 * (https://core.telegram.org/mtproto/security_guidelines). The msg_key is recomputed over the whole plaintext, padding and all,
 * before anything in it is looked at. Throws `SecurityError`; to the peer every failure looks the same.
 */
export function open(auth_key: Uint8Array, from: Side, payload: Uint8Array): Message {
  const x = KEY_OFFSET[from];
  const encrypted = payload.subarray(24);
  if (encrypted.length < HEADER + 16 || encrypted.length % 16 !== 0)
    throw new SecurityError('the length of an encrypted message');
  if (le64(payload) !== authKeyId(auth_key)) throw new SecurityError('auth_key_id is the one of our key');
  const msg_key = payload.subarray(8, 24);
  const { key, iv } = messageCipher(auth_key, msg_key, x);
  const plaintext = igeDecrypt(key, iv, encrypted);
  if (!sameSecret(messageKey(auth_key, plaintext, x), msg_key))
    throw new SecurityError('msg_key is the hash of the message');
  const length = le32(plaintext, 28);
  const padding = plaintext.length - HEADER - length;
  if (length < 0 || length % 4 !== 0 || padding < PADDING.min || padding > PADDING.max)
    throw new SecurityError('the length and the padding inside an encrypted message');
  return {
    salt: le64(plaintext),
    session_id: le64(plaintext, 8),
    msg_id: le64(plaintext, 16),
    seq_no: le32(plaintext, 24),
    body: plaintext.subarray(HEADER, HEADER + length),
  };
}

/**
 * auth.bindTempAuthKey (https://core.telegram.org/method/auth.bindTempAuthKey). With perfect forward secrecy, a client
 * uses a temporary key and proves once that it has the permanent one.
 *
 *     encrypted_message   +------------------+---------+- - - - - - - - - - AES-256-IGE - - - - - - - - - - - - - +
 *                         | perm_auth_key_id | msg_key | random | msg_id | 0 | length | bind_auth_key_inner | padding |
 *                         +------------------+---------+- - - - - - - - - - - - - - - - - - - - - - - - - - - - - +
 *                                   8             16       16       8      4     4              40               8
 *
 * Encrypted as in MTProto 1.0: msg_key is bytes 4 to 20 of the SHA-1 of the plaintext without its padding.
 */
import { concat, fromLe64, type Random } from '../bytes.ts';
import { igeEncrypt } from '../crypto/aes.ts';
import { sha1 } from '../crypto/hash.ts';
import { authKeyId } from '../crypto/keys.ts';
import { mtproto } from '../tl/layer.ts';
import type { mtprotoText } from '../tl/schema/mtproto.ts';
import type { Constructors } from '../tl/types.ts';

export type BindAuthKeyInner = Constructors<typeof mtprotoText>['bind_auth_key_inner'];

export const HEADER = 32;

/** Returns the encrypted_message, 104 bytes. `msg_id`: of the message that contains the call. */
export function sealBinding(
  perm_auth_key: Uint8Array,
  { msg_id, inner }: { readonly msg_id: bigint; readonly inner: BindAuthKeyInner },
  random: Random,
): Uint8Array {
  const body = mtproto.encode(inner);
  const header = concat(random(16), fromLe64(msg_id), Uint8Array.of(0, 0, 0, 0, body.length, 0, 0, 0));
  const message = concat(header, body);
  const msg_key = sha1(message).subarray(4, 20);
  const { key, iv } = bindCipher(perm_auth_key, msg_key);
  const padded = concat(message, random(-message.length & 15));
  return concat(fromLe64(authKeyId(perm_auth_key)), msg_key, igeEncrypt(key, iv, padded));
}

/** The key derivation of MTProto 1.0 for a client's messages (https://core.telegram.org/mtproto/description_v1). */
export function bindCipher(auth_key: Uint8Array, msg_key: Uint8Array): { key: Uint8Array; iv: Uint8Array } {
  const part = (start: number, end: number) => auth_key.subarray(start, end);
  const a = sha1(msg_key, part(0, 32));
  const b = sha1(part(32, 48), msg_key, part(48, 64));
  const c = sha1(part(64, 96), msg_key);
  const d = sha1(msg_key, part(96, 128));
  return {
    key: concat(a.subarray(0, 8), b.subarray(8, 20), c.subarray(4, 16)),
    iv: concat(a.subarray(8, 20), b.subarray(0, 8), c.subarray(16, 20), d.subarray(0, 8)),
  };
}

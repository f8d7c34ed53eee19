/** Opens what `mtproto/bind.ts` seals: a client's proof that it holds the permanent key of its temporary one. */
import { le64 } from '../../bytes.ts';
import { igeDecrypt } from '../../crypto/aes.ts';
import { sameSecret } from '../../crypto/compare.ts';
import { sha1 } from '../../crypto/hash.ts';
import { authKeyId } from '../../crypto/keys.ts';
import { TlError } from '../../errors.ts';
import { type BindAuthKeyInner, bindCipher, HEADER } from '../../mtproto/bind.ts';
import { mtproto } from '../../tl/layer.ts';

/** Returns the inner message and its msg_id; `undefined` if this permanent key did not seal it. */
export function openBinding(
  perm_auth_key: Uint8Array,
  encrypted_message: Uint8Array,
): { readonly msg_id: bigint; readonly inner: BindAuthKeyInner } | undefined {
  const msg_key = encrypted_message.subarray(8, 24);
  const encrypted = encrypted_message.subarray(24);
  if (encrypted.length <= HEADER || encrypted.length % 16 !== 0) return undefined;
  if (le64(encrypted_message) !== authKeyId(perm_auth_key)) return undefined;
  const { key, iv } = bindCipher(perm_auth_key, msg_key);
  const plaintext = igeDecrypt(key, iv, encrypted);
  const length = new DataView(plaintext.buffer, plaintext.byteOffset).getInt32(28, true);
  const message = plaintext.subarray(0, HEADER + length);
  if (length < 0 || HEADER + length > plaintext.length) return undefined;
  if (!sameSecret(sha1(message).subarray(4, 20), msg_key)) return undefined;
  try {
    return { msg_id: le64(message, 16), inner: mtproto.decode('BindAuthKeyInner', message.subarray(HEADER)) };
  } catch (error) {
    if (error instanceof TlError) return undefined;
    throw error;
  }
}

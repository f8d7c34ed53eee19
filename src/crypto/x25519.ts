/** X25519 (RFC 7748), by OpenSSL. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { concat, fromHex } from '../bytes.ts';

/** The PKCS#8 header (RFC 8410) before the 32 bytes of the key. */
const PKCS8 = fromHex('302e020100300506032b656e04220420');

/** The public key of a private key, 32 bytes each. Throws `RangeError` for another length. */
export function x25519Public(secret: Uint8Array): Uint8Array {
  if (secret.length !== 32) throw new RangeError(`an X25519 key of ${secret.length} bytes`);
  const pkcs8 = Buffer.from(concat(PKCS8, secret));
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  pkcs8.fill(0);
  return new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32));
}

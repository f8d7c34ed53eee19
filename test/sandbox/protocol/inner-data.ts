/** RSA without padding, for old forms of encrypted_data. */
import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { toJwk } from '../../../src/crypto/rsa.ts';
import { serverKey } from '../../pair.ts';

/** Encrypts 256 bytes with the key of the test server. */
export function rsaRaw(bytes: Uint8Array): Uint8Array {
  const publicKey = createPublicKey({ key: toJwk(serverKey), format: 'jwk' });
  return new Uint8Array(publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, bytes));
}

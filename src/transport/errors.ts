/**
 * Transport errors (https://core.telegram.org/mtproto/mtproto-transports#transport-errors): a payload of four bytes, a
 * negative little-endian number. The smallest message has 20 bytes.
 */
import { le32 } from '../bytes.ts';

/** The error code in a payload, such as -404; `undefined` for any other payload. */
export function transportError(payload: Uint8Array): number | undefined {
  const code = payload.length === 4 ? le32(payload) : 0;
  return code < 0 ? code : undefined;
}

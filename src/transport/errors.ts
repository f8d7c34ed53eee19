/**
 * Transport errors (https://core.telegram.org/mtproto/mtproto-transports#transport-errors): a payload of four bytes, a negative
 * little-endian number, where a message should be. The smallest message has twenty.
 */

/** The code (-404) that a payload off the wire holds; `undefined` if it is something else. */
export function transportError(payload: Uint8Array): number | undefined {
  if (payload.length !== 4) return undefined;
  const code = new DataView(payload.buffer, payload.byteOffset).getInt32(0, true);
  return code < 0 ? code : undefined;
}

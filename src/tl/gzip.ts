/** gzip_packed (https://core.telegram.org/mtproto/service_messages#packed-object): a boxed value of whatever type may travel compressed. */
import { gzipSync, unzipSync } from 'node:zlib';
import { TlError } from '../errors.ts';
import { mtproto } from './layer.ts';

/** No answer that a login tool asks for is near a mebibyte; a packed bomb is. */
const MAX_UNPACKED = 1 << 20;

const GZIP_PACKED = 0x3072cfa1;

/** The constructor's id of an encoded boxed value; 0, which is nobody's, if there is none. */
export function idOf(bytes: Uint8Array): number {
  return bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}

export type Unpack = (bytes: Uint8Array) => Uint8Array;

/**
 * For one payload: an encoded value without its packing, if it has one. Throws `TlError` on bad or twice packed data, and once all that it
 * has unpacked is more than a mebibyte, however many values that comes from.
 */
export function unpacker(): Unpack {
  let room = MAX_UNPACKED;
  return (bytes) => {
    if (idOf(bytes) !== GZIP_PACKED) return bytes;
    const value = mtproto.decodeAny(bytes);
    if (value._ !== 'gzip_packed') throw new TlError(0, 'gzip_packed', value._);
    const unpacked = gunzip(value.packed_data, room);
    if (idOf(unpacked) === GZIP_PACKED) throw new TlError(0, 'a value packed once', 'gzip_packed inside gzip_packed');
    room -= unpacked.length;
    return unpacked;
  };
}

/** An encoded value inside gzip_packed. */
export function pack(bytes: Uint8Array): Uint8Array {
  return mtproto.encode({ _: 'gzip_packed', packed_data: gzipSync(bytes) });
}

/** Some clients pack in zlib's format, which has the smaller header, and Telegram takes it for gzip's. */
function gunzip(packed: Uint8Array, most: number): Uint8Array {
  try {
    return new Uint8Array(unzipSync(packed, { maxOutputLength: most }));
  } catch (error) {
    throw new TlError(4, `gzip data of at most ${most} bytes`, error instanceof Error ? error.message : 'other data');
  }
}

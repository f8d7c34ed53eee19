/** gzip_packed (https://core.telegram.org/mtproto/service_messages#packed-object): a compressed boxed value. */
import { gzipSync, unzipSync } from 'node:zlib';
import { le32 } from '../bytes.ts';
import { TlError } from '../errors.ts';
import { mtproto } from './layer.ts';

/** Limits a decompression bomb. No answer of a login comes near it. */
const MAX_UNPACKED = 1 << 20;

const GZIP_PACKED = 0x3072cfa1;

/** The constructor id of an encoded boxed value; 0, which no constructor has, for fewer than four bytes. */
export function idOf(bytes: Uint8Array): number {
  return bytes.length < 4 ? 0 : le32(bytes) >>> 0;
}

export type Unpack = (bytes: Uint8Array) => Uint8Array;

/**
 * Returns a function for one payload that unpacks its encoded values and returns those that are not packed as they are.
 * It throws `TlError` for bad data, once the values of the payload exceed 1 MiB together and, unless `nested` is true,
 * for data packed twice.
 */
export function unpacker({ nested = false }: { readonly nested?: boolean } = {}): Unpack {
  let left = MAX_UNPACKED;
  const unpack: Unpack = (bytes) => {
    if (idOf(bytes) !== GZIP_PACKED) return bytes;
    const value = mtproto.decodeAny(bytes);
    if (value._ !== 'gzip_packed') throw new TlError(0, 'gzip_packed', value._);
    const unpacked = gunzip(value.packed_data, left);
    left -= unpacked.length;
    if (nested) return unpack(unpacked);
    if (idOf(unpacked) === GZIP_PACKED) throw new TlError(0, 'a value packed once', 'gzip_packed inside gzip_packed');
    return unpacked;
  };
  return unpack;
}

/** Puts an encoded value into gzip_packed. */
export function pack(bytes: Uint8Array): Uint8Array {
  return mtproto.encode({ _: 'gzip_packed', packed_data: gzipSync(bytes) });
}

/** Decompresses gzip or zlib: some clients use zlib's shorter header, and Telegram accepts it. */
function gunzip(packed: Uint8Array, most: number): Uint8Array {
  try {
    return new Uint8Array(unzipSync(packed, { maxOutputLength: most }));
  } catch (error) {
    throw new TlError(4, `gzip data of at most ${most} bytes`, error instanceof Error ? error.message : 'other data');
  }
}

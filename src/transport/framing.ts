/**
 * Framings (https://core.telegram.org/mtproto/mtproto-transports): the limits of a payload in a TCP stream. Numbers are
 * little-endian. A client sends the tag of the framing once, before its first frame.
 *
 * `unpack` has three outcomes: a frame; `undefined` if more bytes are needed; a throw if the stream is malformed. It
 * checks a length before using it. We never ask for quick acknowledgements, so a length with their top bit is malformed
 * too.
 *
 * A payload has 4 bytes (a transport error) to 1 MiB (`MAX_PAYLOAD`), in multiples of 4.
 */
import { crc32 } from 'node:zlib';
import { concat, fromLe32, le32, type Random } from '../bytes.ts';
import { NetworkError } from '../errors.ts';
import { counted } from '../printable.ts';

/** The largest container of other clients and servers. The longest answer of a login has a few kilobytes. */
export const MAX_PAYLOAD = 1 << 20;
const MAX_PADDING = 15;

interface Frame {
  readonly payload: Uint8Array;
  /** The length of the whole frame. */
  readonly length: number;
}

export interface Framing {
  readonly tag: Uint8Array;
  /** Throws `RangeError` for a payload that `unpack` would refuse. */
  pack(payload: Uint8Array): Uint8Array;
  /** The first frame of a stream; `undefined` if it is not complete. Throws `NetworkError`. */
  unpack(stream: Uint8Array): Frame | undefined;
}

export function broken(detail: string): NetworkError {
  return new NetworkError('FRAME_MALFORMED', { detail });
}

/** Whether a payload may have this length. */
function isLength(length: number): boolean {
  return length >= 4 && length % 4 === 0 && length <= MAX_PAYLOAD;
}

function check(payload: Uint8Array, most = MAX_PAYLOAD): void {
  if (!isLength(payload.length) || payload.length > most)
    throw new RangeError(`a payload of ${payload.length} bytes cannot be framed`);
}

function unsigned(bytes: Uint8Array, offset = 0): number {
  return le32(bytes, offset) >>> 0;
}

/**
 *     +--------+-----------+        +----+--------+-----------+
 *     | length |  payload  |   or   | 7f | length |  payload  |        length / 4, from 7f on in the longer form
 *     +--------+-----------+        +----+--------+-----------+
 *          1    4 * length             1      3    4 * length
 *
 *     tag         ef
 *     overhead    1 or 4 bytes
 *     minimum     5 bytes
 *     maximum     1 MiB + 4 bytes
 *     https://core.telegram.org/mtproto/mtproto-transports#abridged
 */
export function abridged(): Framing {
  return {
    tag: Uint8Array.of(0xef),
    pack(payload) {
      check(payload);
      const words = payload.length / 4;
      const head = words < 0x7f ? Uint8Array.of(words) : fromLe32(0x7f + words * 256);
      return concat(head, payload);
    },
    unpack(stream) {
      const [first] = stream;
      if (first === undefined) return undefined;
      if (first > 0x7f) throw broken(`a length of ${first} words in one byte`);
      const head = first === 0x7f ? 4 : 1;
      if (stream.length < head) return undefined;
      const length = 4 * (first === 0x7f ? unsigned(stream) >>> 8 : first);
      if (!isLength(length)) throw broken(`a frame of ${counted(length, 'byte')}`);
      return cut(stream, head, length, 0);
    },
  };
}

/**
 *     +--------+-----------+
 *     | length |  payload  |
 *     +--------+-----------+
 *          4      length
 *
 *     tag         eeeeeeee
 *     overhead    4 bytes
 *     minimum     8 bytes
 *     maximum     1 MiB + 4 bytes
 *     https://core.telegram.org/mtproto/mtproto-transports#intermediate
 */
export function intermediate(): Framing {
  return {
    tag: Uint8Array.of(0xee, 0xee, 0xee, 0xee),
    pack(payload) {
      check(payload);
      return concat(fromLe32(payload.length), payload);
    },
    unpack(stream) {
      if (stream.length < 4) return undefined;
      const length = unsigned(stream);
      if (!isLength(length)) throw broken(`a frame of ${counted(length, 'byte')}`);
      return cut(stream, 4, length, 0);
    },
  };
}

/**
 *     +--------+-----------+---------+
 *     | length |  payload  | padding |        length includes the padding, 0 to 15 random bytes
 *     +--------+-----------+---------+
 *          4            length
 *
 *     tag         dddddddd
 *     overhead    4 to 19 bytes
 *     minimum     8 bytes
 *     maximum     1 MiB + 4 bytes
 *     https://core.telegram.org/mtproto/mtproto-transports#padded-intermediate
 */
export function padded(random: Random, maxPadding: 3 | 15 = MAX_PADDING): Framing {
  return {
    tag: Uint8Array.of(0xdd, 0xdd, 0xdd, 0xdd),
    pack(payload) {
      check(payload, MAX_PAYLOAD - MAX_PADDING);
      // Some clients recognise a transport error only by the length of its frame.
      const padding = payload.length === 4 ? new Uint8Array(0) : random((random(1)[0] ?? 0) & maxPadding);
      return concat(fromLe32(payload.length + padding.length), payload, padding);
    },
    unpack(stream) {
      if (stream.length < 4) return undefined;
      const length = unsigned(stream);
      if (length < 4 || length > MAX_PAYLOAD) throw broken(`a frame of ${counted(length, 'byte')}`);
      const frame = cut(stream, 4, length, 0);
      return frame && { payload: withoutPadding(frame.payload), length: frame.length };
    },
  };
}

/**
 *     +--------+----------+-----------+-------+
 *     | length | sequence |  payload  | CRC32 |      length: of the frame; sequence: from 0; CRC32: of all before
 *     +--------+----------+-----------+-------+
 *          4         4     length - 12     4
 *
 *     tag         none
 *     overhead    12 bytes
 *     minimum     16 bytes
 *     maximum     1 MiB + 12 bytes
 *     https://core.telegram.org/mtproto/mtproto-transports#full
 */
export function full(): Framing {
  let sent = 0;
  let received = 0;
  return {
    tag: new Uint8Array(0),
    pack(payload) {
      check(payload);
      const body = concat(fromLe32(payload.length + 12), fromLe32(sent++), payload);
      return concat(body, fromLe32(crc32(body)));
    },
    unpack(stream) {
      if (stream.length < 4) return undefined;
      const length = unsigned(stream) - 12;
      if (!isLength(length)) throw broken(`a frame of ${length + 12} bytes`);
      if (stream.length >= 8 && unsigned(stream, 4) !== received) throw broken('a frame out of order');
      const frame = cut(stream, 8, length, 4);
      if (frame === undefined) return undefined;
      if (unsigned(stream, 8 + length) !== crc32(stream.subarray(0, 8 + length)))
        throw broken('a frame with a wrong CRC32');
      received++;
      return frame;
    },
  };
}

function cut(stream: Uint8Array, head: number, length: number, tail: number): Frame | undefined {
  if (stream.length < head + length + tail) return undefined;
  return { payload: stream.slice(head, head + length), length: head + length + tail };
}

/**
 * Removes the padding. A plain message contains its length; an encrypted one has 24 bytes and then blocks of 16. A
 * shorter payload is a transport error. A payload with an invalid length is returned as it is, and refused when it is
 * opened.
 */
function withoutPadding(payload: Uint8Array): Uint8Array {
  const isPlain = payload.length >= 20 && le32(payload) === 0 && le32(payload, 4) === 0;
  if (isPlain) {
    const padding = payload.length - 20 - unsigned(payload, 16);
    return padding >= 0 && padding <= MAX_PADDING ? payload.subarray(0, payload.length - padding) : payload;
  }
  return payload.subarray(0, payload.length < 24 ? 4 : payload.length - ((payload.length - 24) % 16));
}

/**
 * Framings (https://core.telegram.org/mtproto/mtproto-transports): where a payload begins and ends in a TCP stream.
 *
 *     abridged      ef       | length / 4 (1, or 7f and 3)  payload
 *     intermediate  eeeeeeee | length (4)  payload
 *     padded        dddddddd | length (4)  payload  0…15 random bytes, which `length` counts
 *     full          –        | length (4, of all)  sequence (4, from 0)  payload  CRC32 of all before (4)
 *
 * Numbers are little-endian; what stands before the bar is sent once, by the client alone. `unpack` has three outcomes: a frame,
 * `undefined` for "more bytes are needed", and a throw for "broken". A length is checked before anything is done with it.
 *
 * The top bit of a length asks for a quick acknowledgement, or is one. Nobody here asks, so it is broken like every other bad length.
 */
import { crc32 } from 'node:zlib';
import { concat, fromLe32, le32, type Random } from '../bytes.ts';
import { NetworkError } from '../errors.ts';

/** The longest answer of a login, help.getConfig, has some kilobytes; a container of the most that clients and servers gather has 1 MB. */
export const MAX_PAYLOAD = 1 << 20;
const MAX_PADDING = 15;

export interface Frame {
  readonly payload: Uint8Array;
  /** Bytes that the frame took from the stream. */
  readonly length: number;
}

export interface Framing {
  readonly tag: Uint8Array;
  /** Throws `RangeError` for a payload that `unpack` would refuse: one of 0 bytes, of broken words or of over a mebibyte. */
  pack(payload: Uint8Array): Uint8Array;
  /** The first frame of what has come so far. Throws `NetworkError`. */
  unpack(stream: Uint8Array): Frame | undefined;
}

export function broken(detail: string): NetworkError {
  return new NetworkError('FRAME_MALFORMED', { detail });
}

/** Whether a payload can have this length: whole words, from a transport error's one up. */
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
      if (!isLength(length)) throw broken(`a frame of ${length} bytes`);
      return cut(stream, head, length, 0);
    },
  };
}

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
      if (!isLength(length)) throw broken(`a frame of ${length} bytes`);
      return cut(stream, 4, length, 0);
    },
  };
}

export function padded(random: Random): Framing {
  return {
    tag: Uint8Array.of(0xdd, 0xdd, 0xdd, 0xdd),
    pack(payload) {
      check(payload, MAX_PAYLOAD - MAX_PADDING);
      // Some clients know a transport error by the length of its frame alone.
      const padding = payload.length === 4 ? new Uint8Array(0) : random((random(1)[0] ?? 0) & MAX_PADDING);
      return concat(fromLe32(payload.length + padding.length), payload, padding);
    },
    unpack(stream) {
      if (stream.length < 4) return undefined;
      const length = unsigned(stream);
      if (length < 4 || length > MAX_PAYLOAD) throw broken(`a frame of ${length} bytes`);
      const frame = cut(stream, 4, length, 0);
      return frame && { payload: withoutPadding(frame.payload), length: frame.length };
    },
  };
}

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
      if (stream.length >= 8 && unsigned(stream, 4) !== received) throw broken('a frame out of its order');
      const frame = cut(stream, 8, length, 4);
      if (frame === undefined) return undefined;
      if (unsigned(stream, 8 + length) !== crc32(stream.subarray(0, 8 + length)))
        throw broken('a frame whose CRC32 is wrong');
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
 * A padded payload says by itself where it ends: a plain message by its length, an encrypted one by its blocks of 16 behind 24 bytes.
 * What is shorter than either can only be a transport error. A length that cannot be is left for the reader of the message to refuse.
 */
function withoutPadding(payload: Uint8Array): Uint8Array {
  const isPlain = payload.length >= 20 && le32(payload) === 0 && le32(payload, 4) === 0;
  if (isPlain) {
    const padding = payload.length - 20 - unsigned(payload, 16);
    return padding >= 0 && padding <= MAX_PADDING ? payload.subarray(0, payload.length - padding) : payload;
  }
  return payload.subarray(0, payload.length < 24 ? 4 : payload.length - ((payload.length - 24) % 16));
}

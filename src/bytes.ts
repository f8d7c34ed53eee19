/**
 * Operations on `Uint8Array` that every folder needs.
 *
 * Bytes are in stream order. A number in them is big-endian unless the name says `le`.
 */

/** Joins any number of byte strings into a new one. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

/** Whether two byte strings are equal. Not constant-time: for secrets, use `sameSecret` of `crypto/compare.ts`. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The exclusive or of two byte strings. Throws `RangeError` if their lengths differ. */
export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length !== b.length) throw new RangeError(`xor of ${a.length} and ${b.length} bytes`);
  const out = new Uint8Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  return out;
}

/** Lower-case hex, two digits for each byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

export function isHex(text: string): boolean {
  return text.length % 2 === 0 && !/[^0-9a-f]/i.test(text);
}

/** The bytes of a hex text of even length. Throws `RangeError` for any other text. */
export function fromHex(text: string): Uint8Array {
  if (!isHex(text)) throw new RangeError('not a hex text of even length');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** A big-endian number without its leading zero bytes (zero becomes no bytes). */
export function trimStart(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  return bytes.subarray(start);
}

/** A big-endian number in exactly `length` bytes. Throws `RangeError` if it needs more. */
export function padStart(bytes: Uint8Array, length: number): Uint8Array {
  const digits = trimStart(bytes);
  if (digits.length > length) throw new RangeError(`a number of ${digits.length} bytes does not fit in ${length}`);
  const out = new Uint8Array(length);
  out.set(digits, length - digits.length);
  return out;
}

/** Standard base64, with padding. */
export function toBase64(bytes: Uint8Array): string {
  return viewOf(bytes).toString('base64');
}

/** Base64 with the URL alphabet, without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return viewOf(bytes).toString('base64url');
}

/**
 * The bytes of a base64 text in either alphabet, with or without padding; `undefined` if no encoder writes that text.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = startOfBase64(text);
  const plain = text
    .replace(/={1,2}$/, '')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  return toBase64Url(bytes) === plain ? bytes : undefined;
}

/** The bytes of a base64 text that may be cut off. Checks nothing. */
export function startOfBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** One character for each byte, U+0000 to U+00FF. */
export function toLatin1(bytes: Uint8Array): string {
  return viewOf(bytes).toString('latin1');
}

/** The same bytes as a Buffer. `String.fromCharCode(...bytes)` overflows the stack at about 100 KB. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The text in a file: UTF-8, or the UTF-16 that PowerShell writes, with or without a byte order mark. */
export function decodeAnyText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isBigEndian = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  const isUtf16 = isBigEndian || (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  return new TextDecoder(isBigEndian ? 'utf-16be' : isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The four bytes at `offset` as a TL `int` (little-endian, signed). */
export function le32(bytes: Uint8Array, offset = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(offset, true);
}

/** Four little-endian bytes of a number, modulo 2^32. */
export function fromLe32(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setInt32(0, value, true);
  return out;
}

/**
 * The eight bytes at `offset` as a TL `long` (little-endian, signed), such as an auth_key_id, a server_salt or a
 * msg_id.
 */
export function le64(bytes: Uint8Array, offset = 0): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(offset, true);
}

/** Eight little-endian bytes of a number, modulo 2^64: a negative `long` keeps its bits. */
export function fromLe64(value: bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return out;
}

/** A source of random bytes: OpenSSL's, or a seeded one that replays an exchange byte for byte. */
export type Random = (length: number) => Uint8Array;

/** The time in milliseconds since 1970. The core takes it as a parameter and never reads a clock. */
export type Now = () => number;

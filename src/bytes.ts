/**
 * Bytes: the few operations on `Uint8Array` that every room needs.
 *
 * Bytes are always in stream order; a number in them is big-endian unless a name says `le`.
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

/** Whether two byte strings are equal. Stops at the first difference: what must not tell an attacker where, `crypto/compare.ts` compares. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The exclusive or of two byte strings of one length, as a new one. */
export function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length !== b.length) throw new RangeError(`xor of ${a.length} and ${b.length} bytes`);
  const out = new Uint8Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  return out;
}

/** Lower-case hex, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** The bytes of a hex text of even length; throws `RangeError` on anything else. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || /[^0-9a-f]/i.test(text)) throw new RangeError('not a hex text of even length');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/** A big-endian number without its leading zero bytes (zero itself becomes the empty string). */
export function trimStart(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  return bytes.subarray(start);
}

/** A big-endian number at exactly `length` bytes; throws `RangeError` if it needs more. */
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

/** One character for each byte, U+0000 to U+00FF. */
export function toLatin1(bytes: Uint8Array): string {
  return viewOf(bytes).toString('latin1');
}

/** Node's own view: `String.fromCharCode(...bytes)` overflows the stack at about 100 KB. */
function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The eight bytes at `offset` as a TL `long` (little-endian, signed): how an `auth_key_id`, a salt or a msg_id is kept. */
export function le64(bytes: Uint8Array, offset = 0): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(offset, true);
}

/** Eight little-endian bytes of a number; it is taken modulo 2^64, so a negative `long` keeps its bits. */
export function fromLe64(value: bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return out;
}

/** A source of random bytes. The real one is OpenSSL's; a seeded one makes an exchange replay byte for byte. */
export type Random = (length: number) => Uint8Array;

/** The time as milliseconds since 1970. The core is always given one and never looks at the clock itself. */
export type Now = () => number;

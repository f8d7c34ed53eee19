/**
 * Reads TL's basic values (https://core.telegram.org/mtproto/serialize).
 *
 * It never reads beyond its bytes, and never allocates more than the remaining bytes can hold, whatever a length or
 * count says. A violation throws `TlError` with the offset, what was expected and what was found.
 */
import { isUtf8 } from 'node:buffer';
import { TlError } from '../errors.ts';
import { counted } from '../printable.ts';

/** How deep boxed values may nest. A login needs 7; a stack overflow needs thousands. */
const MAX_DEPTH = 64;

export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get offset(): number {
    return this.#offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** Throws `TlError`. */
  fail(expected: string, found: string, offset = this.#offset): never {
    throw new TlError(offset, expected, found);
  }

  /** Throws `TlError` unless all bytes have been read. */
  end(): void {
    if (this.remaining > 0) this.fail('the end', counted(this.remaining, 'more byte'));
  }

  #take(length: number, what: string): number {
    if (length > this.remaining) this.fail(`${what} (${counted(length, 'byte')})`, counted(this.remaining, 'byte'));
    const start = this.#offset;
    this.#offset += length;
    return start;
  }

  int(): number {
    return this.#view.getInt32(this.#take(4, 'int'), true);
  }

  /** The 32 bits of a constructor id or of flags, unsigned. */
  word(what: string): number {
    return this.#view.getUint32(this.#take(4, what), true);
  }

  long(): bigint {
    return this.#view.getBigInt64(this.#take(8, 'long'), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8, 'double'), true);
  }

  /** `length` raw bytes, copied. */
  raw(length: number, what: string): Uint8Array {
    const start = this.#take(length, what);
    return new Uint8Array(this.#bytes.subarray(start, this.#offset));
  }

  rest(): Uint8Array {
    return this.raw(this.remaining, 'the rest');
  }

  /** `bytes` and `string`: one length byte up to 253, or 254 and three; then padding to a multiple of four. */
  bytes(): Uint8Array {
    const [start, end] = this.#span('bytes');
    return new Uint8Array(this.#bytes.subarray(start, end));
  }

  string(): string {
    const [start, end] = this.#span('string');
    const text = this.#bytes.subarray(start, end);
    if (!isUtf8(text)) this.fail('string in UTF-8', 'other bytes', start);
    return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8');
  }

  #span(what: string): [start: number, end: number] {
    const before = this.#offset;
    const first = this.#view.getUint8(this.#take(1, what));
    if (first === 255) this.fail(`the length of a ${what}`, '255', before);
    // The three bytes of a long length follow the 254, so they are the upper ones of the word there.
    const isLong = first === 254;
    if (isLong) this.#take(3, `the length of a ${what}`);
    const length = isLong ? this.#view.getUint32(before, true) >>> 8 : first;
    const head = isLong ? 4 : 1;
    const start = this.#take(length, what);
    this.#take(-(head + length) & 3, `the padding of a ${what}`);
    return [start, start + length];
  }

  /** The count of a vector, at most what the remaining bytes can hold: an item has at least four bytes. */
  count(): number {
    const count = this.word('the count of a vector');
    if (count > this.remaining / 4)
      this.fail(`at most ${Math.floor(this.remaining / 4)} items in a vector`, `${count}`, this.#offset - 4);
    return count;
  }

  /** Reads one level deeper. */
  nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.fail(`a nesting of at most ${MAX_DEPTH}`, 'more');
    const value = read();
    this.#depth--;
    return value;
  }
}

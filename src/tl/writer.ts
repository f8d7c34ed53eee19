/** Writes TL's basic values (https://core.telegram.org/mtproto/serialize). The caller checks the values. */
export class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get offset(): number {
    return this.#length;
  }

  /** A copy of the written bytes. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Reserves bytes and returns their offset. May replace `#bytes` and `#view`, so call it before reading those. */
  #grow(length: number): number {
    const start = this.#length;
    const needed = start + length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = needed;
    return start;
  }

  int(value: number): void {
    const start = this.#grow(4);
    this.#view.setInt32(start, value, true);
  }

  word(value: number): void {
    const start = this.#grow(4);
    this.#view.setUint32(start, value, true);
  }

  long(value: bigint): void {
    const start = this.#grow(8);
    this.#view.setBigInt64(start, value, true);
  }

  double(value: number): void {
    const start = this.#grow(8);
    this.#view.setFloat64(start, value, true);
  }

  raw(value: Uint8Array): void {
    const start = this.#grow(value.length);
    this.#bytes.set(value, start);
  }

  /** At most 2^24 − 1 bytes. */
  bytes(value: Uint8Array): void {
    this.#head(value.length);
    this.raw(value);
    this.#pad(value.length);
  }

  string(value: string): void {
    this.bytes(Buffer.from(value));
  }

  #head(length: number): void {
    if (length < 254) {
      const start = this.#grow(1);
      this.#view.setUint8(start, length);
    } else this.word(254 + length * 256);
  }

  /** The bytes after the written ones are zeros already. */
  #pad(length: number): void {
    this.#grow(-(length + (length < 254 ? 1 : 4)) & 3);
  }
}

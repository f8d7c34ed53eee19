/** Writes TL's basic values (https://core.telegram.org/mtproto/serialize). The caller checks the values. */
export class Writer {
  #buffer = Buffer.allocUnsafe(256);
  #length = 0;

  get offset(): number {
    return this.#length;
  }

  /** A copy of the written bytes. */
  done(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(0, this.#length));
  }

  /** Reserves bytes and returns their offset. May replace `this.#buffer`, so call it before reading that. */
  #grow(length: number): number {
    const start = this.#length;
    const needed = start + length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, start);
      this.#buffer = larger;
    }
    this.#length = needed;
    return start;
  }

  int(value: number): void {
    const start = this.#grow(4);
    this.#buffer.writeInt32LE(value, start);
  }

  word(value: number): void {
    const start = this.#grow(4);
    this.#buffer.writeUInt32LE(value, start);
  }

  long(value: bigint): void {
    const start = this.#grow(8);
    this.#buffer.writeBigInt64LE(value, start);
  }

  double(value: number): void {
    const start = this.#grow(8);
    this.#buffer.writeDoubleLE(value, start);
  }

  raw(value: Uint8Array): void {
    const start = this.#grow(value.length);
    this.#buffer.set(value, start);
  }

  /** At most 2^24 − 1 bytes. */
  bytes(value: Uint8Array): void {
    this.#head(value.length);
    this.raw(value);
    this.#pad(value.length);
  }

  string(value: string): void {
    const length = Buffer.byteLength(value);
    this.#head(length);
    const start = this.#grow(length);
    this.#buffer.write(value, start, 'utf8');
    this.#pad(length);
  }

  #head(length: number): void {
    if (length < 254) {
      const start = this.#grow(1);
      this.#buffer.writeUInt8(length, start);
    } else this.word(254 + length * 256);
  }

  #pad(length: number): void {
    const padding = -(length + (length < 254 ? 1 : 4)) & 3;
    const start = this.#grow(padding);
    this.#buffer.fill(0, start, start + padding);
  }
}

/** A buffer for the bytes of a stream, from which framings cut payloads. */
const SMALL = 1024;
/** A longer buffer is released once it is empty. */
const LARGE = 1 << 16;

/** The received bytes of a stream that are not used yet. Takes linear time even byte by byte. */
export class Stream {
  #buffer = new Uint8Array(SMALL);
  #start = 0;
  #end = 0;

  /** The bytes, as a view that is valid until the next `push`. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  push(chunk: Uint8Array): void {
    const length = this.#end - this.#start;
    if (this.#end + chunk.length > this.#buffer.length) {
      const needed = length + chunk.length;
      const buffer = needed > this.#buffer.length / 2 ? new Uint8Array(2 * needed) : this.#buffer;
      buffer.set(this.bytes);
      this.#buffer = buffer;
      this.#start = 0;
      this.#end = length;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Removes bytes from the start. There must be that many. */
  skip(length: number): void {
    this.#start += length;
    if (this.#start < this.#end || this.#buffer.length <= LARGE) return;
    this.#buffer = new Uint8Array(SMALL);
    this.#start = 0;
    this.#end = 0;
  }

  /** Replaces the bytes with others of the same length. */
  map(change: (bytes: Uint8Array) => Uint8Array): void {
    this.#buffer.set(change(this.bytes), this.#start);
  }
}

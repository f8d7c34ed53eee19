const SMALL = 1024;
/** A longer buffer is let go once it is empty. */
const KEPT = 1 << 16;

/** The bytes of a stream that have come and are not used up; fed byte by byte it stays linear. */
export class Stream {
  #buffer = new Uint8Array(SMALL);
  #start = 0;
  #end = 0;

  /** What is there, as a view that the next `push` makes invalid. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  push(chunk: Uint8Array): void {
    const length = this.#end - this.#start;
    if (this.#end + chunk.length > this.#buffer.length) {
      const room = length + chunk.length;
      const buffer = room > this.#buffer.length / 2 ? new Uint8Array(2 * room) : this.#buffer;
      buffer.set(this.bytes);
      this.#buffer = buffer;
      this.#start = 0;
      this.#end = length;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Takes so many bytes from the front; there must be as many. */
  skip(length: number): void {
    this.#start += length;
    if (this.#start < this.#end || this.#buffer.length <= KEPT) return;
    this.#buffer = new Uint8Array(SMALL);
    this.#start = 0;
    this.#end = 0;
  }

  /** Replaces what is there by something of the same length. */
  map(change: (bytes: Uint8Array) => Uint8Array): void {
    this.#buffer.set(change(this.bytes), this.#start);
  }
}

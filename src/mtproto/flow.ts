/** A conversation without I/O: it yields a payload for the other side and is resumed with the one that comes back. */
export type Flow<T> = Generator<Uint8Array, T, Uint8Array>;

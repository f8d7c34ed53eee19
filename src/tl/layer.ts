/** The schemas in use, bound to their codecs, and the one thing that a journey needs of a connection: to call a method of a layer. */
import { type Codec, codec } from './codec.ts';
import { currentText } from './schema/current.ts';
import { legacyText } from './schema/legacy.ts';
import { mtprotoText } from './schema/mtproto.ts';
import type { Answers, Methods } from './types.ts';

/** An API layer: the number that invokeWithLayer declares, and the schema that goes with it. */
export interface Layer<S extends string> {
  readonly number: number;
  readonly codec: Codec<S>;
}

/** The service schema, which every layer shares. */
export const mtproto = codec(mtprotoText);

/** Layer 49, the last that has auth.sendCall. */
export const legacy = { number: 49, codec: codec(legacyText) } as const satisfies Layer<typeof legacyText>;

/** Layer 228. */
export const current = { number: 228, codec: codec(currentText) } as const satisfies Layer<typeof currentText>;

/**
 * The ids of `user` before layer 228, newest first: from which layer on. Its fields were others too, but not those that a login tells. Where
 * it changed in between is not known here: the two are what mtcute 0.30 (layer 227) and GramJS 2.26 (198) speak.
 */
const USER_IDS = [
  { from: 228, id: undefined },
  { from: 199, id: 0x31774388 },
  { from: 0, id: 0x4b46c37e },
] as const;

const older = new Map<number, Codec<typeof currentText>>();

/** The codec in which a server answers a client of such a layer, above 49. */
export function codecOf(layer: number): Codec<typeof currentText> {
  const id = USER_IDS.find(({ from }) => layer >= from)?.id;
  if (id === undefined) return current.codec;
  const known = older.get(id) ?? codec(currentText, { user: id });
  older.set(id, known);
  return known;
}

export interface CallOptions {
  /** Ends the wait; the call may have been carried out all the same. */
  readonly signal?: AbortSignal;
  /** Doing it twice is no worse than once: send it again if the connection is lost before its answer. Default false. */
  readonly repeatable?: boolean;
  /**
   * The call begins a sign-in: a stored key that the server no longer knows, or that came in a session string, gives way to a new one.
   * Default false.
   */
  readonly startsAnew?: boolean;
  /** The call goes on with a sign-in: refused with KEY_IMPORTED under a key that came in a session string. Default false. */
  readonly signsIn?: boolean;
  /** Ask this data centre instead of the session's own; if it answers, it becomes the session's. */
  readonly dc?: number;
}

/** Whatever can call a method and bring its answer: a connection, or five lines in a test. Throws `RpcError`, `NetworkError`, `SecurityError`. */
export interface Caller {
  call<S extends string, M extends keyof Methods<S> & keyof Answers<S> & string>(
    layer: Layer<S>,
    method: M,
    params: Methods<S>[M],
    options?: CallOptions,
  ): Promise<Answers<S>[M]>;
}

/** One that also hears what the server says unasked. */
export interface ListeningCaller extends Caller {
  /** Hears of each such value, by its bytes, until the function it returns is called. */
  onUpdate(listener: (body: Uint8Array) => void): () => void;
}

/** The schemas in use with their codecs, and `Caller`, the interface of a connection that can call their methods. */
import { type Codec, codec } from './codec.ts';
import { currentText } from './schema/current.ts';
import { legacyText } from './schema/legacy.ts';
import { mtprotoText } from './schema/mtproto.ts';
import type { Answers, Methods } from './types.ts';

/** An API layer: its number for invokeWithLayer, and the codec of its schema. */
export interface Layer<S extends string> {
  readonly number: number;
  readonly codec: Codec<S>;
}

/** The service schema, the same for all layers. */
export const mtproto = codec(mtprotoText);

/** Layer 49, the last with auth.sendCall. */
export const legacy = { number: 49, codec: codec(legacyText) } as const satisfies Layer<typeof legacyText>;

export const current = { number: 228, codec: codec(currentText) } as const satisfies Layer<typeof currentText>;

/**
 * The id of `user` from each of these layers on, newest first. The fields that a login reads are the same in all of
 * them. The two older ids are those of mtcute 0.30 (layer 227) and GramJS 2.26 (layer 198); where the id changed in
 * between is not known.
 */
const USER_IDS = [
  { from: 228, id: undefined },
  { from: 199, id: 0x31774388 },
  { from: 0, id: 0x4b46c37e },
] as const;

const older = new Map<number, Codec<typeof currentText>>();

/** The codec in which a server answers a client of this layer, above 49. */
export function codecOf(layer: number): Codec<typeof currentText> {
  const id = USER_IDS.find(({ from }) => layer >= from)?.id;
  if (id === undefined) return current.codec;
  const known = older.get(id) ?? codec(currentText, { user: id });
  older.set(id, known);
  return known;
}

export interface CallOptions {
  /** Ends the wait. The server may still process the call. */
  readonly signal?: AbortSignal;
  /** The call may be processed twice: send it again if the connection is lost before the answer. Default false. */
  readonly repeatable?: boolean;
  /** The call starts a sign-in: replace a stored key that was imported or that the server lost. Default false. */
  readonly startsAnew?: boolean;
  /** The call continues a sign-in: refuse it with KEY_IMPORTED if the key was imported. Default false. */
  readonly signsIn?: boolean;
  /** Ask this data centre instead of the session's. If it answers, it becomes the session's. */
  readonly dc?: number;
}

/** Calls methods: a connection, or a fake in a test. Throws `RpcError`, `NetworkError`, `SecurityError`. */
export interface Caller {
  call<S extends string, M extends keyof Methods<S> & keyof Answers<S> & string>(
    layer: Layer<S>,
    method: M,
    params: Methods<S>[M],
    options?: CallOptions,
  ): Promise<Answers<S>[M]>;
}

/** A caller that also receives updates. */
export interface ListeningCaller extends Caller {
  /** Calls `listener` with the bytes of each update until the returned function is called. */
  onUpdate(listener: (body: Uint8Array) => void): () => void;
}

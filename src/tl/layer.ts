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

export const current = { number: 230, codec: codec(currentText) } as const satisfies Layer<typeof currentText>;

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

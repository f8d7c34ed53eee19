/**
 * What an observer of a client gets: everything on the wire, opened, and what the client concluded from it. It holds
 * secrets. `cli/trace/` writes what may be shown of it.
 */
import { type Check, check } from '../errors.ts';

export type Observed =
  /** A check of the security guidelines was made, of the payload that was received last. */
  | { readonly _: 'check'; readonly what: string; readonly holds: boolean }
  /** The encrypted part of a payload, opened. Of a payload to send, it comes first; of a received one, second. */
  | { readonly _: 'opened'; readonly payload: Uint8Array; readonly plaintext: Uint8Array }
  /** An encrypted value of a key exchange and what is inside: `head` bytes of a hash, a TL value, padding. */
  | { readonly _: 'inner'; readonly sealed: Uint8Array; readonly plaintext: Uint8Array; readonly head: 0 | 20 }
  /** A key exchange ended. */
  | { readonly _: 'key'; readonly auth_key: Uint8Array; readonly server_salt: bigint; readonly time_offset: number };

export type Observe = (event: Observed) => void;

/** Returns `check` for an observer. */
export function checking(observe: Observe): Check {
  return (holds, what) => {
    observe({ _: 'check', what, holds });
    check(holds, what);
  };
}

/**
 * Obfuscation (https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation): a random-looking header of 64 bytes
 * that carries two AES-256-CTR keys, and a stream in each direction under them. It hides the protocol from a glance, not from an attacker.
 *
 *     init:     random (8)  key (32)  iv (16)  tag of the framing, four times one byte (4)  dc (2, LE)  random (2)
 *     sent:     init[0..56)  encrypt(init)[56..64)
 *     decrypt:  key and iv are those 48 bytes in reverse; with a proxy's secret, each key is SHA256(key + secret)
 */
import { concat, type Random } from '../bytes.ts';
import { ctr } from '../crypto/aes.ts';
import { sha256 } from '../crypto/hash.ts';

export const HEADER = 64;

export interface Streams {
  encrypt(bytes: Uint8Array): Uint8Array;
  decrypt(bytes: Uint8Array): Uint8Array;
}

export interface ObfuscationOptions {
  /** The byte of which the framing's tag consists: ef, ee or dd. */
  readonly tag: number;
  /** The DC as in the key exchange; a proxy needs it. */
  readonly dc?: number;
  /** A proxy's secret: 16 bytes. */
  readonly secret?: Uint8Array;
}

/** First words by which other protocols begin: HEAD, POST, GET , OPTI, the two plain tags, a TLS hello. */
const FORBIDDEN = new Set([0x44414548, 0x54534f50, 0x20544547, 0x4954504f, 0xdddddddd, 0xeeeeeeee, 0x02010316]);

/** Whether an `init` could be taken for another protocol by its first eight bytes, or for the framings abridged (ef) or full (0). */
export function isForbidden(init: Uint8Array): boolean {
  const view = new DataView(init.buffer, init.byteOffset);
  return init[0] === 0xef || FORBIDDEN.has(view.getUint32(0, true)) || view.getUint32(4, true) === 0;
}

/** The running ciphers from the client to the server and back. */
export function streams(
  init: Uint8Array,
  secret?: Uint8Array,
): { forward: Streams['encrypt']; backward: Streams['decrypt'] } {
  if (secret !== undefined && secret.length !== 16) throw new RangeError(`a proxy secret of ${secret.length} bytes`);
  const reversed = init.subarray(8, 56).toReversed();
  const keyOf = (key: Uint8Array) => (secret === undefined ? key : sha256(key, secret));
  return {
    forward: ctr(keyOf(init.subarray(8, 40)), init.subarray(40, 56)),
    backward: ctr(keyOf(reversed.subarray(0, 32)), reversed.subarray(32, 48)),
  };
}

/** A client's header, and its streams right behind it. */
export function obfuscate(options: ObfuscationOptions, random: Random): Streams & { readonly header: Uint8Array } {
  let init: Uint8Array;
  do init = Uint8Array.from(random(HEADER));
  while (isForbidden(init));
  init.fill(options.tag, 56, 60);
  if (options.dc !== undefined) new DataView(init.buffer).setInt16(60, options.dc, true);
  const { forward, backward } = streams(init, options.secret);
  return { header: concat(init.subarray(0, 56), forward(init).subarray(56)), encrypt: forward, decrypt: backward };
}

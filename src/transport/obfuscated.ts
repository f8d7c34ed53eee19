/**
 * Obfuscation (https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation): a header of 64 bytes that
 * looks random and contains two AES-256-CTR keys, then one encrypted stream in each direction. It hides the protocol
 * from a simple filter, not from an attacker.
 *
 *     init    +--------+-----+----+-----+----+--------+
 *             | random | key | iv | tag | dc | random |      tag: the framing's byte four times; dc: little-endian
 *             +--------+-----+----+-----+----+--------+
 *                  8     32    16    4    2      2
 *
 *     sent        the first 56 bytes of init, then the last 8 bytes of encrypt(init)
 *     encrypt     with key and iv; with a proxy's secret, the key is SHA256(key + secret)
 *     decrypt     the same with the 48 bytes of key and iv reversed
 *
 *     overhead    64 bytes once
 */
import { concat, le32, type Random } from '../bytes.ts';
import { ctr } from '../crypto/aes.ts';
import { sha256 } from '../crypto/hash.ts';

export const HEADER = 64;

export interface Streams {
  encrypt(bytes: Uint8Array): Uint8Array;
  decrypt(bytes: Uint8Array): Uint8Array;
}

interface ObfuscationOptions {
  /** The byte of the framing's tag: ef, ee or dd. */
  readonly tag: number;
  /** The DC, as in the key exchange. A proxy needs it. */
  readonly dc?: number;
  /** A proxy's secret, 16 bytes. */
  readonly secret?: Uint8Array;
}

/** The first four bytes of other protocols: HEAD, POST, GET, OPTI, the tags of two framings, a TLS ClientHello. */
const FORBIDDEN = new Set([0x44414548, 0x54534f50, 0x20544547, 0x4954504f, 0xdddddddd, 0xeeeeeeee, 0x02010316]);

/** Whether the first eight bytes of an init look like another protocol, or the framings abridged (ef) or full (0). */
export function isForbidden(init: Uint8Array): boolean {
  return init[0] === 0xef || FORBIDDEN.has(le32(init) >>> 0) || le32(init, 4) === 0;
}

/** The ciphers from client to server (`forward`) and back. */
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

/** Returns a client's header, and its streams from the first byte after the header. */
export function obfuscate(options: ObfuscationOptions, random: Random): Streams & { readonly header: Uint8Array } {
  let init: Uint8Array;
  do init = Uint8Array.from(random(HEADER));
  while (isForbidden(init));
  init.fill(options.tag, 56, 60);
  if (options.dc !== undefined) new DataView(init.buffer).setInt16(60, options.dc, true);
  const { forward, backward } = streams(init, options.secret);
  return { header: concat(init.subarray(0, 56), forward(init).subarray(56)), encrypt: forward, decrypt: backward };
}

/** Valid ranges of numbers and texts for which TL's types allow more, such as a port in an `int`. */

/** At most 52 bits (https://core.telegram.org/api/bots/ids). */
export function isUserId(id: bigint): boolean {
  return id > 0n && id < 2n ** 52n;
}

/** Positive, and an int on the wire. */
export function isApiId(id: number): boolean {
  return isWhole(id, 1, 0x7fffffff);
}

/** At most three digits, as in `--dc`. On the wire a DC is an int16, plus 10000 on the test network. */
export function isDc(id: number): boolean {
  return isWhole(id, 1, 999);
}

/** The largest port that GramJS and teleproto can store: they read it as a signed 16-bit number. */
export const MAX_SIGNED_PORT = 32_767;

export function isPort(port: number): boolean {
  return isWhole(port, 1, 65535);
}

/** Whether a text may be the host of a DC: an IP address or a name. */
export function isHost(text: string): boolean {
  return /^[0-9a-z.:-]{3,100}$/i.test(text);
}

/** A difference between two clocks that show unix time in 32 bits, signed or unsigned. */
export function isTimeOffset(seconds: number): boolean {
  return Math.abs(seconds) < 2 ** 33;
}

export function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** What numbers and texts may be where TL's types allow more: an `int` is any 32 bits, a port is not. */

/** Ids have at most 52 bits (https://core.telegram.org/api/bots/ids). */
export function isUserId(id: bigint): boolean {
  return id > 0n && id < 2n ** 52n;
}

/** On the wire it is an int. */
export function isApiId(id: number): boolean {
  return isWhole(id, 1, 0x7fffffff);
}

/** Three digits, as in `--dc`; on the wire a DC is an int16 to which the test network adds 10000. */
export function isDc(id: number): boolean {
  return isWhole(id, 1, 999);
}

export function isPort(port: number): boolean {
  return isWhole(port, 1, 65535);
}

/** Whether this may be the host of a DC: an IP address or a name. */
export function isHost(text: string): boolean {
  return /^[0-9a-z.:-]{3,100}$/i.test(text);
}

/** Seconds between two clocks of which each shows unix time in 32 bits, or in 31 and a sign. */
export function isTimeOffset(seconds: number): boolean {
  return Math.abs(seconds) < 2 ** 33;
}

export function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** Host names and IP addresses. */
import { isIP } from 'node:net';
import { NetworkError } from '../../errors.ts';

/** Returns 4 or 6 for an IP address, 0 for a name. */
export const familyOf = isIP;

/**
 * Whether a text could be a host. Some versions of Node.js throw a TypeError for a NUL character, and all take an empty
 * text for localhost.
 */
export function canBeHost(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as \p{Cc}, without the tables of Unicode
  return /^[^\s\0-\x1f\x7f-\x9f]+$/.test(text);
}

/** Resolves a name to its addresses, or to those of a family (4 or 6). Throws `NetworkError` HOST_NOT_FOUND. */
export async function resolveName(host: string, family = 0): Promise<readonly [string, ...string[]]> {
  if (!canBeHost(host)) throw new NetworkError('HOST_NOT_FOUND', { host });
  const { lookup } = await import('node:dns/promises');
  try {
    const [first, ...rest] = await lookup(host, { all: true, family });
    if (first === undefined) throw new Error('no address');
    return [first.address, ...rest.map(({ address }) => address)];
  } catch (cause) {
    throw new NetworkError('HOST_NOT_FOUND', { host }, { cause });
  }
}

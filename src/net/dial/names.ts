/** Host names and IP addresses. */
import { isIP } from 'node:net';
import { NetworkError } from '../../errors.ts';

/** Returns 4 or 6 for an IP address, 0 for a name. */
export const familyOf = isIP;

/** Resolves a name to its addresses, or to those of a family (4 or 6). Throws `NetworkError` HOST_NOT_FOUND. */
export async function resolveName(host: string, family = 0): Promise<readonly [string, ...string[]]> {
  const { lookup } = await import('node:dns/promises');
  try {
    const [first, ...rest] = await lookup(host, { all: true, family });
    if (first === undefined) throw new Error('no address');
    return [first.address, ...rest.map(({ address }) => address)];
  } catch (cause) {
    throw new NetworkError('HOST_NOT_FOUND', { host }, { cause });
  }
}

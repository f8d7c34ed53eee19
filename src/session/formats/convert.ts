/**
 * Sessions ↔ what a string holds.
 *
 * Whoever made a string may know its key, and can have written anything else into it. So a session takes no more from one than its DC, key and
 * user, and marks the key as imported. Addresses come from the network, and the clock from the server. A wrong salt is corrected with
 * the server's first answer; a string of another library has none.
 */
import { emptySession, type Session, type SessionAddress } from '../session.ts';
import type { Contents, SessionString } from './format.ts';

/** What the formats may hold of a session. `api_id` and `address`, the DC's, where they are known. */
export interface Surroundings {
  readonly api_id: number | undefined;
  readonly address: SessionAddress | undefined;
}

/** `undefined` if the session has no key to hand out. */
export function contentsOf(session: Session, { api_id, address }: Surroundings): Contents | undefined {
  const { dc, keys, network, user } = session;
  const key = keys[dc];
  if (key === undefined) return undefined;
  return {
    dc,
    test: network === 'test',
    auth_key: key.auth_key,
    network,
    server_salt: key.server_salt,
    ...(address === undefined ? {} : { address }),
    ...(user === undefined ? {} : { user }),
    ...(api_id === undefined ? {} : { api_id }),
  };
}

/**
 * The session in a string. `network`: the id of the network that it is opened on. `made`: the time of the import in unix seconds, if it is to be
 * stored; the key is at least as old as that.
 */
export function sessionOf(string: SessionString, network: string, made?: number): Session {
  const { dc, auth_key, server_salt = 0n, user } = string;
  return {
    ...emptySession(network, dc),
    keys: {
      [dc]: { auth_key, server_salt, ...(made === undefined ? {} : { made: Math.floor(made) }), imported: true },
    },
    ...(user === undefined ? {} : { user }),
  };
}

/** Whether somebody is signed in: `unknown` for a key from a string that did not say whose it is. */
export function signedIn({ user, keys, dc }: Session): boolean | 'unknown' {
  if (user !== undefined) return true;
  return keys[dc]?.imported === true ? 'unknown' : false;
}

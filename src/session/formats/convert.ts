/**
 * Sessions ↔ what a string holds.
 *
 * A string of another library has one key and no salt. The salt is kept as 0, which the server corrects with its first answer; until
 * then it marks a key that came in a string and was never used here, of which nobody has said whether it is signed in.
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
    session,
    ...(address === undefined ? {} : { address }),
    ...(user === undefined ? {} : { user }),
    ...(api_id === undefined ? {} : { api_id }),
  };
}

/** The session in a string. `address` is where its DC is, if the network does not say so itself. */
export function sessionOf(string: SessionString, network: string, address: SessionAddress | undefined): Session {
  const { session, dc, auth_key, user } = string;
  if (session !== undefined) return session;
  return {
    ...emptySession(network, dc),
    keys: { [dc]: { auth_key, server_salt: 0n } },
    addresses: address === undefined ? {} : { [dc]: [address] },
    ...(user === undefined ? {} : { user }),
  };
}

/** Whether somebody is signed in: `unknown` for a key from a string that did not say whose it is. */
export function signedIn({ user, keys, dc }: Session): boolean | 'unknown' {
  if (user !== undefined) return true;
  return keys[dc]?.server_salt === 0n ? 'unknown' : false;
}

/**
 * Session ↔ contents of a session string.
 *
 * The maker of a string may know its key and can write anything into it. So a session takes only DC, key, salt and user
 * from it, and marks the key as imported. Addresses come from the network and the clock from the server. The server's
 * first answer corrects a wrong salt.
 */
import { emptySession, type Session, type SessionAddress } from '../session.ts';
import type { Contents, SessionString } from './format.ts';

/** Values that a string may hold but a session does not. `address`: of the session's DC. */
export interface Surroundings {
  readonly api_id: number | undefined;
  readonly address: SessionAddress | undefined;
}

/** The contents of a string for this session; `undefined` if it has no key. */
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
 * The session in a string. `network`: the id of the network in use. `made`: the time of the import in unix seconds, if
 * the session is to be stored; the key is at least this old.
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

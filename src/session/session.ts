/**
 * The session: what one sign-in has to remember between two runs. A value, replaced and never changed.
 *
 * It belongs to one network (production, test, or one server's key), since its keys mean nothing anywhere else.
 */
import { equal } from '../bytes.ts';
import type { TransportName } from '../transport/names.ts';

export interface SessionKey {
  /** 256 bytes: the key that https://core.telegram.org/mtproto/auth_key agreed on. */
  readonly auth_key: Uint8Array;
  readonly server_salt: bigint;
  /** Unix seconds by the server's clock: the key is at least as old as that. Absent: not known. */
  readonly made?: number;
  /** The key came in a session string, so its maker may know it too. A sign-in never starts on such a key. */
  readonly imported?: true;
}

export interface SessionAddress {
  readonly host: string;
  readonly port: number;
}

/** A way to a DC: the address, and how its bytes were wrapped. */
export interface SessionRoute {
  readonly address: SessionAddress;
  readonly transport: TransportName;
}

export interface SessionUser {
  readonly id: bigint;
  /** Absent: not known. */
  readonly bot?: boolean;
}

/** A code that was asked for and not used yet (https://core.telegram.org/constructor/auth.sentCode). */
export interface PendingCode {
  /** The DC that sent it, and that alone can check it. */
  readonly dc: number;
  readonly phone_code_hash: string;
  /** How it travels: the name of its auth.SentCodeType. */
  readonly type: string;
  /** How many characters it has, where the type tells. */
  readonly length?: number;
  /** How it may travel next: the name of an auth.CodeType. */
  readonly next_type?: string;
  /** When the next way opens, in unix seconds. */
  readonly deadline?: number;
  /** When it was asked for, in unix seconds. */
  readonly asked: number;
}

export interface Session {
  /** The network's id, which is also the name of its folder: `production`, `test`, `server-` and a fingerprint. */
  readonly network: string;
  /** The DC that answers this session's calls. */
  readonly dc: number;
  /** By DC. */
  readonly keys: Readonly<Record<number, SessionKey>>;
  /** By DC: what the server told, where the built-in table has nothing. */
  readonly addresses: Readonly<Record<number, readonly SessionAddress[]>>;
  /** By DC: of several ways, the one that led through the last time. */
  readonly routes?: Readonly<Record<number, SessionRoute>>;
  /** Seconds that the server's clock is ahead of ours. */
  readonly time_offset: number;
  /** Who is signed in. */
  readonly user?: SessionUser;
  /** By phone number, digits alone. */
  readonly pending: Readonly<Record<string, PendingCode>>;
  /** Methods that this server no longer has. */
  readonly dropped: readonly string[];
  /** Until when the server asked to wait, in unix seconds, by method and phone number: `auth.sendCode 79991234567`. */
  readonly waits?: Readonly<Record<string, number>>;
}

export function emptySession(network: string, dc: number): Session {
  return { network, dc, keys: {}, addresses: {}, time_offset: 0, pending: {}, dropped: [] };
}

/** The session after a change of its connections. Nobody is signed in any more where the key that was signed in is not the session's now. */
export function withConnections(
  session: Session,
  part: Pick<Session, 'dc' | 'keys' | 'addresses' | 'time_offset' | 'routes'>,
): Session {
  const { user, ...rest } = { ...session, ...part };
  const [before, now] = [session.keys[session.dc], part.keys[part.dc]];
  const same =
    session.dc === part.dc && before !== undefined && now !== undefined && equal(before.auth_key, now.auth_key);
  return user === undefined || !same ? rest : { ...rest, user };
}

/** Whether a server has proved itself by a key exchange. Until then nothing of what it says is worth a file. */
export function hasKey({ keys }: Pick<Session, 'keys'>): boolean {
  return Object.keys(keys).length > 0;
}

const DAY = 24 * 60 * 60;
/** So many pending codes, and so many waits, are kept. */
const MOST_KEPT = 100;

/**
 * The session without what is over: waits, and codes that were asked for more than a day ago (or ahead, by a clock that was
 * wrong), which the server has forgotten within minutes. Of too many, the newest codes and the longest waits are kept.
 */
export function withoutTheDead({ waits, ...session }: Session, now: number): Session {
  const time = now / 1000;
  const pending = Object.entries(session.pending)
    .filter(([, { asked }]) => Math.abs(time - asked) <= DAY)
    .sort(([, a], [, b]) => b.asked - a.asked)
    .slice(0, MOST_KEPT);
  const left = Object.entries(waits ?? {})
    .filter(([, until]) => time < until)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_KEPT);
  return {
    ...session,
    pending: Object.fromEntries(pending),
    ...(left.length === 0 ? {} : { waits: Object.fromEntries(left) }),
  };
}

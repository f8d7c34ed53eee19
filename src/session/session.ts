/**
 * The session: what a sign-in stores between two runs. An immutable value.
 *
 * It belongs to one network (production, test, or one server key), because its keys are valid only there.
 */
import { equal } from '../bytes.ts';
import type { TransportName } from '../transport/names.ts';

export interface SessionKey {
  /** 256 bytes (https://core.telegram.org/mtproto/auth_key). */
  readonly auth_key: Uint8Array;
  readonly server_salt: bigint;
  /** Salts for later, as the server told them ahead: records of 16 bytes. */
  readonly salts?: Uint8Array | undefined;
  /** Unix seconds by the server's clock: the key is at least this old. Absent: not known. */
  readonly made?: number;
  /** The key came in a session string, so the maker of the string may know it. A sign-in never starts on such a key. */
  readonly imported?: true;
}

export interface SessionAddress {
  readonly host: string;
  readonly port: number;
}

/** A route to a DC. */
export interface SessionRoute {
  readonly address: SessionAddress;
  readonly transport: TransportName;
}

export interface SessionUser {
  readonly id: bigint;
  /** Absent: not known. */
  readonly bot?: boolean;
  /** As last seen, safe to print. */
  readonly name?: string;
  /** Digits only. */
  readonly phone?: string;
}

/** A wait that the server asked for. */
export interface Wait {
  /** When it did, in unix seconds. */
  readonly asked: number;
  readonly seconds: number;
}

/** A code that was requested and not used yet (https://core.telegram.org/constructor/auth.sentCode). */
export interface PendingCode {
  /** The DC that sent it. No other DC can check it. */
  readonly dc: number;
  readonly phone_code_hash: string;
  /** How it was sent: the name of its auth.SentCodeType. */
  readonly type: string;
  /** Its number of characters, if known. */
  readonly length?: number;
  /** The next delivery method: the name of an auth.CodeType. */
  readonly next_type?: string;
  /** When the next delivery method is due, in unix seconds. */
  readonly deadline?: number;
  /** When it was requested, in unix seconds. */
  readonly asked: number;
}

/** A sign-in by QR code that another process can finish (https://core.telegram.org/api/qr-login). */
export interface PendingQr {
  /** The DC that made the token. After an accepted one, the DC that asks for the password. */
  readonly dc: number;
  /** When the token was made, or accepted, in unix seconds. */
  readonly asked: number;
  /** The link in the QR code. Absent: its token was accepted, and the password is needed. */
  readonly link?: string;
}

/** A clone of another session (`session clone`) whose sign-in or export may not be complete. */
export interface UnfinishedClone {
  /** The id of its account. */
  readonly user: bigint;
  /** It is signed in, and its string may have been written: another program may use it. */
  readonly exported?: true;
}

export interface Session {
  /** The network's id and the name of its folder: `production`, `test`, or `server-` and a fingerprint. */
  readonly network: string;
  /** The DC that answers this session's calls. */
  readonly dc: number;
  /** By DC. */
  readonly keys: Readonly<Record<number, SessionKey>>;
  /** By DC: addresses from the server, for DCs that the built-in table lacks. */
  readonly addresses: Readonly<Record<number, readonly SessionAddress[]>>;
  /** By DC: of several routes, the one that worked last. */
  readonly routes?: Readonly<Record<number, SessionRoute>>;
  /** Seconds by which the server's clock is ahead of ours. */
  readonly time_offset: number;
  /** Who is signed in. */
  readonly user?: SessionUser;
  /** By phone number, digits alone. */
  readonly pending: Readonly<Record<string, PendingCode>>;
  readonly qr?: PendingQr | undefined;
  /** Methods that this server no longer supports. */
  readonly dropped: readonly string[];
  /** Stored before the server can sign the key in, so that no crash leaves a session that nobody holds. */
  readonly clone?: UnfinishedClone | undefined;
  /** By method and phone: `auth.sendCode +79991234567`. */
  readonly waits?: Readonly<Record<string, Wait>>;
}

export function emptySession(network: string, dc: number): Session {
  return { network, dc, keys: {}, addresses: {}, time_offset: 0, pending: {}, dropped: [] };
}

/** The session after a change of its connections. It loses its user if the key of its DC changed. */
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

/** Whether a key exchange has authenticated a server. Until then nothing is stored. */
export function hasKey({ keys }: Pick<Session, 'keys'>): boolean {
  return Object.keys(keys).length > 0;
}

/** Whether the session is signed in; `unknown` for an unfinished clone, and for a key from a string without a user. */
export function signInState({ user, keys, dc, clone }: Session): boolean | 'unknown' {
  if (user !== undefined) return true;
  const key = keys[dc];
  return key !== undefined && (key.imported === true || clone !== undefined) ? 'unknown' : false;
}

/** Seconds that are left of a wait; never more than the server said, even if the clock was set back since. */
export function secondsLeft({ asked, seconds }: Wait, nowMs: number): number {
  return Math.min(Math.max(0, Math.ceil(asked + seconds - nowMs / 1000)), seconds);
}

const DAY = 24 * 60 * 60;
/** How many pending codes, and how many waits, are kept. */
const MAX_KEPT = 100;

/**
 * The session without expired waits, and without codes and QR codes requested more than a day ago: they expire within
 * minutes. By a wrong clock, codes and waits may be ahead, but not by more than a day. If there are too many, the
 * newest codes and the longest waits are kept.
 */
export function withoutExpired({ waits, qr, ...session }: Session, now: number): Session {
  const time = now / 1000;
  const isRecent = ({ asked }: { readonly asked: number }) => Math.abs(time - asked) <= DAY;
  const pending = Object.entries(session.pending)
    .filter(([, code]) => isRecent(code))
    .sort(([, a], [, b]) => b.asked - a.asked)
    .slice(0, MAX_KEPT);
  const left = Object.entries(waits ?? {})
    .filter(([, wait]) => secondsLeft(wait, now) > 0 && wait.asked - time <= DAY)
    .sort(([, a], [, b]) => b.asked + b.seconds - a.asked - a.seconds)
    .slice(0, MAX_KEPT);
  return {
    ...session,
    pending: Object.fromEntries(pending),
    ...(qr !== undefined && isRecent(qr) && { qr }),
    ...(left.length === 0 ? {} : { waits: Object.fromEntries(left) }),
  };
}

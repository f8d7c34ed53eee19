/**
 * The state of the sandbox, and the types of everything in it. This file imports no rule.
 *
 * The rules are plain functions of a world and of the sender of a request, one file for each subject. They know nothing
 * of TL, layers or sockets; they return, or throw a `Refusal`. Memory is bounded: entries expire, and the oldest is
 * dropped when there are too many.
 */
import type { Now, Random } from '../bytes.ts';
import type { PasswordKdf, SrpChallenge } from '../crypto/srp.ts';
import { Clock } from './clock.ts';
import type { DeliveryMethod, NumberOwner } from './rules/numbers.ts';

interface WorldOptions {
  /** How many DCs there are; their ids are 1 … dcs. */
  readonly dcs: number;
  /** The real clock. */
  readonly now: Now;
  /** How much faster the clock of the rules runs; default 1. */
  readonly speed?: number | undefined;
  readonly random: Random;
  /** Called for each code that reaches a phone, a mailbox or an app. */
  readonly deliver?: (delivery: Delivery) => void;
  /** Called with each new login token, which a client shows as a QR code. */
  readonly showToken?: (token: Uint8Array, sender: Sender) => void;
  /** Sends updateLoginToken to the client whose login token was accepted. */
  readonly tokenAccepted?: (sender: Sender) => void;
}

const emptyState = () => ({
  /** By auth key and hash: a hash works only for the key that asked for it. */
  codes: new Map<string, IssuedCode>(),
  /** When a refused request will be allowed, in ms; 0 for a refusal that comes only once. */
  waits: new Map<string, number>(),
  /** By `Account.name`. */
  accounts: new Map<string, Account>(),
  /** By hash. */
  authorizations: new Map<bigint, Authorization>(),
  /** The hash of the authorization of each signed-in auth key. */
  signedIn: new Map<bigint, bigint>(),
  /** Auth keys whose sign-in lacks only the password. */
  awaitingPassword: new Map<bigint, AwaitedSignIn>(),
  /** By auth key and srp_id. */
  challenges: new Map<string, Challenge>(),
  /** The new_algo that each auth key got last. */
  newPasswords: new Map<bigint, PasswordKdf>(),
  /** By `Account.name`. */
  recoveries: new Map<string, Recovery>(),
  /** By the token in hex. */
  tokens: new Map<string, LoginToken>(),
  /** By the bytes of auth.exportedAuthorization in hex. */
  transfers: new Map<string, Transfer>(),
});

export interface World extends Required<Omit<WorldOptions, 'now' | 'speed'>>, Readonly<ReturnType<typeof emptyState>> {
  readonly clock: Clock;
  /** Forgets all accounts, codes and sign-ins, and shows the real time again. */
  reset(): void;
}

export function createWorld({ now, speed, ...options }: WorldOptions): World {
  const state = emptyState();
  const clock = new Clock(now, speed);
  const reset = () => {
    for (const map of Object.values(state)) map.clear();
    clock.reset();
  };
  return { deliver: ignore, showToken: ignore, tokenAccepted: ignore, ...options, ...state, clock, reset };
}

const ignore = () => {};

/** The client that sent a request. */
export interface Sender {
  readonly world: World;
  /** The DC that it asked. */
  readonly dc: number;
  readonly auth_key_id: bigint;
  readonly device: Device;
}

/** The device of initConnection. */
export interface Device {
  readonly api_id: number;
  readonly device_model: string;
  readonly system_version: string;
  readonly app_version: string;
}

/** A code that reached its owner. */
export interface Delivery {
  /** Digits only. */
  readonly phone: string;
  readonly delivery: DeliveryMethod;
  /** One line for a person. */
  readonly text: string;
  /** What auth.signIn expects. */
  readonly code: string;
}

/** A login code that was sent. */
export interface IssuedCode {
  readonly phone_code_hash: string;
  readonly owner: NumberOwner;
  /** The code is made of the first of these six digits. */
  readonly digits: string;
  /** The delivery methods that this client supports; `at` is the index of the last one used. */
  readonly methods: readonly DeliveryMethod[];
  at: number;
  sentMs: number;
  /** Real seconds after which the next delivery method is available. */
  readonly timeout: number;
  readonly expiresMs: number;
  wrongCodes: number;
  /** The right code was entered for a number without an account, so auth.signUp is allowed. */
  confirmed: boolean;
  /** The login e-mail address to verify before a code is sent. */
  email: string | undefined;
}

export interface Account {
  /** A phone number, or `bot 123456`. */
  readonly name: string;
  readonly id: bigint;
  readonly access_hash: bigint;
  /** `undefined` for a bot. */
  readonly owner: NumberOwner | undefined;
  readonly first_name: string;
  readonly last_name: string | undefined;
  readonly username: string | undefined;
  password: Password | undefined;
  /** The address that recovers the password. */
  recoveryEmail: string | undefined;
  /** A new address that waits for its code, and the change of the password that waits with it. */
  pendingEmail: PendingEmail | undefined;
  /** When the password may be reset, in ms. */
  resetMs: number | undefined;
  /** Until when no reset is possible, because one was declined; in ms. */
  noResetMs: number;
  /** The secret of Telegram Passport, encrypted by a client with the password. */
  passport: PassportSecret | undefined;
  /** Since the last right password. */
  wrongPasswords: number;
  /** An authorization ends after this many days without use. */
  ttlDays: number;
  /** What a client last said about it; `undefined` before. */
  presence: Presence | undefined;
}

export interface Presence {
  readonly online: boolean;
  readonly sinceMs: number;
}

export interface Password {
  readonly kdf: PasswordKdf;
  readonly hint: string;
  /** Returns v. A test number's is computed at first use, which is slow. */
  verifier(): Uint8Array;
}

export interface PendingEmail {
  readonly email: string;
  readonly code: string;
  readonly expiresMs: number;
  readonly settings: NewSettings;
}

/** What account.updatePasswordSettings changes. */
export interface NewSettings {
  /** null: no password any more. */
  readonly password?: NewPassword | null | undefined;
  /** Empty: no address any more. */
  readonly email?: string | undefined;
  readonly passport?: PassportSecret | undefined;
}

/** A password as a client sends it. */
export interface NewPassword {
  readonly kdf: PasswordKdf;
  /** v, 256 bytes. */
  readonly hash: Uint8Array;
  readonly hint: string;
}

export interface PassportSecret {
  readonly salt: Uint8Array;
  readonly secret: Uint8Array;
  readonly id: bigint;
}

/** A challenge that account.getPassword sent, good for one answer. */
export interface Challenge extends SrpChallenge {
  readonly password: Password;
}

/** A password recovery code that was sent. */
export interface Recovery {
  readonly code: string;
  readonly expiresMs: number;
}

/** An account on a device. An auth key has at most one. */
export interface Authorization {
  /** Never 0, which means "this session". */
  readonly hash: bigint;
  readonly account: Account;
  readonly device: Device;
  readonly createdMs: number;
  activeMs: number;
  /** Ended by auth.resetAuthorizations. */
  revoked: boolean;
  /** No other device has confirmed it. */
  unconfirmed: boolean;
  /** What the owner allows on it. */
  readonly allows: { secretChats: boolean; calls: boolean };
}

/** An account to sign in to, and the hash of the authorization that it will be. */
export interface PendingSignIn {
  readonly account: Account;
  readonly hash: bigint;
  /** A device of the account has accepted it. */
  readonly isAccepted?: boolean;
}

/** A sign-in that lacks only the password. The other devices of the account see it. */
export interface AwaitedSignIn extends PendingSignIn {
  readonly authorization: Authorization;
}

export interface LoginToken {
  readonly token: Uint8Array;
  readonly sender: Sender;
  readonly expiresMs: number;
  /** The ids of accounts that may not accept the token: the client is signed in to them already. */
  readonly except: readonly bigint[];
  /** Set when a device accepts the token. */
  accepted: PendingSignIn | undefined;
  /** It has signed its client in, or asked for the password. */
  used: boolean;
}

/** An authorization that is exported to another DC. */
interface Transfer {
  readonly authorization: Authorization;
  readonly dc: number;
}

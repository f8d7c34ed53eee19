/**
 * The state of the sandbox: who lives there, who is signed in where, which codes and tokens are on their way.
 *
 * The rules that change it are plain functions of a world (its state, its clock, its randomness) and of who asks, a file for each
 * subject. They know nothing of TL, layers or sockets; they answer, or throw a `Refusal`. Nothing is remembered for ever: what has a
 * time expires, and the oldest gives way.
 */
import type { Now, Random } from '../bytes.ts';
import type { PasswordKdf } from '../crypto/srp.ts';
import type { Account } from './rules/accounts.ts';
import type { Authorization, Awaited } from './rules/authorizations.ts';
import type { Issued } from './rules/codes.ts';
import type { Spoken } from './rules/delivery-text.ts';
import type { Challenge } from './rules/passwords.ts';
import type { LoginToken } from './rules/qr.ts';
import type { Recovery } from './rules/recovery.ts';
import type { Transfer } from './rules/transfer.ts';

export interface World {
  /** How many DCs there are; their ids are 1 … dcs. */
  readonly dcs: number;
  readonly now: Now;
  readonly random: Random;
  /** Hears what leaves for a phone, an inbox or an app. */
  readonly say: (spoken: Spoken) => void;
  /** Sees the token that a client would draw as a QR code. */
  readonly show: (token: Uint8Array, asker: Asker) => void;
  /** Tells the clients of a key that their login token was accepted. */
  readonly wake: (asker: Asker) => void;
  /** By auth key and hash: a hash is good for the key that asked for it. */
  readonly issued: Map<string, Issued>;
  /** When what was refused for now will be granted, in ms; 0 once it was. */
  readonly waits: Map<string, number>;
  /** By phone, or what a bot goes by. */
  readonly accounts: Map<string, Account>;
  /** By hash. */
  readonly authorizations: Map<bigint, Authorization>;
  /** The authorization of each auth key that is signed in. */
  readonly signedIn: Map<bigint, bigint>;
  /** Auth keys that have only the password left to give. */
  readonly awaited: Map<bigint, Awaited>;
  /** By auth key and srp_id. */
  readonly challenges: Map<string, Challenge>;
  /** What each auth key was last told to make a new password with. */
  readonly newPasswords: Map<bigint, PasswordKdf>;
  /** By account. */
  readonly recoveries: Map<string, Recovery>;
  /** By their bytes, in hex. */
  readonly tokens: Map<string, LoginToken>;
  /** By their bytes, in hex. */
  readonly transfers: Map<string, Transfer>;
}

export interface Asker {
  /** The DC that was asked. */
  readonly dc: number;
  readonly auth_key_id: bigint;
  readonly device: Device;
}

/** What initConnection told. */
export interface Device {
  readonly api_id: number;
  readonly device_model: string;
  readonly system_version: string;
  readonly app_version: string;
}

export function createWorld(
  options: Pick<World, 'dcs' | 'now' | 'random'> & Partial<Pick<World, 'say' | 'show' | 'wake'>>,
): World {
  return {
    say: () => {},
    show: () => {},
    wake: () => {},
    ...options,
    issued: new Map(),
    waits: new Map(),
    accounts: new Map(),
    authorizations: new Map(),
    signedIn: new Map(),
    awaited: new Map(),
    challenges: new Map(),
    newPasswords: new Map(),
    recoveries: new Map(),
    tokens: new Map(),
    transfers: new Map(),
  };
}

/**
 * Who is signed in: an authorization is an account on a device, and an auth key has at most one
 * (https://core.telegram.org/method/account.getAuthorizations). What was ended by its hash is unknown afterwards
 * (AUTH_KEY_UNREGISTERED); what was ended along with all the others is told so (SESSION_REVOKED).
 */
import { le64 } from '../../bytes.ts';
import type { Asker, Device, World } from '../world.ts';
import type { Account } from './accounts.ts';
import { checkRefusal } from './number-rules.ts';
import { Refusal } from './refusal.ts';
import { remember } from './remember.ts';

export interface Authorization {
  /** Never 0, which stands for the one that asks. */
  readonly hash: bigint;
  readonly account: Account;
  readonly device: Device;
  /** In ms. */
  readonly created: number;
  active: number;
  /** Ended with all others but one. */
  revoked: boolean;
}

/** A login that lacks the password. */
export interface Awaited {
  readonly account: Account;
  /** The hash of the authorization that it will be. */
  readonly hash: bigint;
}

/** Of the owner's phone, which is where codes arrive and whose camera reads QR codes. */
const PHONE: Device = { api_id: 4, device_model: 'Sandbox Phone', system_version: '1.0', app_version: '1.0' };

export function addPhone(world: World, account: Account): void {
  add(world, newHash(world), account, PHONE);
}

/** Signs an auth key in. Throws SESSION_PASSWORD_NEEDED if the account has a password: then that is awaited. */
export function enter(world: World, asker: Asker, account: Account, hash = newHash(world)): Authorization {
  leave(world, asker);
  if (account.password === undefined) return finish(world, asker, { account, hash });
  remember(world.awaited, asker.auth_key_id, { account, hash });
  throw new Refusal(401, 'SESSION_PASSWORD_NEEDED');
}

/** Signs an auth key in, the password being given or not needed. */
export function finish(world: World, asker: Asker, { account, hash }: Awaited): Authorization {
  leave(world, asker);
  remember(world.signedIn, asker.auth_key_id, hash);
  return add(world, hash, account, asker.device);
}

/** Lets an auth key share an authorization that it has on another DC. */
export function share(world: World, asker: Asker, authorization: Authorization): void {
  leave(world, asker);
  remember(world.signedIn, asker.auth_key_id, authorization.hash);
}

/** The authorization of an auth key, if it is signed in. */
export function known(world: World, { auth_key_id }: Asker): Authorization | undefined {
  const hash = world.signedIn.get(auth_key_id);
  const found = hash === undefined ? undefined : world.authorizations.get(hash);
  if (found?.revoked === true) throw new Refusal(401, 'SESSION_REVOKED');
  return found;
}

/** The authorization of an auth key that has to be signed in. */
export function authorize(world: World, asker: Asker): Authorization {
  const found = known(world, asker);
  if (found === undefined) throw new Refusal(401, isAwaited(world, asker));
  if (found.account.subscriber !== undefined) checkRefusal(world, asker, 'use', found.account.subscriber);
  found.active = world.now();
  return found;
}

function isAwaited({ awaited }: World, { auth_key_id }: Asker): string {
  return awaited.has(auth_key_id) ? 'SESSION_PASSWORD_NEEDED' : 'AUTH_KEY_UNREGISTERED';
}

/** The same for what a bot may not do. */
export function authorizePerson(world: World, asker: Asker): Authorization {
  const found = authorize(world, asker);
  if (found.account.subscriber === undefined) throw new Refusal(400, 'BOT_METHOD_INVALID');
  return found;
}

/** Ends the authorization of an auth key, on every DC. */
export function signOut(world: World, asker: Asker): void {
  if (!world.awaited.has(asker.auth_key_id)) authorize(world, asker);
  leave(world, asker);
}

/** All authorizations of an account, the one that asks first. */
export function authorizationsOf(world: World, own: Authorization): Authorization[] {
  const all = [...world.authorizations.values()].filter(({ account, revoked }) => account === own.account && !revoked);
  return [own, ...all.filter((each) => each !== own)];
}

export function resetAuthorization(world: World, asker: Asker, hash: bigint): void {
  const own = authorizeReset(world, asker);
  const found = authorizationsOf(world, own).find((each) => each.hash === hash);
  if (found === undefined || found === own) throw new Refusal(400, 'HASH_INVALID');
  world.authorizations.delete(hash);
}

/** Ends all authorizations of an account but the one that asks. */
export function resetAuthorizations(world: World, asker: Asker): void {
  const [, ...others] = authorizationsOf(world, authorizeReset(world, asker));
  for (const other of others) other.revoked = true;
}

function authorizeReset(world: World, asker: Asker): Authorization {
  const own = authorizePerson(world, asker);
  if (own.account.subscriber !== undefined) checkRefusal(world, asker, 'reset', own.account.subscriber);
  return own;
}

export function newHash({ random }: World): bigint {
  return le64(random(8)) | 1n;
}

function add(world: World, hash: bigint, account: Account, device: Device): Authorization {
  const now = world.now();
  const authorization = { hash, account, device, created: now, active: now, revoked: false };
  remember(world.authorizations, hash, authorization);
  return authorization;
}

function leave({ signedIn, authorizations, awaited }: World, { auth_key_id }: Asker): void {
  const hash = signedIn.get(auth_key_id);
  if (hash !== undefined) authorizations.delete(hash);
  signedIn.delete(auth_key_id);
  awaited.delete(auth_key_id);
}

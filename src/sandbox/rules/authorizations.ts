/**
 * Who is signed in (https://core.telegram.org/method/account.getAuthorizations). An authorization ended by its hash is
 * unknown afterwards (AUTH_KEY_UNREGISTERED); one ended together with all others answers SESSION_REVOKED.
 */
import { le64 } from '../../bytes.ts';
import { remember } from '../../mtproto/remember.ts';
import type { Account, Authorization, Device, PendingSignIn, Sender, World } from '../world.ts';
import { checkRefusal } from './number-rules.ts';
import type { RequestKind } from './numbers.ts';
import { Refusal } from './refusal.ts';

/** The owner's phone, which receives codes and scans QR codes. */
const PHONE: Device = { api_id: 4, device_model: 'Sandbox Phone', system_version: '1.0', app_version: '1.0' };

export function addPhone(world: World, account: Account): void {
  add(world, newHash(world), account, PHONE);
}

/** Signs an auth key in. Throws SESSION_PASSWORD_NEEDED if the account has a password. */
export function startSignIn(sender: Sender, account: Account, hash: bigint = newHash(sender.world)): Authorization {
  if (account.password === undefined) return completeSignIn(sender, { account, hash });
  clear(sender);
  remember(sender.world.awaitingPassword, sender.auth_key_id, { account, hash });
  throw new Refusal(401, 'SESSION_PASSWORD_NEEDED');
}

/** Signs an auth key in without asking for the password. */
export function completeSignIn(sender: Sender, { account, hash }: PendingSignIn): Authorization {
  shareAuthorization(sender, hash);
  return add(sender.world, hash, account, sender.device);
}

/** Signs an auth key in to an authorization that exists, or will at once. */
export function shareAuthorization(sender: Sender, hash: bigint): void {
  clear(sender);
  remember(sender.world.signedIn, sender.auth_key_id, hash);
}

/** Returns the authorization of an auth key. Throws if it is not signed in. */
export function authorize(sender: Sender): Authorization {
  const hash = sender.world.signedIn.get(sender.auth_key_id);
  const found = hash === undefined ? undefined : sender.world.authorizations.get(hash);
  if (found?.revoked === true) throw new Refusal(401, 'SESSION_REVOKED');
  if (found === undefined) {
    const isPending = sender.world.awaitingPassword.has(sender.auth_key_id);
    throw new Refusal(401, isPending ? 'SESSION_PASSWORD_NEEDED' : 'AUTH_KEY_UNREGISTERED');
  }
  checkOwner(sender, 'use', found);
  found.activeMs = sender.world.clock.now();
  return found;
}

/** Like `authorize`, for methods that a bot may not call. */
export function authorizePerson(sender: Sender): Authorization {
  const found = authorize(sender);
  if (found.account.owner === undefined) throw new Refusal(400, 'BOT_METHOD_INVALID');
  return found;
}

function checkOwner(sender: Sender, request: RequestKind, { account }: Authorization): void {
  if (account.owner !== undefined) checkRefusal(sender, request, account.owner);
}

/** Ends the authorization of an auth key, on every DC. */
export function signOut(sender: Sender): void {
  if (!sender.world.awaitingPassword.has(sender.auth_key_id)) authorize(sender);
  clear(sender);
}

/** All authorizations of an account, this one first. */
export function authorizationsOf(world: World, own: Authorization): Authorization[] {
  const all = [...world.authorizations.values()].filter(({ account, revoked }) => account === own.account && !revoked);
  return [own, ...all.filter((each) => each !== own)];
}

export function resetAuthorization(sender: Sender, hash: bigint): void {
  const found = otherAuthorizations(sender).find((each) => each.hash === hash);
  if (found === undefined) throw new Refusal(400, 'HASH_INVALID');
  sender.world.authorizations.delete(hash);
}

/** Ends all authorizations of an account except the sender's. */
export function resetAuthorizations(sender: Sender): void {
  for (const other of otherAuthorizations(sender)) other.revoked = true;
}

/** Ends all authorizations of an account except its owner's phone. Returns how many there were. */
export function revokeAuthorizations({ authorizations }: World, account: Account): number {
  const all = [...authorizations.values()];
  const ended = all.filter((each) => each.account === account && each.device !== PHONE && !each.revoked);
  for (const each of ended) each.revoked = true;
  return ended.length;
}

function otherAuthorizations(sender: Sender): Authorization[] {
  const own = authorizePerson(sender);
  checkOwner(sender, 'reset', own);
  return authorizationsOf(sender.world, own).slice(1);
}

export function newHash({ random }: World): bigint {
  return le64(random(8)) | 1n;
}

function add(world: World, hash: bigint, account: Account, device: Device): Authorization {
  const now = world.clock.now();
  const authorization = { hash, account, device, createdMs: now, activeMs: now, revoked: false };
  remember(world.authorizations, hash, authorization);
  return authorization;
}

function clear({ world: { signedIn, authorizations, awaitingPassword }, auth_key_id }: Sender): void {
  const hash = signedIn.get(auth_key_id);
  if (hash !== undefined) authorizations.delete(hash);
  signedIn.delete(auth_key_id);
  awaitingPassword.delete(auth_key_id);
}

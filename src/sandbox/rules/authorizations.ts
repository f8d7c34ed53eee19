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

const DAY_MS = 24 * 60 * 60 * 1000;
/** Telegram's default authorization_autoconfirm_period. */
const CONFIRMATION_MS = 7 * DAY_MS;

export function addPhone(world: World, account: Account): void {
  add(world, newHash(world), account, PHONE);
}

/**
 * Signs an auth key in. Throws SESSION_PASSWORD_NEEDED if the account has a password. `accepted`: the hash, if a device
 * has accepted a login token.
 */
export function startSignIn(sender: Sender, account: Account, accepted?: bigint): Authorization {
  const pending = { account, hash: accepted ?? newHash(sender.world), isAccepted: accepted !== undefined };
  if (account.password === undefined) return completeSignIn(sender, pending);
  clear(sender);
  const authorization = newAuthorization(sender.world, pending, sender.device);
  remember(sender.world.awaitingPassword, sender.auth_key_id, { ...pending, authorization });
  throw new Refusal(401, 'SESSION_PASSWORD_NEEDED');
}

/** Signs an auth key in without asking for the password. */
export function completeSignIn(sender: Sender, { account, hash, isAccepted }: PendingSignIn): Authorization {
  shareAuthorization(sender, hash);
  const unconfirmed = account.owner?.behaviour.unconfirmed === true && isAccepted !== true;
  return add(sender.world, hash, account, sender.device, unconfirmed);
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
  if (isExpired(sender.world, found)) throw new Refusal(401, 'SESSION_EXPIRED');
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

/** Like `authorizePerson`, for methods that change something: a frozen account refuses them. */
export function authorizeChange(sender: Sender): Authorization {
  const found = authorizePerson(sender);
  checkOwner(sender, 'change', found);
  return found;
}

/** The owner's phone is always in use. */
function isExpired({ clock }: World, { account, device, activeMs }: Authorization): boolean {
  return device !== PHONE && clock.now() >= activeMs + account.ttlDays * DAY_MS;
}

function checkOwner(sender: Sender, request: RequestKind, { account }: Authorization): void {
  if (account.owner !== undefined) checkRefusal(sender, request, account.owner);
}

/** Ends the authorization of an auth key, on every DC. */
export function signOut(sender: Sender): void {
  if (!sender.world.awaitingPassword.has(sender.auth_key_id)) authorize(sender);
  clear(sender);
}

/** All authorizations of an account, this one first, then those that are complete. */
export function authorizationsOf(world: World, own: Authorization): Authorization[] {
  const all = [...world.authorizations.values()].filter(
    (each) => each.account === own.account && !each.revoked && !isExpired(world, each),
  );
  const awaited = [...world.awaitingPassword.values()].flatMap(({ account, authorization }) =>
    account === own.account ? [authorization] : [],
  );
  return [own, ...all.filter((each) => each !== own), ...awaited];
}

/** Whether an authorization is not complete: its account has a password. */
export function isAwaited(world: World, { account, hash }: Authorization): boolean {
  return account.password !== undefined && !world.authorizations.has(hash);
}

/** Ends a sign-in that lacks the password. */
function dropAwaited({ awaitingPassword }: World, hash: bigint): void {
  for (const [auth_key_id, each] of awaitingPassword) if (each.hash === hash) awaitingPassword.delete(auth_key_id);
}

export function resetAuthorization(sender: Sender, hash: bigint): void {
  const found = otherAuthorizations(sender).find((each) => each.hash === hash);
  if (found === undefined) throw new Refusal(400, 'HASH_INVALID');
  sender.world.authorizations.delete(hash);
  dropAwaited(sender.world, hash);
}

/** What account.changeAuthorizationSettings changes. */
export interface AuthorizationChange {
  readonly confirmed?: boolean | undefined;
  readonly secretChats?: boolean | undefined;
  readonly calls?: boolean | undefined;
}

/** Changes one device of the account. Hash 0 is this one, which cannot confirm itself. */
export function changeAuthorization(sender: Sender, hash: bigint, change: AuthorizationChange): void {
  const own = authorizeChange(sender);
  const [, ...others] = authorizationsOf(sender.world, own);
  const found = hash === 0n && change.confirmed !== true ? own : others.find((each) => each.hash === hash);
  if (found === undefined) throw new Refusal(400, 'HASH_INVALID');
  if (change.confirmed === true) found.unconfirmed = false;
  found.allows.secretChats = change.secretChats ?? found.allows.secretChats;
  found.allows.calls = change.calls ?? found.allows.calls;
}

/** Whether no other device has confirmed this one, in the time in which one must. */
export function isUnconfirmed({ clock }: World, { unconfirmed, createdMs }: Authorization): boolean {
  return unconfirmed && clock.now() < createdMs + CONFIRMATION_MS;
}

export function setTtl(sender: Sender, days: number): void {
  const own = authorizeChange(sender);
  checkOwner(sender, 'reset', own);
  if (days < 1 || days > 366) throw new Refusal(400, 'TTL_DAYS_INVALID');
  own.account.ttlDays = days;
}

/** Ends all authorizations of an account except the sender's. */
export function resetAuthorizations(sender: Sender): void {
  for (const other of otherAuthorizations(sender)) {
    other.revoked = true;
    dropAwaited(sender.world, other.hash);
  }
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

function add(world: World, hash: bigint, account: Account, device: Device, unconfirmed = false): Authorization {
  const authorization = newAuthorization(world, { account, hash }, device, unconfirmed);
  remember(world.authorizations, hash, authorization);
  return authorization;
}

/** An authorization that begins now. */
export function newAuthorization(
  world: World,
  { account, hash }: PendingSignIn,
  device: Device,
  unconfirmed = false,
): Authorization {
  const now = world.clock.now();
  const allows = { secretChats: true, calls: true };
  return { hash, account, device, createdMs: now, activeMs: now, revoked: false, unconfirmed, allows };
}

function clear({ world: { signedIn, authorizations, awaitingPassword }, auth_key_id }: Sender): void {
  const hash = signedIn.get(auth_key_id);
  if (hash !== undefined) authorizations.delete(hash);
  signedIn.delete(auth_key_id);
  awaitingPassword.delete(auth_key_id);
}

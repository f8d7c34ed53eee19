/** The signed-in account, its devices, and signing out (https://core.telegram.org/api/auth). */
import { EXIT } from '../catalogue.ts';
import { RpcError } from '../errors.ts';
import { type Caller, current } from '../tl/layer.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Constructors, Types } from '../tl/types.ts';
import { rpcResult } from './rpc-result.ts';
import { type User, userOf } from './user.ts';
import { inRange, unixTime } from './valid-answer.ts';

type Schema = typeof currentText;

/** The account of this session. Throws `RpcError`: AUTH_KEY_UNREGISTERED if the session is not signed in. */
export async function whoAmI(caller: Caller): Promise<User> {
  return userOf(await selfOf(caller));
}

/** The same, with all that Telegram says of the user. */
export async function selfOf(caller: Caller): Promise<Types<Schema>['User']> {
  const users = await caller.call(current, 'users.getUsers', { id: [{ _: 'inputUserSelf' }] }, { repeatable: true });
  return users[0] ?? { _: 'userEmpty', id: 0n };
}

/** Signs out at the server. Returns false if the session was not signed in. Throws `RpcError`. */
export async function logOut(caller: Caller): Promise<boolean> {
  const answer = await rpcResult(caller.call(current, 'auth.logOut', {}, { repeatable: true }));
  if (!(answer instanceof RpcError)) return true;
  if (answer.exit === EXIT.signedOut || answer.code === 401) return false;
  throw answer;
}

/** A signed-in device (https://core.telegram.org/constructor/authorization). Times are in unix seconds. */
export type Device = Omit<Constructors<Schema>['authorization'], '_'>;

/** Throws `NetworkError` for a negative time. */
export function deviceOf({ _, ...device }: Constructors<Schema>['authorization']): Device {
  unixTime(device.date_created, 'the date of a sign-in');
  unixTime(device.date_active, 'the date of a sign-in');
  return device;
}

/** All devices of the account. The current one has hash 0. Throws `RpcError`. */
export async function devices(caller: Caller): Promise<readonly Device[]> {
  const { authorizations } = await caller.call(current, 'account.getAuthorizations', {}, { repeatable: true });
  return authorizations.map(deviceOf);
}

/** Days after which Telegram signs an unused device out. Throws `RpcError`. */
export async function deviceTtl(caller: Caller): Promise<number> {
  const answer = await caller.call(current, 'account.getAuthorizations', {}, { repeatable: true });
  return inRange(answer.authorization_ttl_days, 1, 2 ** 31 - 1, 'the days until an unused device is signed out');
}

/** Sets these days: 1 to 366. Throws `RpcError`: TTL_DAYS_INVALID, FRESH_RESET_AUTHORISATION_FORBIDDEN. */
export function setDeviceTtl(caller: Caller, days: number): Promise<boolean> {
  return caller.call(current, 'account.setAuthorizationTTL', { authorization_ttl_days: days }, { repeatable: true });
}

/** Says that an `unconfirmed` device belongs to the owner of the account. Throws `RpcError`: HASH_INVALID. */
export function confirmDevice(caller: Caller, hash: bigint): Promise<boolean> {
  const params = { confirmed: true as const, hash };
  return caller.call(current, 'account.changeAuthorizationSettings', params, { repeatable: true });
}

/** Signs another device out. Throws `RpcError`: HASH_INVALID, FRESH_RESET_AUTHORISATION_FORBIDDEN. */
export function endDevice(caller: Caller, hash: bigint): Promise<boolean> {
  return caller.call(current, 'account.resetAuthorization', { hash });
}

/** Signs all other devices out. Throws `RpcError`. */
export function endOtherDevices(caller: Caller): Promise<boolean> {
  return caller.call(current, 'auth.resetAuthorizations', {}, { repeatable: true });
}

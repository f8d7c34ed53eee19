/** Accounts of test numbers, created at first use, and of bots. */
import { le64 } from '../../bytes.ts';
import { remember } from '../../mtproto/remember.ts';
import type { Account, World } from '../world.ts';
import { addPhone } from './authorizations.ts';
import { homeOf, type NumberOwner } from './numbers.ts';
import { makePassword } from './passwords.ts';

export type FullName = Pick<Account, 'first_name'> & { readonly last_name: string };

export function isRegistered({ accounts }: World, { phone, behaviour }: NumberOwner): boolean {
  return accounts.has(phone) || behaviour.unregistered !== true;
}

/** What may be chosen for an account. The rest is as its number says. */
export interface AccountDetails {
  /** First name, then last name. */
  readonly name?: string | undefined;
  /** The password of two-step verification. */
  readonly password?: string | undefined;
  /** The address that recovers the password. */
  readonly email?: string | undefined;
}

/** The account of a number, or `undefined` if it has none. */
export function accountOf(world: World, owner: NumberOwner): Account | undefined {
  const existing = world.accounts.get(owner.phone);
  if (existing !== undefined || owner.behaviour.unregistered === true) return existing;
  return createAccount(world, owner, {});
}

/** Creates the account of a number. The owner's phone is signed in from the start. */
export function createAccount(world: World, owner: NumberOwner, details: AccountDetails): Account {
  const { phone, digit, behaviour } = owner;
  const { password = behaviour.password, email: recoveryEmail = behaviour.recoveryEmail } = details;
  const tail = digit === undefined ? '' : phone.slice(-5);
  const [first_name = 'Test', ...rest] = (details.name ?? `Test ${tail}`).trim().split(/\s+/);
  const hint = password === behaviour.password ? 'the name of this server' : '';
  const account = add(world, {
    ...identity(owner),
    first_name,
    last_name: rest.join(' ') || undefined,
    username: tail === '' ? undefined : `sandbox${tail}`,
    password: password === undefined ? undefined : makePassword(password, hint, world.random),
    recoveryEmail,
  });
  addPhone(world, account);
  return account;
}

export function signUpAccount(world: World, owner: NumberOwner, { first_name, last_name }: FullName): Account {
  return add(world, { ...identity(owner), first_name, last_name: last_name === '' ? undefined : last_name });
}

export function botAccount(world: World, id: bigint): Account {
  const name = `bot ${id}`;
  return world.accounts.get(name) ?? add(world, { name, id, first_name: 'Bot', username: `sandbox_${id}_bot` });
}

/** The DC of an account, for a client that asks on this one. */
export function dcOf(world: World, { owner }: Account, here: number): number {
  const home = owner === undefined ? 'anywhere' : homeOf(owner, world.dcs);
  return typeof home === 'number' ? home : here;
}

function add(world: World, fields: Pick<Account, 'name' | 'id' | 'first_name'> & Partial<Account>): Account {
  const account = {
    owner: undefined,
    last_name: undefined,
    username: undefined,
    password: undefined,
    recoveryEmail: undefined,
    pendingEmail: undefined,
    resetMs: undefined,
    noResetMs: 0,
    passport: undefined,
    ...fields,
    access_hash: le64(world.random(8)),
    wrongPasswords: 0,
    ttlDays: 180,
    presence: undefined,
  };
  remember(world.accounts, account.name, account);
  return account;
}

/**
 * A user's id is the phone number, which mostly needs 64 bits. An odd test number uses its last five digits, so that
 * there are also ids short enough for the legacy layers.
 */
function identity(owner: NumberOwner): Pick<Account, 'name' | 'id' | 'owner'> {
  const { phone, digit } = owner;
  const isShort = digit !== undefined && Number(phone) % 2 === 1;
  return { name: phone, id: BigInt(isShort ? phone.slice(-5) : phone), owner };
}

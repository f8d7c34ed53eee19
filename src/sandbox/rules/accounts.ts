/** The accounts: the people behind the numbers, made when they are first met, and bots. */
import { le64 } from '../../bytes.ts';
import type { World } from '../world.ts';
import { addPhone } from './authorizations.ts';
import { homeOf, type Subscriber } from './numbers.ts';
import { type Password, passwordFor } from './passwords.ts';
import { remember } from './remember.ts';

export interface Account {
  /** What it is remembered by: a phone, or `bot 123456`. */
  readonly name: string;
  readonly id: bigint;
  readonly access_hash: bigint;
  /** A bot has none. */
  readonly subscriber: Subscriber | undefined;
  readonly first_name: string;
  readonly last_name: string | undefined;
  readonly username: string | undefined;
  password: Password | undefined;
  /** Wrong passwords given since the last right one. */
  wrong: number;
}

export interface FullName {
  readonly first_name: string;
  readonly last_name: string;
}

export function isRegistered(world: World, { phone, behaviour }: Subscriber): boolean {
  return world.accounts.has(phone) || behaviour.unregistered !== true;
}

/** The account of a number, unless nobody has signed up with it. Its owner's phone is signed in from the beginning. */
export function accountOf(world: World, subscriber: Subscriber): Account | undefined {
  const known = world.accounts.get(subscriber.phone);
  if (known !== undefined || subscriber.behaviour.unregistered === true) return known;
  const { phone, digit, behaviour } = subscriber;
  const tail = digit === undefined ? undefined : phone.slice(-5);
  const account = add(world, {
    name: phone,
    id: userId(subscriber),
    subscriber,
    first_name: 'Test',
    last_name: tail,
    username: tail === undefined ? undefined : `sandbox${tail}`,
    password: passwordFor(behaviour, world.random),
  });
  addPhone(world, account);
  return account;
}

export function signUpAccount(world: World, subscriber: Subscriber, { first_name, last_name }: FullName): Account {
  return add(world, {
    name: subscriber.phone,
    id: userId(subscriber),
    subscriber,
    first_name,
    last_name: last_name === '' ? undefined : last_name,
    username: undefined,
    password: undefined,
  });
}

export function botAccount(world: World, id: bigint): Account {
  const name = `bot ${id}`;
  const fields = { first_name: 'Bot', last_name: undefined, username: `sandbox_${id}_bot`, password: undefined };
  return world.accounts.get(name) ?? add(world, { name, id, subscriber: undefined, ...fields });
}

/** The DC that an account lives on, for somebody who asks at this one. */
export function dcOf(world: World, { subscriber }: Account, here: number): number {
  const home = subscriber === undefined ? 'anywhere' : homeOf(subscriber, world.dcs);
  return typeof home === 'number' ? home : here;
}

function add(world: World, fields: Omit<Account, 'access_hash' | 'wrong'>): Account {
  const account = { ...fields, access_hash: le64(world.random(8)), wrong: 0 };
  remember(world.accounts, account.name, account);
  return account;
}

/**
 * A user's id is the phone number, which mostly needs 64 bits. The last five digits of a test number that is odd are enough for it: so
 * there are small ids too, which the layers of old can say.
 */
function userId({ phone, digit }: Subscriber): bigint {
  return BigInt(digit !== undefined && Number(phone) % 2 === 1 ? phone.slice(-5) : phone);
}

/** The signed-in user: a few fields of https://core.telegram.org/constructor/user. */
import { printable } from '../printable.ts';
import { isUserId } from '../tl/ranges.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Types } from '../tl/types.ts';
import { malformed } from './valid-answer.ts';

type Schema = typeof currentText;

export interface User {
  readonly id: bigint;
  readonly bot: boolean;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly username?: string;
  /** Digits only. */
  readonly phone?: string;
}

/**
 * Throws `NetworkError` for userEmpty or an invalid id. Leaves out a phone number that is not digits.
 */
export function userOf(user: Types<Schema>['User']): User {
  if (user._ === 'userEmpty') malformed('the account is userEmpty');
  const { id, bot = false, first_name, last_name, username, usernames, phone } = user;
  if (!isUserId(id)) malformed(`the user id is ${id}`);
  const name = username ?? usernames?.find(({ active }) => active === true)?.username;
  return {
    id,
    bot,
    ...(first_name !== undefined && { first_name }),
    ...(last_name !== undefined && { last_name }),
    ...(name !== undefined && { username: name }),
    ...(phone !== undefined && /^\d{1,20}$/.test(phone) && { phone }),
  };
}

/** The user in a successful answer. Throws `NetworkError` for auth.authorizationSignUpRequired. */
export function userIn(answer: Types<Schema>['auth.Authorization']): User {
  if (answer._ === 'auth.authorization') return userOf(answer.user);
  return malformed(`${answer._} for an account that exists`);
}

/** What a session remembers of its user. */
export function rememberedUser(user: User) {
  const { id, bot, phone } = user;
  const name = nameOf(user);
  return { id, bot, ...(name !== nameOf({ id, bot }) && { name }), ...(phone !== undefined && { phone }) };
}

/** The name for people, safe to print: `Ada Lovelace (@ada)`. */
export function nameOf({ id, first_name = '', last_name = '', username }: User): string {
  const name = `${first_name} ${last_name}`.trim().replace(/ {2,}/g, ' ') || `user ${id}`;
  return username === undefined ? printable(name) : `${printable(name)} (@${printable(username)})`;
}

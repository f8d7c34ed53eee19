/** The way back in for whoever forgot the password: a code by e-mail (https://core.telegram.org/api/srp#email-verification). */
import type { PasswordKdf } from '../../crypto/srp.ts';
import type { Asker, World } from '../world.ts';
import type { Account } from './accounts.ts';
import type { Authorization } from './authorizations.ts';
import { drawDigits } from './codes.ts';
import { hideEmail } from './delivery-text.ts';
import { accountAsked, pass } from './passwords.ts';
import { Refusal } from './refusal.ts';
import { remember } from './remember.ts';

export interface Recovery {
  readonly code: string;
  /** In ms. */
  readonly expires: number;
}

/** What account.passwordInputSettings sets. */
export interface NewPassword {
  readonly kdf: PasswordKdf;
  /** v, 256 bytes. */
  readonly hash: Uint8Array;
  readonly hint: string;
}

const LIFETIME = 900_000;

/** Sends the code; returns the address, most of it hidden. */
export function requestRecovery(world: World, asker: Asker): string {
  const account = accountAsked(world, asker);
  const { subscriber } = account;
  const email = subscriber?.behaviour.recoveryEmail;
  if (account.password === undefined) throw new Refusal(400, 'PASSWORD_EMPTY');
  if (subscriber === undefined || email === undefined) throw new Refusal(400, 'PASSWORD_RECOVERY_NA');
  const code = drawDigits(subscriber, world.random);
  remember(world.recoveries, account.name, { code, expires: world.now() + LIFETIME });
  world.say({ phone: subscriber.phone, way: 'email', code, text: `An e-mail: "Your recovery code is ${code}."` });
  return hideEmail(email);
}

export function checkRecovery(world: World, asker: Asker, code: string): Account {
  const account = accountAsked(world, asker);
  const recovery = world.recoveries.get(account.name);
  if (code === '') throw new Refusal(400, 'CODE_EMPTY');
  if (recovery === undefined || world.now() >= recovery.expires) throw new Refusal(400, 'PASSWORD_RECOVERY_EXPIRED');
  if (code !== recovery.code) throw new Refusal(400, 'CODE_INVALID');
  return account;
}

/** Sets the new password, or takes the old one away, and signs in. */
export function recoverPassword(
  world: World,
  asker: Asker,
  code: string,
  fresh: NewPassword | undefined,
): Authorization {
  const account = checkRecovery(world, asker, code);
  account.password = fresh === undefined ? undefined : checked(world, asker, fresh);
  world.recoveries.delete(account.name);
  return pass(world, asker, account);
}

function checked(world: World, { auth_key_id }: Asker, { kdf, hash, hint }: NewPassword): Account['password'] {
  const told = world.newPasswords.get(auth_key_id);
  const isOurs = told?.salt1.every((byte, i) => byte === kdf.salt1[i]) === true;
  if (!isOurs || kdf.salt1.length < (told?.salt1.length ?? 0) + 32) throw new Refusal(400, 'NEW_SALT_INVALID');
  if (hash.length !== kdf.p.length) throw new Refusal(400, 'NEW_SETTINGS_INVALID');
  return { kdf, hint, verifier: () => hash };
}

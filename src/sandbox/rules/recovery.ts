/** Recovery of a password by e-mail (https://core.telegram.org/api/srp#email-verification). */
import type { PasswordKdf } from '../../crypto/srp.ts';
import { remember } from '../../mtproto/remember.ts';
import type { Account, Authorization, Sender } from '../world.ts';
import { drawDigits } from './codes.ts';
import { hideEmail } from './delivery-text.ts';
import { accountOfPassword, completeWithPassword } from './passwords.ts';
import { Refusal } from './refusal.ts';

/** account.passwordInputSettings */
export interface NewPassword {
  readonly kdf: PasswordKdf;
  /** v, 256 bytes. */
  readonly hash: Uint8Array;
  readonly hint: string;
}

const LIFETIME_MS = 900_000;

/** Sends the code. Returns the address with most of it hidden. */
export function requestRecovery(sender: Sender): string {
  const { name, owner, password, recoveryEmail: email } = accountOfPassword(sender);
  if (password === undefined) throw new Refusal(400, 'PASSWORD_EMPTY');
  if (owner === undefined || email === undefined) throw new Refusal(400, 'PASSWORD_RECOVERY_NA');
  const code = drawDigits(owner, sender.world.random);
  remember(sender.world.recoveries, name, { code, expiresMs: sender.world.clock.now() + LIFETIME_MS });
  sender.world.deliver({
    phone: owner.phone,
    delivery: 'email',
    code,
    text: `E-mail: "Your recovery code is ${code}."`,
  });
  return hideEmail(email);
}

export function checkRecovery(sender: Sender, code: string): Account {
  const account = accountOfPassword(sender);
  const recovery = sender.world.recoveries.get(account.name);
  if (code === '') throw new Refusal(400, 'CODE_EMPTY');
  if (recovery === undefined || sender.world.clock.now() >= recovery.expiresMs)
    throw new Refusal(400, 'PASSWORD_RECOVERY_EXPIRED');
  if (code !== recovery.code) throw new Refusal(400, 'CODE_INVALID');
  return account;
}

/** Sets the new password, or removes the old one, and signs in. */
export function recoverPassword(sender: Sender, code: string, password: NewPassword | undefined): Authorization {
  const account = checkRecovery(sender, code);
  account.password = password && checked(sender, password);
  sender.world.recoveries.delete(account.name);
  return completeWithPassword(sender, account);
}

function checked({ world, auth_key_id }: Sender, { kdf, hash, hint }: NewPassword): Account['password'] {
  const sent = world.newPasswords.get(auth_key_id);
  const isOurs = sent?.salt1.every((byte, i) => byte === kdf.salt1[i]) === true;
  if (!isOurs || kdf.salt1.length < (sent?.salt1.length ?? 0) + 32) throw new Refusal(400, 'NEW_SALT_INVALID');
  if (hash.length !== kdf.p.length) throw new Refusal(400, 'NEW_SETTINGS_INVALID');
  return { kdf, hint, verifier: () => hash };
}

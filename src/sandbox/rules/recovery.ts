/** Recovery of a password by e-mail (https://core.telegram.org/api/srp#email-verification). */
import { remember } from '../../mtproto/remember.ts';
import type { Account, Authorization, NewPassword, Sender } from '../world.ts';
import { drawDigits } from './codes.ts';
import { hideEmail } from './delivery-text.ts';
import { changeAccount, checkSettings, EMAIL_CODE_MS } from './password-settings.ts';
import { accountOfPassword, completeWithPassword } from './passwords.ts';
import { Refusal } from './refusal.ts';

/** Sends the code. Returns the address with most of it hidden. */
export function requestRecovery(sender: Sender): string {
  const { name, owner, password, recoveryEmail: email } = accountOfPassword(sender);
  if (password === undefined) throw new Refusal(400, 'PASSWORD_EMPTY');
  if (owner === undefined || email === undefined) throw new Refusal(400, 'PASSWORD_RECOVERY_NA');
  const code = drawDigits(owner, sender.world.random);
  remember(sender.world.recoveries, name, { code, expiresMs: sender.world.clock.now() + EMAIL_CODE_MS });
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
  const settings = { password: password ?? null };
  checkSettings(sender, settings);
  changeAccount(account, settings);
  sender.world.recoveries.delete(account.name);
  return completeWithPassword(sender, account);
}

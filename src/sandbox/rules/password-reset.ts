/** The reset of a lost password, a week after the request (https://core.telegram.org/api/srp#password-reset). */
import type { Account, Sender } from '../world.ts';
import { authorizePerson } from './authorizations.ts';
import { changeAccount } from './password-settings.ts';
import { Refusal } from './refusal.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** Times in ms of the clock of the rules. */
type Reset =
  | { readonly kind: 'done' }
  | { readonly kind: 'requested'; readonly untilMs: number }
  | { readonly kind: 'refused'; readonly retryMs: number };

export function resetPassword(sender: Sender): Reset {
  const account = withPassword(sender);
  const now = sender.world.clock.now();
  if (now < account.noResetMs) return { kind: 'refused', retryMs: account.noResetMs };
  account.resetMs ??= now + WEEK_MS;
  if (now < account.resetMs) return { kind: 'requested', untilMs: account.resetMs };
  changeAccount(account, { password: null });
  return { kind: 'done' };
}

export function declineReset(sender: Sender): void {
  const { account } = authorizePerson(sender);
  if (account.resetMs === undefined) throw new Refusal(400, 'RESET_REQUEST_MISSING');
  account.resetMs = undefined;
  account.noResetMs = sender.world.clock.now() + WEEK_MS;
}

function withPassword(sender: Sender): Account {
  const { account } = authorizePerson(sender);
  if (account.password === undefined) throw new Refusal(400, 'PASSWORD_EMPTY');
  return account;
}

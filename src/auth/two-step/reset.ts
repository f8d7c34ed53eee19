/** The reset of a lost password, which takes a week (https://core.telegram.org/api/srp#password-reset). */
import { type Caller, current } from '../../tl/layer.ts';
import { passwordQuestion } from '../password.ts';
import { unixTime } from '../valid-answer.ts';
import { settled } from './settled.ts';

/** The password is gone; or a reset is possible from `date` on (unix seconds); or it was declined not long ago. */
export type Reset = { readonly state: 'done' } | { readonly state: 'requested' | 'refused'; readonly date: number };

/** Asks for a reset, or makes one that is due: then the account has no password. Throws `RpcError`: PASSWORD_EMPTY. */
export async function resetPassword(caller: Caller): Promise<Reset> {
  const before = await passwordQuestion(caller);
  return settled<Reset>(
    caller,
    async () => {
      const answer = await caller.call(current, 'account.resetPassword', {});
      switch (answer._) {
        case 'account.resetPasswordOk':
          return { state: 'done' };
        case 'account.resetPasswordRequestedWait':
          return { state: 'requested', date: unixTime(answer.until_date, 'the date of the reset') };
        case 'account.resetPasswordFailedWait':
          return { state: 'refused', date: unixTime(answer.retry_date, 'the date of the next reset') };
      }
    },
    ({ has_password, pending_reset_date: date }) => {
      if (has_password !== true) return before.has_password === true ? { state: 'done' } : undefined;
      return date === undefined ? undefined : { state: 'requested', date };
    },
  );
}

/** Declines the reset, so that the password stays. Throws `RpcError`: RESET_REQUEST_MISSING. */
export async function declineReset(caller: Caller): Promise<boolean> {
  const before = await passwordQuestion(caller);
  return settled(
    caller,
    () => caller.call(current, 'account.declinePasswordReset', {}),
    (now) => (before.pending_reset_date !== undefined && now.pending_reset_date === undefined ? true : undefined),
  );
}

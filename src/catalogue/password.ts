/** TL errors of two-step verification: the password, its recovery and its reset. */
import { AGAIN_AT } from './classes.ts';
import { type CatalogueEntry, EXIT } from './entry.ts';

const WITH_PASSWORD = {
  say: 'Continue with the password',
  run: 'tg-auth {signIn} --password -',
};
const AGAIN = 'Run the command again.';
const SET_PASSWORD = { say: 'Set one', run: 'tg-auth password set --new-password -' };
const SEE_PASSWORD = { say: 'See what the account has', run: 'tg-auth password status' };
const CONFIRM_EMAIL = { say: 'Enter the code from the e-mail', run: 'tg-auth password email --code -' };
const UNTIL_CONFIRMED = 'Until then, nothing has changed.';
const DAY_OLD = 'Telegram requires that it is a day old.';

export const passwordErrors = (): Readonly<Record<string, CatalogueEntry>> => ({
  SESSION_PASSWORD_NEEDED: {
    exit: EXIT.password,
    sentence: 'This account also needs its password.',
    why: ['Two-step verification is on for this account.'],
    next: WITH_PASSWORD,
  },
  PHONE_PASSWORD_PROTECTED: {
    exit: EXIT.password,
    sentence: 'A password protects this phone number.',
    next: WITH_PASSWORD,
  },
  PASSWORD_HASH_INVALID: {
    exit: EXIT.password,
    sentence: 'Wrong password.',
    why: [
      'Enter the password of two-step verification, not the code or the passcode of an app.',
      'Upper and lower case matter, and so do spaces at either end.',
    ],
    next: WITH_PASSWORD,
    more: [{ say: 'If you forgot it, recover it by e-mail', run: 'tg-auth password recover' }],
  },
  SRP_ID_INVALID: {
    exit: EXIT.password,
    sentence: 'The password check expired twice.',
    why: ['Each check is valid for one try and a short time.', AGAIN],
  },
  SRP_PASSWORD_CHANGED: {
    exit: EXIT.password,
    sentence: 'The password was changed on another device during the check.',
    why: ['Use the new password.', AGAIN],
  },
  SRP_A_INVALID: {
    exit: EXIT.password,
    sentence: 'Telegram rejected a value in the password check.',
    why: ['The next try uses a new value.', AGAIN],
  },
  PASSWORD_EMPTY: { exit: EXIT.rpc, sentence: 'This account has no password.', next: SET_PASSWORD },
  PASSWORD_MISSING: {
    exit: EXIT.rpc,
    sentence: 'This requires an account with a password.',
    next: SET_PASSWORD,
  },
  PASSWORD_TOO_FRESH_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'The password is too new for this: wait {duration}.',
    why: [DAY_OLD, AGAIN_AT],
  },
  SESSION_TOO_FRESH_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'This session is too new for this: wait {duration}.',
    why: [DAY_OLD, AGAIN_AT],
  },
  PASSWORD_RECOVERY_NA: {
    exit: EXIT.rpc,
    sentence: 'The password cannot be recovered: this account has no recovery e-mail.',
    why: ['A signed-in session can reset it, which takes a week.'],
    next: { say: 'In a signed-in session, ask for the reset', run: 'tg-auth password reset' },
  },
  PASSWORD_RECOVERY_EXPIRED: {
    exit: EXIT.rpc,
    sentence: 'The recovery code has expired.',
    next: { say: 'Ask for a new one', run: 'tg-auth password recover' },
  },
  CODE_EMPTY: { exit: EXIT.codeInvalid, sentence: 'The code from the e-mail is empty.' },
  CODE_INVALID: {
    exit: EXIT.codeInvalid,
    sentence: 'Wrong code from the e-mail.',
    why: ['A digit is wrong, or the code belongs to an earlier e-mail.'],
  },
  NEW_SETTINGS_INVALID: {
    exit: EXIT.rpc,
    sentence: 'Telegram rejected the new password settings.',
    why: ['Nothing has changed. The hint may be too long.'],
    next: SEE_PASSWORD,
  },
  NEW_SETTINGS_EMPTY: {
    exit: EXIT.rpc,
    sentence: 'There is nothing to change: the account has no password, and no new one was sent.',
    next: SET_PASSWORD,
  },
  NEW_SALT_INVALID: {
    exit: EXIT.rpc,
    sentence: 'Telegram rejected the salt of the new password.',
    why: ['Nothing has changed. Another program may have asked for a new password at the same time: try again.'],
    next: SEE_PASSWORD,
  },
  RESET_REQUEST_MISSING: {
    exit: EXIT.rpc,
    sentence: 'There is no pending password reset to cancel.',
    next: SEE_PASSWORD,
  },

  // The recovery e-mail.
  EMAIL_HASH_EXPIRED: {
    exit: EXIT.rpc,
    sentence: 'No recovery e-mail address is waiting for its code.',
    why: ['It was confirmed or cancelled, or the code has expired.'],
    next: { say: 'Set the address again', run: 'tg-auth password email - --password -' },
  },
  EMAIL_UNCONFIRMED: {
    exit: EXIT.rpc,
    sentence: 'Confirm the recovery e-mail address first, with the code sent to it.',
    why: [UNTIL_CONFIRMED],
    next: CONFIRM_EMAIL,
  },
  EMAIL_UNCONFIRMED_X: {
    exit: EXIT.rpc,
    sentence: 'Confirm the recovery e-mail address first, with the code of {X} characters sent to it.',
    why: [UNTIL_CONFIRMED],
    next: CONFIRM_EMAIL,
  },
});

/** TL errors of signing in: the phone number, the code and its delivery, the password, the e-mail address. */
import { type CatalogueEntry, EXIT } from './entry.ts';

const INSIDE_TELEGRAM =
  "Since 2023 Telegram sends third-party programs' codes mostly to its own apps, and often refuses calls and SMS.";
const ONE_SESSION = 'A code works for a few minutes, and only in the session that asked for it.';
const DIES_IN_CHATS = 'A code that was shared in a Telegram chat stops working at once.';
const FLOOD = ['Telegram does not say how long to wait; a day is usual. Earlier tries extend the wait.'];
const OFFICIAL_APPS = ["Only Telegram's own mobile apps can pass this check."];
const RESTART = ["This sometimes happens on Telegram's side. The previous code no longer works."];
const LATER = ["The error is on Telegram's side. Try again later."];

const NEW_CODE = { say: 'Ask for a new one', run: 'tg-auth send-code {phone}' };
const START_AGAIN = { say: 'Start again with a new code', run: 'tg-auth send-code {phone}' };
const RESEND = { say: 'If no code arrived, try another delivery method', run: 'tg-auth resend-code {phone}' };
const TEST_IT = { say: 'Meanwhile, test offline', run: 'tg-auth send-code {phone} --sandbox' };
const WITH_PASSWORD = {
  say: 'Continue with the password (prompt, TG_AUTH_PASSWORD or --password -)',
  run: 'tg-auth sign-in {phone}',
};

export const EMAIL_SETUP = {
  exit: EXIT.delivery,
  sentence: 'This account needs a login e-mail address before Telegram sends a code.',
  why: ['You can also set it in an official app: Settings, Privacy and Security, Login Email.'],
  next: { say: 'Set it at a terminal', run: 'tg-auth login {phone}' },
} as const satisfies CatalogueEntry;

export const loginErrors = (): Readonly<Record<string, CatalogueEntry>> => ({
  // The phone number and the account.
  PHONE_NUMBER_INVALID: {
    exit: EXIT.phone,
    sentence: 'The phone number is not valid.',
    why: [
      'A digit is missing or extra, or the country code is wrong.',
      'Numbers that begin with +99966 exist only in the test data centres (--test) and in the sandbox (--sandbox).',
    ],
    next: { say: 'Use the international form', run: 'tg-auth send-code +79991234567' },
  },
  PHONE_NUMBER_BANNED: {
    exit: EXIT.phone,
    sentence: 'Telegram has banned this phone number.',
    why: [
      'Telegram bans numbers that send spam, and new numbers that sign in with unofficial programs.',
      'If this is a mistake, contact Telegram:  https://telegram.org/support',
    ],
  },
  PHONE_NUMBER_FLOOD: {
    exit: EXIT.phone,
    sentence: 'Too many codes were requested for this phone number.',
    why: FLOOD,
    next: TEST_IT,
  },
  PHONE_PASSWORD_FLOOD: {
    exit: EXIT.phone,
    sentence: 'Too many attempts to sign in with this phone number.',
    why: FLOOD,
    next: TEST_IT,
  },
  PHONE_NUMBER_APP_SIGNUP_FORBIDDEN: {
    exit: EXIT.phone,
    sentence: 'This phone number has no account, and this application may not create one.',
    why: [
      "Create the account in one of Telegram's own apps, then sign in here.",
      'Get an official app:  https://telegram.org/apps',
    ],
  },
  PHONE_NUMBER_OCCUPIED: {
    exit: EXIT.phone,
    sentence: 'This phone number already has an account.',
    next: { say: 'Sign in with a code', run: 'tg-auth send-code {phone}' },
  },
  PHONE_NUMBER_UNOCCUPIED: {
    exit: EXIT.phone,
    sentence: 'This phone number has no account yet.',
    why: ["The number is mistyped or new to Telegram. Many new accounts can only be created in Telegram's own apps."],
    next: { say: 'Create an account', run: 'tg-auth sign-in {phone} --first-name NAME --accept-terms' },
  },
  FIRSTNAME_INVALID: { exit: EXIT.rpc, sentence: 'The first name is empty or not allowed.' },
  LASTNAME_INVALID: { exit: EXIT.rpc, sentence: 'The last name is not allowed.' },

  // The code and its delivery.
  PHONE_CODE_HASH_EMPTY: {
    exit: EXIT.hashEmpty,
    sentence: 'The phone_code_hash is empty.',
    why: [
      'send-code prints it. It identifies the request that a code belongs to.',
      'In a script, the variable that should hold it may never have been set.',
    ],
    next: { say: 'Get one', run: 'tg-auth send-code {phone}' },
  },
  PHONE_CODE_EXPIRED: {
    exit: EXIT.codeExpired,
    sentence: 'The code has expired.',
    why: [ONE_SESSION, DIES_IN_CHATS],
    next: NEW_CODE,
  },
  PHONE_HASH_EXPIRED: {
    exit: EXIT.codeExpired,
    sentence: 'The phone_code_hash has expired.',
    why: [ONE_SESSION],
    next: NEW_CODE,
  },
  PHONE_CODE_INVALID: {
    exit: EXIT.codeInvalid,
    sentence: 'Wrong code.',
    why: ['A digit is wrong, or the code belongs to an earlier request. You have a few more tries.'],
    next: RESEND,
  },
  PHONE_CODE_EMPTY: { exit: EXIT.codeInvalid, sentence: 'The code is empty.', next: RESEND },
  SEND_CODE_UNAVAILABLE: {
    exit: EXIT.delivery,
    sentence: 'Telegram has no other delivery method for this code.',
    why: [
      'All methods for this number have been used, or there was only one.',
      INSIDE_TELEGRAM,
      'Look for the code in the "Telegram" chat on a signed-in device.',
    ],
    next: { say: 'Sign in without a code', run: 'tg-auth login --qr' },
  },
  SMS_CODE_CREATE_FAILED: {
    exit: EXIT.delivery,
    sentence: 'Telegram failed to create a code.',
    why: ["The error is on Telegram's side and usually passes."],
    next: { say: 'Try again in a few minutes', run: 'tg-auth send-code {phone}' },
  },
  EMAIL_INSTALL_MISSING: EMAIL_SETUP,
  RECAPTCHA_CHECK: { exit: EXIT.delivery, sentence: 'Telegram requires a reCAPTCHA.', why: OFFICIAL_APPS },
  APNS_VERIFY_CHECK: {
    exit: EXIT.delivery,
    sentence: 'Telegram requires verification by an Apple device.',
    why: OFFICIAL_APPS,
  },
  INTEGRITY_CHECK_CLASSIC: {
    exit: EXIT.delivery,
    sentence: 'Telegram requires verification by Google Play.',
    why: OFFICIAL_APPS,
  },
  AUTH_RESTART: {
    exit: EXIT.rpc,
    sentence: 'Telegram requires the sign-in to start again.',
    why: RESTART,
    next: START_AGAIN,
  },
  AUTH_RESTART_X: {
    exit: EXIT.rpc,
    sentence: 'Telegram requires the sign-in to start again (reason {X}).',
    why: RESTART,
    next: START_AGAIN,
  },
  SIGN_IN_FAILED: {
    exit: EXIT.rpc,
    sentence: 'Telegram failed to sign you in.',
    why: ["The error is on Telegram's side. Try again: the same code may still work."],
  },
  REG_ID_GENERATE_FAILED: { exit: EXIT.rpc, sentence: 'Telegram failed to register the account.', why: LATER },
  MEMBER_OCCUPY_PRIMARY_LOC_FAILED: { exit: EXIT.rpc, sentence: 'Telegram failed to store the account.', why: LATER },

  // The password.
  SESSION_PASSWORD_NEEDED: {
    exit: EXIT.password,
    sentence: 'This account also needs its password.',
    why: ['The code is correct, and two-step verification is on.'],
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
    next: { say: 'If you forgot it, recover it by e-mail', run: 'tg-auth recover-password' },
  },
  SRP_ID_INVALID: {
    exit: EXIT.password,
    sentence: 'The password check expired twice.',
    why: ['Each check is valid for one try and a short time.'],
    next: WITH_PASSWORD,
  },
  SRP_PASSWORD_CHANGED: {
    exit: EXIT.password,
    sentence: 'The password was changed on another device during the check.',
    why: ['Use the new password.'],
    next: WITH_PASSWORD,
  },
  SRP_A_INVALID: {
    exit: EXIT.password,
    sentence: 'Telegram rejected a value in the password check.',
    why: ['The next try uses a new value.'],
    next: WITH_PASSWORD,
  },
  PASSWORD_EMPTY: { exit: EXIT.rpc, sentence: 'This account has no password.' },
  PASSWORD_MISSING: {
    exit: EXIT.rpc,
    sentence: 'This requires an account with a password.',
    why: ["Set one in one of Telegram's own apps: Settings, Privacy and Security, Two-Step Verification."],
  },
  PASSWORD_RECOVERY_NA: {
    exit: EXIT.rpc,
    sentence: 'The password cannot be recovered: this account has no recovery e-mail.',
    why: ["Change it on a signed-in device. Otherwise, reset it in one of Telegram's own apps, which takes a week."],
  },
  PASSWORD_RECOVERY_EXPIRED: {
    exit: EXIT.rpc,
    sentence: 'The recovery code has expired.',
    next: { say: 'Ask for a new one', run: 'tg-auth recover-password' },
  },
  CODE_EMPTY: { exit: EXIT.codeInvalid, sentence: 'The code from the e-mail is empty.' },
  CODE_INVALID: {
    exit: EXIT.codeInvalid,
    sentence: 'Wrong code from the e-mail.',
    why: ['A digit is wrong, or the code belongs to an earlier e-mail.'],
  },
  NEW_SETTINGS_INVALID: { exit: EXIT.rpc, sentence: 'The new password settings are not valid.' },
  NEW_SETTINGS_EMPTY: { exit: EXIT.rpc, sentence: 'The new password settings change nothing.' },
  NEW_SALT_INVALID: { exit: EXIT.rpc, sentence: 'Telegram rejected the salt of the new password.' },
  RESET_REQUEST_MISSING: { exit: EXIT.rpc, sentence: 'There is no pending password reset to cancel.' },

  // The e-mail address.
  EMAIL_NOT_ALLOWED: { exit: EXIT.rpc, sentence: 'Telegram does not allow this e-mail address.' },
  EMAIL_INVALID: { exit: EXIT.rpc, sentence: 'The e-mail address is not valid.' },
  EMAIL_NOT_SETUP: { exit: EXIT.rpc, sentence: 'This account has no login e-mail address.' },
  EMAIL_VERIFY_EXPIRED: { exit: EXIT.rpc, sentence: 'The code from the e-mail has expired.', next: START_AGAIN },
  EMAIL_HASH_EXPIRED: { exit: EXIT.rpc, sentence: 'The e-mail confirmation has expired.' },
  EMAIL_UNCONFIRMED: {
    exit: EXIT.rpc,
    sentence: 'Confirm the recovery e-mail address first, with the code sent to it.',
  },
  EMAIL_UNCONFIRMED_X: {
    exit: EXIT.rpc,
    sentence: 'Confirm the recovery e-mail address first, with the {X}-digit code sent to it.',
  },
  TASK_ALREADY_EXISTS: {
    exit: EXIT.rpc,
    sentence: 'The login e-mail address is already being reset.',
    why: ['This takes a few days. After that, codes go to the phone again.'],
  },
});

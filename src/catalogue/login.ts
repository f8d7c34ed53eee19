/** TL errors of signing in: the phone number, the code and its delivery, the login e-mail. */
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

  // The login e-mail.
  EMAIL_NOT_ALLOWED: { exit: EXIT.rpc, sentence: 'Telegram does not allow this e-mail address.' },
  EMAIL_INVALID: { exit: EXIT.rpc, sentence: 'The e-mail address is not valid.' },
  EMAIL_NOT_SETUP: { exit: EXIT.rpc, sentence: 'This account has no login e-mail address.' },
  EMAIL_VERIFY_EXPIRED: { exit: EXIT.rpc, sentence: 'The code from the e-mail has expired.', next: START_AGAIN },
  TASK_ALREADY_EXISTS: {
    exit: EXIT.rpc,
    sentence: 'The login e-mail address is already being reset.',
    why: ['This takes a few days. After that, codes go to the phone again.'],
  },
});

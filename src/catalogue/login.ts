/**
 * TL errors of the way in: the phone number, the code and how it travels, the password, e-mail.
 *
 * How codes travel today, which many of these lines come back to: since 2023 an application that is not Telegram's own gets its codes
 * mostly inside Telegram, in the chat named "Telegram" of a device that is signed in; calls and SMS are often refused to it.
 */
import { type CatalogueEntry, EXIT } from './entry.ts';

const INSIDE_TELEGRAM =
  "Since 2023 an application that is not Telegram's own gets codes mostly inside Telegram; calls and SMS are often refused.";
const ONE_SESSION = 'A code lives for a few minutes, and only for the session that asked for it.';
const DIES_IN_CHATS =
  'A code that was typed into a Telegram chat dies at once, so that nobody can be talked out of it.';
const NEW_CODE = 'Ask for a new one:  tg-auth send-code {phone}';
const QR = 'To sign in without a code:  tg-auth login --qr';
const WITH_PASSWORD = 'Go on with the password (a prompt, TG_AUTH_PASSWORD, or --password -):  tg-auth sign-in {phone}';
const START_AGAIN = 'Start again with a new code:  tg-auth send-code {phone}';
const TEST_IT = 'To try things out meanwhile:  tg-auth send-code {phone} --sandbox';
const OFFICIAL_APPS = ["Only Telegram's own apps for phones can give that proof; a program in a terminal cannot."];

const NUMBER = {
  PHONE_NUMBER_INVALID: {
    exit: EXIT.phone,
    sentence: 'Telegram does not take this for a phone number.',
    why: [
      'A digit is missing or too many, or the country code is.',
      'A number 99966… is only known to the test data centres (--test) and to the sandbox (--sandbox).',
    ],
    next: 'Give it in its international form:  tg-auth send-code +79991234567',
  },
  PHONE_NUMBER_BANNED: {
    exit: EXIT.phone,
    sentence: 'Telegram has banned this phone number.',
    why: [
      'This happens to numbers that sent spam, and to numbers that sign in with unofficial programs right after they were registered.',
    ],
    next: 'If that is a mistake, ask Telegram:  https://telegram.org/support',
  },
  PHONE_NUMBER_FLOOD: {
    exit: EXIT.phone,
    sentence: 'Too many codes were asked for this phone number.',
    why: ['Telegram does not say how long to wait; a day is usual. Asking again before makes it longer.'],
    next: TEST_IT,
  },
  PHONE_PASSWORD_FLOOD: {
    exit: EXIT.phone,
    sentence: 'There were too many attempts to sign in with this phone number.',
    why: ['Telegram does not say how long to wait; a day is usual. Asking again before makes it longer.'],
    next: TEST_IT,
  },
  PHONE_NUMBER_APP_SIGNUP_FORBIDDEN: {
    exit: EXIT.phone,
    sentence: 'This phone number has no account, and this application may not register one.',
    why: ["New accounts are made with Telegram's own apps; after that this one can sign in."],
    next: 'Get one of them:  https://telegram.org/apps',
  },
  PHONE_NUMBER_OCCUPIED: {
    exit: EXIT.phone,
    sentence: 'This phone number already has an account.',
    why: ['There is nothing to register: signing in is enough.'],
    next: 'Sign in with a code:  tg-auth send-code {phone}',
  },
  PHONE_NUMBER_UNOCCUPIED: {
    exit: EXIT.phone,
    sentence: 'This phone number has no account yet.',
    why: [
      "The number is mistyped, or it is new to Telegram. Many new accounts may be made with Telegram's own apps only.",
    ],
    next: 'If it is new, give the account a name:  tg-auth sign-in {phone} --first-name NAME --accept-terms',
  },
  FIRSTNAME_INVALID: {
    exit: EXIT.rpc,
    sentence: 'Telegram does not take this first name: it is empty or not allowed.',
  },
  LASTNAME_INVALID: { exit: EXIT.rpc, sentence: 'Telegram does not take this last name.' },
} as const satisfies Record<string, CatalogueEntry>;

const CODE = {
  PHONE_CODE_HASH_EMPTY: {
    exit: EXIT.hashEmpty,
    sentence: 'The phone_code_hash is empty.',
    why: [
      'It is what send-code prints: it ties a code to the request for it.',
      'In a script, the variable that should hold it was perhaps never set.',
    ],
    next: 'Get one:  tg-auth send-code {phone}',
  },
  PHONE_CODE_EXPIRED: {
    exit: EXIT.codeExpired,
    sentence: 'Telegram says that this code has expired.',
    why: [ONE_SESSION, DIES_IN_CHATS],
    next: NEW_CODE,
  },
  PHONE_HASH_EXPIRED: {
    exit: EXIT.codeExpired,
    sentence: 'Telegram says that this phone_code_hash has expired.',
    why: [ONE_SESSION],
    next: NEW_CODE,
  },
  PHONE_CODE_INVALID: {
    exit: EXIT.codeInvalid,
    sentence: 'That is not the code that Telegram sent.',
    why: ['A digit is wrong, or it is the code of an earlier request. A few more tries are allowed.'],
    next: 'If it never arrived, ask for another way:  tg-auth resend-code {phone}',
  },
  PHONE_CODE_EMPTY: {
    exit: EXIT.codeInvalid,
    sentence: 'The code is empty.',
    next: 'If it never arrived, ask for another way:  tg-auth resend-code {phone}',
  },
  SEND_CODE_UNAVAILABLE: {
    exit: EXIT.delivery,
    sentence: 'Telegram has no further way to send this code.',
    why: [
      'All ways that it offers for this number have been used, or there was only one.',
      INSIDE_TELEGRAM,
      'So look for the code in the chat named "Telegram", on any device that is signed in.',
    ],
    next: QR,
  },
  SMS_CODE_CREATE_FAILED: {
    exit: EXIT.delivery,
    sentence: 'Telegram failed to make a code.',
    why: ['The fault is on its side; it passes.'],
    next: 'Try again in a few minutes:  tg-auth send-code {phone}',
  },
  EMAIL_INSTALL_MISSING: {
    exit: EXIT.delivery,
    sentence: 'Telegram wants an e-mail address for this login before it sends a code.',
    why: ['The address is set while one signs in.'],
    next: 'At a terminal, this asks for it:  tg-auth login {phone}',
  },
  RECAPTCHA_CHECK: {
    exit: EXIT.delivery,
    sentence: 'Telegram wants a reCAPTCHA solved before it goes on.',
    why: OFFICIAL_APPS,
  },
  APNS_VERIFY_CHECK: {
    exit: EXIT.delivery,
    sentence: 'Telegram wants a proof from an Apple device before it goes on.',
    why: OFFICIAL_APPS,
  },
  INTEGRITY_CHECK_CLASSIC: {
    exit: EXIT.delivery,
    sentence: 'Telegram wants a proof from Google Play before it goes on.',
    why: OFFICIAL_APPS,
  },
  AUTH_RESTART: {
    exit: EXIT.rpc,
    sentence: 'Telegram lost track of this login.',
    why: ['It happens on its side now and then; what was sent so far no longer counts.'],
    next: START_AGAIN,
  },
  AUTH_RESTART_X: {
    exit: EXIT.rpc,
    sentence: 'Telegram lost track of this login (its mark for the cause: {X}).',
    why: ['It happens on its side now and then; what was sent so far no longer counts.'],
    next: START_AGAIN,
  },
  SIGN_IN_FAILED: {
    exit: EXIT.rpc,
    sentence: 'Telegram failed while it signed you in.',
    why: ['The fault is on its side; the same code may work at the next try.'],
  },
  REG_ID_GENERATE_FAILED: {
    exit: EXIT.rpc,
    sentence: 'Telegram failed while it registered the account.',
    why: ['The fault is on its side; try again later.'],
  },
  MEMBER_OCCUPY_PRIMARY_LOC_FAILED: {
    exit: EXIT.rpc,
    sentence: 'Telegram failed while it found a place for the account.',
    why: ['The fault is on its side; try again later.'],
  },
} as const satisfies Record<string, CatalogueEntry>;

const PASSWORD = {
  SESSION_PASSWORD_NEEDED: {
    exit: EXIT.password,
    sentence: 'This account has a password besides the code (two-step verification).',
    why: ['The code was right; the password is the next step.'],
    next: WITH_PASSWORD,
  },
  PHONE_PASSWORD_PROTECTED: {
    exit: EXIT.password,
    sentence: 'This phone number is guarded by a password.',
    next: WITH_PASSWORD,
  },
  PASSWORD_HASH_INVALID: {
    exit: EXIT.password,
    sentence: 'That is not the password of this account.',
    why: [
      'It is the password of two-step verification, not the code and not the passcode of an app.',
      'Upper and lower case count, and so do blanks at its ends.',
    ],
    next: 'If it is forgotten, a code to the recovery e-mail replaces it:  tg-auth recover-password',
  },
  SRP_ID_INVALID: {
    exit: EXIT.password,
    sentence: 'The password check took too long and must be made anew.',
    why: ['Each check is good for one try and a short time. A fresh one was asked for, and was too old again.'],
    next: WITH_PASSWORD,
  },
  SRP_PASSWORD_CHANGED: {
    exit: EXIT.password,
    sentence: 'The password was changed on another device while it was being checked.',
    why: ['The new one counts.'],
    next: WITH_PASSWORD,
  },
  SRP_A_INVALID: {
    exit: EXIT.password,
    sentence: 'Telegram did not accept a number of the password check.',
    why: ['The next try draws a new one.'],
    next: WITH_PASSWORD,
  },
  PASSWORD_EMPTY: { exit: EXIT.rpc, sentence: 'This account has no password.' },
  PASSWORD_MISSING: {
    exit: EXIT.rpc,
    sentence: 'Telegram allows this only to accounts with a password.',
    why: ["It is set in one of Telegram's own apps: Settings, Privacy and Security, Two-Step Verification."],
  },
  PASSWORD_TOO_FRESH_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'The password is too new for this; Telegram asks to wait {duration}.',
    why: ['It keeps somebody who got hold of a device from locking you out.'],
  },
  PASSWORD_RECOVERY_NA: {
    exit: EXIT.rpc,
    sentence: 'This password cannot be recovered: the account has no recovery e-mail.',
    why: ["A signed-in device can change it; otherwise one of Telegram's own apps can reset it after a week."],
  },
  PASSWORD_RECOVERY_EXPIRED: {
    exit: EXIT.rpc,
    sentence: 'The recovery code has expired.',
    next: 'Ask for a new one:  tg-auth recover-password',
  },
  CODE_EMPTY: { exit: EXIT.codeInvalid, sentence: 'The code from the e-mail is empty.' },
  CODE_INVALID: {
    exit: EXIT.codeInvalid,
    sentence: 'That is not the code from the e-mail.',
    why: ['A digit is wrong, or it is the code of an earlier e-mail.'],
  },
  NEW_SETTINGS_INVALID: { exit: EXIT.rpc, sentence: 'The new password settings contradict each other.' },
  NEW_SETTINGS_EMPTY: { exit: EXIT.rpc, sentence: 'The new password settings change nothing.' },
  NEW_SALT_INVALID: { exit: EXIT.rpc, sentence: 'The new password was salted in a way that Telegram does not accept.' },
  TMP_PASSWORD_DISABLED: { exit: EXIT.rpc, sentence: 'Telegram gives out no temporary passwords for this account.' },
  RESET_REQUEST_MISSING: { exit: EXIT.rpc, sentence: 'There is no pending password reset to decline.' },
  '2FA_CONFIRM_WAIT_X': {
    exit: EXIT.wait,
    wait: true,
    sentence: 'This account has a password and is in use; it can be deleted in {duration}.',
    why: ['Telegram has told its owner, who can stop it until then.'],
  },
} as const satisfies Record<string, CatalogueEntry>;

const EMAIL = {
  EMAIL_NOT_ALLOWED: { exit: EXIT.rpc, sentence: 'Telegram does not allow this e-mail address.' },
  EMAIL_INVALID: { exit: EXIT.rpc, sentence: 'Telegram does not take this for an e-mail address.' },
  EMAIL_NOT_SETUP: { exit: EXIT.rpc, sentence: 'No e-mail address is set for signing in to this account.' },
  EMAIL_VERIFY_EXPIRED: { exit: EXIT.rpc, sentence: 'The code from the e-mail has expired.', next: START_AGAIN },
  EMAIL_HASH_EXPIRED: { exit: EXIT.rpc, sentence: 'The e-mail that was to be confirmed is no longer waited for.' },
  EMAIL_UNCONFIRMED: {
    exit: EXIT.rpc,
    sentence: 'The recovery e-mail must be confirmed first, with the code sent to it.',
  },
  EMAIL_UNCONFIRMED_X: {
    exit: EXIT.rpc,
    sentence: 'The recovery e-mail must be confirmed first, with the code of {X} digits sent to it.',
  },
  TASK_ALREADY_EXISTS: {
    exit: EXIT.rpc,
    sentence: 'The e-mail address for signing in is already being reset.',
    why: ['It takes some days; once it is done, a code goes to the phone again.'],
  },
} as const satisfies Record<string, CatalogueEntry>;

export const LOGIN: Readonly<Record<string, CatalogueEntry>> = { ...NUMBER, ...CODE, ...PASSWORD, ...EMAIL };

/** The errors that arise on this machine: network, security, store, and our own bugs. */
import { AGAIN_AT } from './classes.ts';
import { type CatalogueEntry, EXIT } from './entry.ts';
import { NETWORK } from './network.ts';

export const LOCAL = {
  ...NETWORK,

  // Codes that do not come.
  PAYMENT_REQUIRED: {
    exit: EXIT.delivery,
    sentence: 'Telegram wants to be paid before it sends a code to this number.',
    why: [
      "Only Telegram's own apps can pay; it asks where an SMS is expensive, and of numbers that it distrusts.",
      'Sign in to this number with an official app first; codes then go to that app.',
    ],
  },
  EMAIL_SETUP_REQUIRED: {
    exit: EXIT.delivery,
    sentence: 'Before Telegram sends a code, this account needs a login e-mail.',
    why: ['It can also be set in an official app: Settings, Privacy and Security, Login Email.'],
    next: 'At a terminal, this asks for it:  tg-auth login {phone}',
  },
  NO_CODE_NEEDED: {
    exit: EXIT.delivery,
    sentence: 'Telegram sent no code, because it takes this session as signed in.',
    next: 'See who is signed in:  tg-auth whoami',
  },

  WAIT_TOO_LONG: {
    exit: EXIT.wait,
    sentence: 'The next delivery method opens in {duration}, and {limit} ends before that.',
    why: [AGAIN_AT, 'Without --timeout, --wait may take as long as it has to.'],
  },

  // This machine.
  USAGE: {
    exit: EXIT.usage,
    sentence: 'What was given cannot be, or something is missing and there is nobody to ask.',
    why: ['The message says what it is, and where it came from. Nothing went over the wire.'],
  },
  SIGN_UP_NEEDED: {
    exit: EXIT.phone,
    sentence: 'This phone number has no account yet.',
    why: ["The code was right. A new account needs a name, and Telegram's terms of service accepted."],
    next: 'To make one, with the same code:  tg-auth sign-in {phone} --code - --first-name NAME --accept-terms',
  },
  INTERRUPTED: { exit: EXIT.interrupted, sentence: 'Interrupted.' },
  STORE_LOCKED: {
    exit: EXIT.store,
    sentence: 'Another tg-auth ({owner}) is using this session.',
    why: ['Two programs with one session would make Telegram end it, so the second one stays out.'],
    next: 'If no such program runs any more, remove its lock:  rm "{path}"',
  },
  STORE_UNREADABLE: { exit: EXIT.store, sentence: 'The stored session {path} cannot be read: {reason}.' },
  STORE_UNWRITABLE: {
    exit: EXIT.store,
    sentence: 'The session cannot be stored in {path}: {reason}.',
    why: ['The disk is full, or the folder belongs to another user. XDG_STATE_HOME chooses another place.'],
  },
  STORE_CORRUPT: {
    exit: EXIT.store,
    sentence: 'The stored session {path} is damaged: {reason}.',
    next: 'Set it aside and start afresh:  mv "{path}" "{path}.damaged"',
  },
  STORE_NEWER: {
    exit: EXIT.store,
    sentence: 'The stored session {path} was written by a newer tg-auth (format {version}).',
    next: 'Update this one:  npm install --global tg-auth@latest',
  },
  STORE_PERMISSIONS: {
    exit: EXIT.store,
    sentence: 'Other users of this machine can {access} {path} (mode {mode}).',
    why: [
      'Anyone who can read a session can use your account. Anyone who can change it, or the config file, chooses your server.',
    ],
    next: 'Keep it to yourself:  chmod go= "{path}"',
  },
  STORE_OWNER: {
    exit: EXIT.store,
    sentence: 'Another user of this machine (uid {owner}) owns {path}.',
    why: ['That user can change it, and with it your server or your session.'],
    next: 'Check what it holds, then make it yours:  sudo chown "$(id -u)" "{path}"',
  },
  STORE_SEALED: {
    exit: EXIT.store,
    sentence: 'The stored session {path} is encrypted, and there is nobody to ask for its passphrase.',
    why: ['A person is asked for it at a terminal; a script gives it in TG_AUTH_PASSPHRASE.'],
    next: 'To store it unencrypted again:  tg-auth session passphrase --remove',
  },
  STORE_PASSPHRASE_WRONG: {
    exit: EXIT.store,
    sentence: 'This passphrase does not open the stored session {path}.',
    why: ['It is another one, or the file was changed or damaged: which of them, encryption cannot tell.'],
    next: 'If it is lost, the session is too; drop it and sign in anew:  tg-auth session delete',
  },
  STORE_MISSING: {
    exit: EXIT.store,
    sentence: 'There is no session of the name "{session}".',
    why: ['Sessions are kept apart by network: --test, --server and none of them have their own.'],
    next: 'See what there is:  tg-auth session list',
  },
  STORE_EXISTS: {
    exit: EXIT.store,
    sentence: 'There is a session of the name "{session}" already.',
    next: 'See what there is:  tg-auth session list',
  },
  CONFIG_UNREADABLE: { exit: EXIT.store, sentence: 'The config file {path} cannot be read: {reason}.' },
  BUG: {
    exit: EXIT.bug,
    sentence: 'This is a bug in tg-auth: {message}',
    why: [
      'It is not your fault. Please report it with the command you ran; leave out codes, hashes and phone numbers.',
    ],
    next: 'Report it here:  https://github.com/tg-auth/tg-auth/issues',
  },
} as const satisfies Record<string, CatalogueEntry>;

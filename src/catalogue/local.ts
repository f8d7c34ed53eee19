/** Errors that arise on this machine: network, delivery, input, session files, and internal errors. */
import { bugs } from '../version.ts';
import { AGAIN_AT } from './classes.ts';
import { type CatalogueEntry, EXIT } from './entry.ts';
import { CREATE_ACCOUNT, EMAIL_SETUP, NO_CODE } from './login.ts';
import { NETWORK } from './network.ts';

const OTHER_FOLDER = { say: 'Keep sessions in another folder', run: 'export XDG_STATE_HOME=/path/to/folder' };
const LIST = { say: 'List the sessions', run: 'tg-auth session list' };

const SEE_FAULT = {
  say: 'See what the sandbox gets under one of them',
  run: 'tg-auth sandbox --fault {fault} --log log.jsonl -- {command}',
};

export const LOCAL = {
  ...NETWORK,

  // Delivery.
  PAYMENT_REQUIRED: {
    exit: EXIT.delivery,
    sentence: 'Telegram requires a payment before it sends a code to this number.',
    why: [
      "Only Telegram's own apps can pay. Telegram asks for it where an SMS is expensive or the number looks suspicious.",
      'Sign in with this number in an official app first. Telegram will then send codes to that app.',
    ],
    next: NO_CODE,
  },
  EMAIL_SETUP_REQUIRED: EMAIL_SETUP,
  NO_CODE_NEEDED: {
    exit: EXIT.delivery,
    sentence: 'Telegram sent no code: this session is already signed in.',
    next: { say: 'See who is signed in', run: 'tg-auth whoami' },
  },
  WAIT_TOO_LONG: {
    exit: EXIT.wait,
    sentence: 'The next delivery method is available in {duration}, but {limit} ends before that.',
    why: [AGAIN_AT, 'Without --timeout, --wait waits as long as it needs to.'],
  },

  // Input.
  USAGE: {
    exit: EXIT.usage,
    sentence: 'Invalid input.',
    why: ['A value is malformed, or a required one is missing. Nothing was sent.'],
  },
  SIGN_UP_NEEDED: {
    exit: EXIT.phone,
    sentence: 'This phone number has no account yet.',
    why: ["The code is correct. A new account needs a name, and you must accept Telegram's terms of service."],
    next: CREATE_ACCOUNT,
  },
  PASSWORD_ALREADY_SET: {
    exit: EXIT.password,
    sentence: 'This account already has a password.',
    next: { say: 'Change it', run: 'tg-auth password change --password - --new-password -' },
  },
  RESET_TOO_SOON: {
    exit: EXIT.wait,
    sentence: 'A password reset was cancelled recently: the next one is possible in {duration}.',
    why: ['Try again after {until}.'],
    next: { say: 'If the password has a recovery e-mail, use that', run: 'tg-auth password recover' },
  },
  INTERRUPTED: { exit: EXIT.interrupted, sentence: 'Interrupted.' },
  REPLAY_DIFFERS: {
    exit: EXIT.bug,
    sentence: 'The replay of a trace differs: this version of tg-auth sends other bytes.',
    why: [
      'A change of the code changed what goes over the wire. If that was intended, record the trace again.',
      'A trace that was edited or cut differs too.',
    ],
  },
  COMMAND_NOT_FOUND: {
    exit: EXIT.notFound,
    sentence: 'The command after `sandbox --` was not found.',
    why: [
      'A name without a slash is looked up in the folders of PATH.',
      'A script also needs the program that its first line names.',
    ],
  },
  COMMAND_NOT_RUNNABLE: {
    exit: EXIT.notRunnable,
    sentence: 'The command after `sandbox --` cannot be run.',
    why: ['It is a folder, or a file that is not executable.'],
    next: { say: 'Make a script executable', run: 'chmod +x login.sh' },
  },
  AUDIT_COMMAND_FAILED: {
    exit: EXIT.usage,
    sentence: 'The command of an audit must succeed without a fault, but it failed.',
    why: ['An audit first runs the command against a sandbox without a fault. See its last lines of output.'],
    next: { say: 'Run it that way', run: 'tg-auth sandbox -- COMMAND' },
  },
  AUDIT_NO_REQUEST: {
    exit: EXIT.usage,
    sentence: 'The command of an audit made no request to the sandbox.',
    why: ['It finds the address in TG_AUTH_SERVER and the key in TG_AUTH_SERVER_KEY.'],
  },
  AUDIT_SWALLOWED: {
    exit: EXIT.security,
    sentence: 'The client believed the forgery in {count} of {total} runs.',
    why: ['The table says how, and which rule each of them breaks.'],
    next: SEE_FAULT,
  },
  AUDIT_FAILED: {
    exit: EXIT.network,
    sentence: 'The client failed in {count} of {total} runs, but believed no forgery.',
    why: [
      'It hung, crashed, or stopped where it should have gone on.',
      'A client that waits longer than the deadline counts as hung. Change the deadline with --each.',
    ],
    next: SEE_FAULT,
  },

  // Session files.
  NO_HOME: {
    exit: EXIT.store,
    sentence: 'No folder for sessions: neither {home} nor XDG_STATE_HOME is an absolute path.',
    why: ['tg-auth keeps sessions below one of them. With --session-string or --sandbox it needs neither.'],
    next: { say: 'Choose a folder that lasts', run: 'export XDG_STATE_HOME=/path/to/folder' },
  },
  STORE_LOCKED: {
    exit: EXIT.store,
    sentence: 'Another tg-auth ({owner}) is using this session.',
    why: ['Only one program may use a session at a time. Telegram ends a session that two programs use.'],
    next: { say: 'Try again when that program has ended', run: '{again}' },
    more: [{ say: 'If it is no longer running, remove its lock', run: 'rm "{path}"' }],
  },
  STORE_UNREADABLE: { exit: EXIT.store, sentence: 'Cannot read the session {path}: {reason}.' },
  STORE_UNWRITABLE: {
    exit: EXIT.store,
    sentence: 'Cannot write the session {path}: {reason}.',
    why: ['XDG_STATE_HOME sets another folder for sessions.'],
  },
  STORE_READ_ONLY: {
    exit: EXIT.store,
    sentence: 'Cannot write the session {path}: the file system is read-only.',
    why: ['Commands that only read a session still work.'],
    next: OTHER_FOLDER,
  },
  STORE_FULL: {
    exit: EXIT.store,
    sentence: 'Cannot write the session {path}: {reason}.',
    why: ['Free some space on this disk, then run the command again. Commands that only read a session still work.'],
  },
  STORE_DENIED: {
    exit: EXIT.store,
    sentence: 'Cannot {access} {path}: permission denied.',
    why: ['{part} belongs to {owner}. A command that was run with sudo may have created it.'],
    next: { say: 'Make it yours', run: 'sudo chown {flag}"$(id -u)" "{part}" && chmod u+rwX "{part}"' },
  },
  STORE_NO_MODES: {
    exit: EXIT.store,
    sentence: 'Cannot keep sessions private in {path}: its file system has no permissions.',
    why: ['Every user of this machine can read such files. In WSL this is so on the disks of Windows, as /mnt/c.'],
    next: OTHER_FOLDER,
  },
  STORE_CORRUPT: {
    exit: EXIT.store,
    sentence: 'The session {path} is damaged: {reason}.',
    next: { say: 'Move it away, then sign in again', run: 'mv "{path}" "{path}.damaged"' },
  },
  STORE_NEWER: {
    exit: EXIT.store,
    sentence: 'The session {path} was written by a newer tg-auth (format {version}).',
    next: { say: 'Update tg-auth', run: 'npm install --global tg-auth@latest' },
  },
  STORE_PERMISSIONS: {
    exit: EXIT.store,
    sentence: 'Other users of this machine can {access} {path} (mode {mode}).',
    why: [
      'Anyone who can read a session can use your account.',
      'Anyone who can change a session or the config file can choose your server.',
    ],
    next: { say: 'Make it private', run: 'chmod go= "{path}"' },
  },
  STORE_OWNER: {
    exit: EXIT.store,
    sentence: 'Another user of this machine ({owner}) owns {path}.',
    why: ['That user can change your server or your session.'],
    next: { say: 'Check its contents, then take ownership', run: 'sudo chown "$(id -u)" "{path}"' },
  },
  STORE_SEALED: {
    exit: EXIT.store,
    sentence: 'Passphrase required: the session {path} is encrypted.',
    why: ['tg-auth asks for the passphrase at a terminal. In a script, set TG_AUTH_PASSPHRASE.'],
    next: { say: 'Try again with TG_AUTH_PASSPHRASE', run: '{again}' },
    more: [{ say: 'Remove the passphrase', run: 'tg-auth session passphrase --remove' }],
  },
  STORE_PASSPHRASE_WRONG: {
    exit: EXIT.store,
    sentence: 'Wrong passphrase for the session {path}.',
    why: ['If the passphrase is right, the file was changed or damaged. Encryption cannot tell the difference.'],
    next: { say: 'Try again with the right one', run: '{again}' },
    more: [{ say: 'If you lost it, delete the session and sign in again', run: 'tg-auth session delete' }],
  },
  STORE_MISSING: {
    exit: EXIT.store,
    sentence: 'No session named "{session}".',
    why: ['Each network has its own sessions: production, --test, and every --server.'],
    next: LIST,
  },
  STORE_EXISTS: { exit: EXIT.store, sentence: 'A session named "{session}" already exists.', next: LIST },
  FILE_UNREADABLE: { exit: EXIT.store, sentence: '{file} cannot be read: {reason}.' },
  FILE_UNWRITABLE: { exit: EXIT.store, sentence: '{file} cannot be written: {reason}.' },
  STREAM_UNREADABLE: { exit: EXIT.store, sentence: 'Cannot read {stream}: {reason}.' },
  STREAM_UNWRITABLE: {
    exit: EXIT.store,
    sentence: 'Cannot write to {stream}: {reason}.',
    why: ['The answer is lost. The request may have been sent.'],
  },
  NO_TEMPORARY_FOLDER: {
    exit: EXIT.store,
    sentence: 'Cannot create a temporary folder in {path}: {reason}.',
    next: { say: 'Choose another folder for temporary files', run: 'export TMPDIR=/path/to/folder' },
  },
  CONFIG_UNREADABLE: { exit: EXIT.store, sentence: 'Cannot read the config file {path}: {reason}.' },

  BUG: {
    exit: EXIT.bug,
    sentence: 'Internal error in tg-auth: {message}',
    why: [
      'Please include the command you ran. Leave out codes, hashes and phone numbers.',
      `Report this bug:  ${bugs}`,
    ],
  },
} as const satisfies Record<string, CatalogueEntry>;

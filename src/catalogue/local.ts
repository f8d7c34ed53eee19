/** The errors that arise on this machine: network, security, store, and our own bugs. */
import { type CatalogueEntry, EXIT } from './entry.ts';

export const LOCAL = {
  // Getting through.
  CONNECTION_REFUSED: {
    exit: EXIT.network,
    sentence: 'Nothing answers at {host}:{port}.',
    why: [
      'No server listens there: it is not running, or the address is another.',
      'If it is an address of Telegram, a firewall refuses the way there.',
    ],
    next: 'If a sandbox should be there, start it:  tg-auth sandbox --port {port}',
  },
  CONNECTION_CLOSED: {
    exit: EXIT.network,
    sentence: '{host}:{port} closed the connection.',
    why: [
      'A server does this when it restarts, or to a client whose --transport it does not speak.',
      'Some networks cut connections to Telegram; --transport obfuscated may help.',
    ],
  },
  CONNECTION_ENDED: {
    exit: EXIT.network,
    sentence: 'The connection was closed on this side before the answer came.',
    why: ['The program that uses tg-auth closed its client while a request was out.'],
  },
  CONNECT_TIMEOUT: {
    exit: EXIT.network,
    sentence: '{host}:{port} did not take the connection within {seconds} s.',
    why: [
      'A firewall drops the packets silently, or the network is down.',
      'Some networks block Telegram; another one may not.',
    ],
  },
  HOST_NOT_FOUND: {
    exit: EXIT.network,
    sentence: 'There is no host of the name {host}.',
    why: ['The name is misspelt, or this machine cannot reach its name server.'],
  },
  NETWORK_UNREACHABLE: {
    exit: EXIT.network,
    sentence: 'No way leads from this machine to {host}:{port}.',
    why: ['The network is down, or it has no route for this kind of address (IPv4 or IPv6).'],
  },
  TIMEOUT: {
    exit: EXIT.network,
    sentence: 'Not done within {seconds} s.',
    why: [
      'If a request was already out, it may or may not have been carried out.',
      'The limit is for the whole command; --timeout sets another, and --timeout 0 none.',
    ],
  },

  // Talking.
  FRAME_MALFORMED: {
    exit: EXIT.network,
    sentence: 'What came over the connection is not MTProto: {detail}.',
    why: [
      'Another kind of server is at this address, it speaks another --transport, or something on the way garbles the traffic.',
    ],
  },
  TRANSPORT_ERROR: {
    exit: EXIT.network,
    sentence: '{host}:{port} refused the connection with transport error {code}.',
    why: ['{meaning}'],
    meanings: {
      '-400': 'The server could not make sense of what it was sent.',
      '-403': 'The server does not allow this connection.',
      '-404': 'It does not know the key of this session, or a step of the key exchange was not what it expected.',
      '-429': 'Too many connections come from this address. Wait some seconds, then try again.',
      '-444': 'The server does not serve this data centre: check --dc and --test.',
      other: 'What this code means is not documented.',
    },
  },
  ANSWER_MALFORMED: {
    exit: EXIT.network,
    sentence: 'The server sent an answer that makes no sense: {detail}.',
    why: ['The server speaks a newer or a different protocol than this version of tg-auth.'],
  },
  ANSWER_LOST: {
    exit: EXIT.network,
    sentence: 'The connection broke before {method} was answered; nobody can tell whether it was carried out.',
    why: [
      'It is not repeated by itself, because a repeat might place a second call or send a second code.',
      'If a code or a call was due, give it a minute to arrive before you ask again.',
    ],
  },
  MESSAGE_REFUSED: {
    exit: EXIT.network,
    sentence: 'The server did not accept the message (bad_msg_notification {code}).',
    why: ['{meaning}'],
    meanings: {
      16: 'The clock of this machine is slow, and correcting it did not help.',
      17: 'The clock of this machine is fast, and correcting it did not help.',
      18: 'The lowest two bits of a message id were wrong.',
      19: 'A container had the id of a message that was there before.',
      20: 'The message took so long that the server no longer knows what became of it.',
      32: 'The number in the sequence was too low, and starting the session anew did not help.',
      33: 'The number in the sequence was too high, and starting the session anew did not help.',
      34: 'A message that takes no answer was numbered as one that does.',
      35: 'A message that takes an answer was numbered as one that does not.',
      48: 'The server salt was wrong, and correcting it did not help.',
      64: 'A container was malformed.',
      other: 'The server and tg-auth disagree on how messages are numbered.',
    },
  },
  HANDSHAKE_REFUSED: {
    exit: EXIT.network,
    sentence: 'The server broke off the key exchange ({answer}).',
    why: ['This should be rare and passing: try again in a moment.'],
  },
  DC_UNKNOWN: {
    exit: EXIT.network,
    sentence: 'No address is known for data centre {dc}.',
    why: ['Telegram has the data centres 1 to 5, and 1 to 3 with --test; a --server has those that it names itself.'],
  },
  KEY_UNKNOWN: {
    exit: EXIT.signedOut,
    sentence: "The server no longer knows this session's key.",
    why: [
      'Telegram drops a key that was not used for a long time, or whose session was ended on another device.',
      'A sandbox forgets all keys when it ends.',
    ],
    next: 'Sign in again, which makes a new key (in a script with send-code and sign-in):  tg-auth login',
  },

  // Trust.
  SECURITY_CHECK_FAILED: {
    exit: EXIT.security,
    sentence: 'The other side failed a security check: {check}.',
    why: [
      'Nothing of it was trusted, and nothing was stored.',
      'Something between you and the server changes the traffic, or the server is faulty.',
    ],
  },
  SERVER_KEY_UNKNOWN: {
    exit: EXIT.security,
    sentence: 'The server cannot prove that it is the one you meant: it has another RSA key.',
    why: [
      'It offers {offered}; trusted is {known}.',
      'With a --server of your own, the --server-key is that of another one, or of an earlier run.',
      'Otherwise somebody may stand between you and Telegram. Nothing was sent but a random number.',
    ],
  },

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
    sentence: 'Other users of this machine can read {path} (mode {mode}).',
    why: ['Whoever reads a session is signed in as you.'],
    next: 'Keep it to yourself:  chmod go= "{path}"',
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

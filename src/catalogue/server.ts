/** TL errors of the machinery: data centres, the connection, the request as such, faults of the server. */
import { type CatalogueEntry, EXIT } from './entry.ts';

const REPORT = 'Please report it:  https://github.com/tg-auth/tg-auth/issues';
const OUR_FAULT = ['The request was put together wrongly, which is a fault of tg-auth and not yours.'];
const THEIR_FAULT = ['The fault is on its side and usually passes in a moment; try again.'];

const DATACENTRE = {
  PHONE_MIGRATE_X: {
    exit: EXIT.rpc,
    sentence: 'This phone number belongs to data centre {X}.',
    why: ['tg-auth goes there by itself; that it says so means that it was sent on too often.'],
    next: 'Start there:  tg-auth send-code {phone} --dc {X}',
  },
  NETWORK_MIGRATE_X: {
    exit: EXIT.rpc,
    sentence: 'Your network is served by data centre {X}.',
    why: ['tg-auth goes there by itself; that it says so means that it was sent on too often.'],
    next: 'Start there:  tg-auth send-code {phone} --dc {X}',
  },
  USER_MIGRATE_X: {
    exit: EXIT.rpc,
    sentence: 'This account lives in data centre {X}.',
    why: ['tg-auth goes there by itself; that it says so means that it was sent on too often.'],
    next: 'Start there:  tg-auth send-code {phone} --dc {X}',
  },
  FILE_MIGRATE_X: { exit: EXIT.rpc, sentence: 'This file is in data centre {X}.' },
  STATS_MIGRATE_X: { exit: EXIT.rpc, sentence: 'These statistics are in data centre {X}.' },
  CDN_METHOD_INVALID: {
    exit: EXIT.rpc,
    sentence: 'This data centre only hands out files.',
    why: ['The address is one of a CDN, which knows nothing of logins.'],
  },
  DC_ID_INVALID: { exit: EXIT.rpc, sentence: 'There is no such data centre, or it is the one that was asked.' },
} as const satisfies Record<string, CatalogueEntry>;

const CONNECTION = {
  CONNECTION_NOT_INITED: {
    exit: EXIT.rpc,
    sentence: 'The server was not told which client it speaks with.',
    why: ['The first request of a connection does that; the server did not take it, or forgot it.'],
    next: REPORT,
  },
  CONNECTION_DEVICE_MODEL_EMPTY: {
    exit: EXIT.rpc,
    sentence: 'The server wants to be told a device model.',
    why: OUR_FAULT,
    next: REPORT,
  },
  CONNECTION_SYSTEM_EMPTY: {
    exit: EXIT.rpc,
    sentence: 'The server wants to be told a system version.',
    why: OUR_FAULT,
    next: REPORT,
  },
  CONNECTION_APP_VERSION_EMPTY: {
    exit: EXIT.rpc,
    sentence: 'The server wants to be told the version of the application.',
    why: OUR_FAULT,
    next: REPORT,
  },
  CONNECTION_SYSTEM_LANG_CODE_EMPTY: {
    exit: EXIT.rpc,
    sentence: 'The server wants to be told the language of the system.',
    why: OUR_FAULT,
    next: REPORT,
  },
  CONNECTION_LANG_PACK_INVALID: {
    exit: EXIT.rpc,
    sentence: 'The server does not know the language pack that was named.',
    why: OUR_FAULT,
    next: REPORT,
  },
  ENCRYPTED_MESSAGE_INVALID: {
    exit: EXIT.rpc,
    sentence: 'The server could not tie the temporary key to the session.',
    why: ["The session's own key may be gone, because it was ended on another device."],
    next: 'Sign in again:  tg-auth send-code {phone}',
  },
  TEMP_AUTH_KEY_EMPTY: {
    exit: EXIT.rpc,
    sentence: 'This must be asked over a temporary key.',
    why: OUR_FAULT,
    next: REPORT,
  },
  TEMP_AUTH_KEY_ALREADY_BOUND: {
    exit: EXIT.rpc,
    sentence: 'This temporary key already belongs to another session.',
    why: OUR_FAULT,
    next: REPORT,
  },
  EXPIRES_AT_INVALID: {
    exit: EXIT.rpc,
    sentence: 'The server does not accept the lifetime of the temporary key.',
    why: ['The clock of this machine may be wrong.'],
  },
} as const satisfies Record<string, CatalogueEntry>;

const REQUEST = {
  INPUT_CONSTRUCTOR_INVALID: {
    exit: EXIT.rpc,
    sentence: 'The server does not know a constructor in this request.',
    why: ['It speaks another layer of the API than was declared to it.'],
    next: REPORT,
  },
  INPUT_FETCH_ERROR: {
    exit: EXIT.rpc,
    sentence: 'The server could not read the request.',
    why: OUR_FAULT,
    next: REPORT,
  },
  INPUT_FETCH_FAIL: {
    exit: EXIT.rpc,
    sentence: 'The server could not read the request.',
    why: OUR_FAULT,
    next: REPORT,
  },
  INPUT_REQUEST_TOO_LONG: { exit: EXIT.rpc, sentence: 'The request is too long for the server.' },
  MSG_WAIT_FAILED: { exit: EXIT.rpc, sentence: 'The request was to follow another one, which failed.' },
  MSG_WAIT_TIMEOUT: { exit: EXIT.rpc, sentence: 'The request was to follow another one, which took too long.' },
} as const satisfies Record<string, CatalogueEntry>;

const TIMEOUT = {
  exit: EXIT.rpc,
  sentence: 'Telegram ran out of time over this request.',
  why: ['It may or may not have been carried out.', ...THEIR_FAULT],
} as const satisfies CatalogueEntry;

const FAULT = {
  TIMEOUT,
  Timeout: TIMEOUT,
  AUTH_KEY_UNSYNCHRONIZED: {
    exit: EXIT.rpc,
    sentence: 'Not all servers of Telegram know the key of this session yet.',
    why: ['It passes in a moment; try again.'],
  },
  MSGID_DECREASE_RETRY: { exit: EXIT.rpc, sentence: 'Telegram mixed up the order of messages.', why: THEIR_FAULT },
  NEED_MEMBER_INVALID: { exit: EXIT.rpc, sentence: 'Telegram failed inside over this account.', why: THEIR_FAULT },
  MEMBER_NO_LOCATION: {
    exit: EXIT.rpc,
    sentence: 'Telegram failed inside: it did not find this account.',
    why: THEIR_FAULT,
  },
  RPC_CALL_FAIL: { exit: EXIT.rpc, sentence: 'Telegram failed inside.', why: THEIR_FAULT },
  RPC_MCGET_FAIL: { exit: EXIT.rpc, sentence: 'Telegram failed inside.', why: THEIR_FAULT },
  NO_WORKERS_RUNNING: {
    exit: EXIT.rpc,
    sentence: 'This data centre of Telegram has nobody at work for this request right now.',
    why: ['The fault is on its side; try again in some minutes.'],
  },
} as const satisfies Record<string, CatalogueEntry>;

export const SERVER: Readonly<Record<string, CatalogueEntry>> = { ...DATACENTRE, ...CONNECTION, ...REQUEST, ...FAULT };

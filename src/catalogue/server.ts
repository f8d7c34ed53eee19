/** TL errors of data centres, connections and malformed requests, and internal errors of the server. */
import { bugs } from '../version.ts';
import { type CatalogueEntry, EXIT } from './entry.ts';

const REPORT = `Report this bug:  ${bugs}`;
const PASSES = ["The error is on Telegram's side and usually passes: try again in a moment."];

/** A request that this program built incorrectly. */
function ourError(sentence: string, why = 'tg-auth built the request incorrectly.'): CatalogueEntry {
  return { exit: EXIT.rpc, sentence, why: [why, REPORT] };
}

function theirError(sentence: string): CatalogueEntry {
  return { exit: EXIT.rpc, sentence, why: PASSES };
}

function migration(sentence: string): CatalogueEntry {
  return {
    exit: EXIT.rpc,
    sentence,
    why: ['tg-auth changes the data centre automatically, but was redirected too often.'],
    next: { say: 'Start with the right one', run: 'tg-auth send-code {phone} --dc {X}' },
  };
}

const UNREADABLE = ourError('The server could not read the request.');

const TIMEOUT: CatalogueEntry = {
  exit: EXIT.rpc,
  sentence: 'Telegram timed out on this request.',
  why: ['The request may or may not have been carried out.', ...PASSES],
};

export const serverErrors = (): Readonly<Record<string, CatalogueEntry>> => ({
  // Data centres.
  PHONE_MIGRATE_X: migration('This phone number belongs to data centre {X}.'),
  NETWORK_MIGRATE_X: migration('Your network belongs to data centre {X}.'),
  USER_MIGRATE_X: migration('This account belongs to data centre {X}.'),
  DC_ID_INVALID: { exit: EXIT.rpc, sentence: 'There is no such data centre, or you are already connected to it.' },

  // Connections.
  CONNECTION_NOT_INITED: ourError(
    'The server does not know which client is connected.',
    'The first request on a connection describes the client. The server rejected or lost it.',
  ),
  CONNECTION_DEVICE_MODEL_EMPTY: ourError('The server requires a device model.'),
  CONNECTION_SYSTEM_EMPTY: ourError('The server requires a system version.'),
  CONNECTION_APP_VERSION_EMPTY: ourError('The server requires an application version.'),
  CONNECTION_SYSTEM_LANG_CODE_EMPTY: ourError('The server requires a system language.'),
  CONNECTION_LANG_PACK_INVALID: ourError('The server does not know this language pack.'),
  ENCRYPTED_MESSAGE_INVALID: {
    exit: EXIT.rpc,
    sentence: 'The server could not bind the temporary key to the session.',
    why: ["The session's own key may be gone because the session was ended on another device."],
    next: { say: 'Sign in again', run: 'tg-auth send-code {phone}' },
  },
  TEMP_AUTH_KEY_EMPTY: ourError('This request requires a temporary key.'),
  TEMP_AUTH_KEY_ALREADY_BOUND: ourError('This temporary key already belongs to another session.'),
  EXPIRES_AT_INVALID: {
    exit: EXIT.rpc,
    sentence: 'The server rejected the expiry time of the temporary key.',
    why: ["This machine's clock may be wrong."],
  },

  // Requests.
  INPUT_CONSTRUCTOR_INVALID: ourError(
    'The server does not know a constructor in this request.',
    'The server uses a different API layer from the one in the request.',
  ),
  INPUT_FETCH_ERROR: UNREADABLE,
  INPUT_FETCH_FAIL: UNREADABLE,
  INPUT_REQUEST_TOO_LONG: { exit: EXIT.rpc, sentence: 'The request is too long.' },

  // Internal errors.
  TIMEOUT,
  Timeout: TIMEOUT,
  AUTH_KEY_UNSYNCHRONIZED: {
    exit: EXIT.rpc,
    sentence: "Some of Telegram's servers do not know this session's key yet.",
    why: ['Try again in a moment.'],
  },
  MSGID_DECREASE_RETRY: theirError('Telegram processed messages out of order.'),
  NEED_MEMBER_INVALID: theirError('Telegram had an internal error with this account.'),
  MEMBER_NO_LOCATION: theirError('Telegram could not locate this account.'),
  RPC_CALL_FAIL: theirError('Telegram had an internal error.'),
  RPC_MCGET_FAIL: theirError('Telegram had an internal error.'),
  NO_WORKERS_RUNNING: theirError('This data centre is too busy for the request.'),
});

/** TL errors of the application, the session, login and bot tokens, and waits. */
import { AGAIN_AT } from './classes.ts';
import { type CatalogueEntry, EXIT } from './entry.ts';

const SIGN_IN = { say: 'Sign in again', run: 'tg-auth login {phone}' };
const NEW_QR = ['Another QR code may work: the device that shows it must show a new one.'];
const BOT_TOKEN = { say: 'Look it up at https://t.me/BotFather, then sign in', run: 'tg-auth login --bot' };
const OWN_PAIR = 'Get your own (for --api-id and --api-hash):  https://my.telegram.org/apps';
const TOO_OLD = 'If the request was already in the current layer, update tg-auth.';
const RESEND = { say: 'Use auth.resendCode', run: 'tg-auth send-call {phone} --method resendCode' };

const LAYER: CatalogueEntry = {
  exit: EXIT.outdated,
  sentence: 'The server does not support this API layer.',
  why: ['It no longer supports the layer of auth.sendCall (49), or it is too old for the current layer.'],
  next: RESEND,
};

export const sessionErrors = (): Readonly<Record<string, CatalogueEntry>> => ({
  // The application.
  API_ID_INVALID: {
    exit: EXIT.api,
    sentence: 'Telegram does not know this pair of api_id and api_hash.',
    why: ['One of them is mistyped, or they belong to different applications.', OWN_PAIR],
    ends: true,
  },
  API_ID_PUBLISHED_FLOOD: {
    exit: EXIT.api,
    sentence: 'Telegram has blocked this api_id for sign-ins because it was published.',
    why: ['It comes from a tutorial or a public repository, and too many people have used it.', OWN_PAIR],
    ends: true,
  },
  CONNECTION_API_ID_INVALID: {
    exit: EXIT.api,
    sentence: 'Telegram does not know this api_id.',
    why: ['It is mistyped, or its application was deleted.', OWN_PAIR],
    ends: true,
  },
  UPDATE_APP_TO_LOGIN: {
    exit: EXIT.outdated,
    sentence: 'Telegram requires a newer client for signing in.',
    why: [
      'Since December 2021 Telegram rejects sign-ins on API layers below 133. auth.sendCall is in layer 49.',
      'auth.resendCode does the same in the current layer.',
      TOO_OLD,
    ],
    next: RESEND,
  },
  INPUT_METHOD_INVALID: {
    exit: EXIT.outdated,
    sentence: 'The server does not support this method.',
    why: ['auth.resendCode replaced auth.sendCall and auth.sendSms in layer 50 of the API, in 2016.', TOO_OLD],
    next: RESEND,
  },
  CONNECTION_LAYER_INVALID: LAYER,
  INPUT_LAYER_INVALID: LAYER,

  // The session and the account.
  AUTH_KEY_UNREGISTERED: {
    exit: EXIT.signedOut,
    sentence: 'This session is not signed in.',
    why: ['It never was, it was ended on another device, or it was unused for months.'],
    next: { say: 'Sign in', run: 'tg-auth login {phone}' },
  },
  AUTH_KEY_INVALID: { exit: EXIT.signedOut, sentence: "Telegram rejected this session's key.", next: SIGN_IN },
  AUTH_KEY_PERM_EMPTY: {
    exit: EXIT.signedOut,
    sentence: 'The temporary key of this connection belongs to no session.',
    next: SIGN_IN,
  },
  SESSION_REVOKED: {
    exit: EXIT.signedOut,
    sentence: 'This session was ended, along with all others of the account.',
    why: ['Someone chose "Terminate all other sessions" on another device, or changed the password.'],
    next: SIGN_IN,
  },
  SESSION_EXPIRED: {
    exit: EXIT.signedOut,
    sentence: 'This session has expired.',
    why: ['Telegram ends a session that was unused for the time set in the account, by default six months.'],
    next: SIGN_IN,
  },
  USER_DEACTIVATED: {
    exit: EXIT.signedOut,
    sentence: 'This account was deleted.',
    why: ['Its owner deleted it, or Telegram deleted it because it was unused.'],
    next: { say: 'Delete the session', run: 'tg-auth logout' },
  },
  USER_DEACTIVATED_BAN: {
    exit: EXIT.signedOut,
    sentence: 'Telegram has banned this account.',
    why: ['If this is a mistake, contact Telegram:  https://telegram.org/support'],
    ends: true,
  },
  ACTIVE_USER_REQUIRED: {
    exit: EXIT.signedOut,
    sentence: 'This requires a signed-in, active account.',
    next: SIGN_IN,
  },
  AUTH_KEY_DUPLICATED: {
    exit: EXIT.signedOut,
    sentence: 'Telegram ended this session because it was used from two places at once.',
    why: [
      'A copy of it runs in another program or on another machine. Each one needs a session of its own.',
      '`tg-auth session clone` makes a second session of the same account, without another login.',
    ],
    next: SIGN_IN,
  },
  FROZEN_METHOD_INVALID: {
    exit: EXIT.rpc,
    sentence: 'Telegram has frozen this account: it is read-only.',
    why: ['Appeal in the chat with this bot:  https://t.me/spambot'],
    next: { say: 'See since when', run: 'tg-auth whoami --check' },
  },
  FRESH_RESET_AUTHORISATION_FORBIDDEN: {
    exit: EXIT.wait,
    sentence: 'This session is too new to end others: it must be a day old.',
    why: ['A device that has been signed in for longer can do it now.'],
  },
  HASH_INVALID: {
    exit: EXIT.rpc,
    sentence: 'No device has this hash: its session may already have ended.',
    next: { say: 'List the devices', run: 'tg-auth devices' },
  },
  TTL_DAYS_INVALID: {
    exit: EXIT.rpc,
    sentence: 'Telegram does not allow this number of days.',
    why: ['It allows 1 to 366.'],
  },
  DATA_JSON_INVALID: { exit: EXIT.rpc, sentence: 'The accepted terms of service are not the current ones.' },
  AUTH_BYTES_INVALID: { exit: EXIT.rpc, sentence: 'The exported authorisation is wrong, used or expired.' },
  USER_ID_INVALID: { exit: EXIT.rpc, sentence: 'The exported authorisation belongs to another account.' },

  // Tokens and bots.
  AUTH_TOKEN_INVALID: { exit: EXIT.rpc, sentence: 'Telegram does not know this login token.', why: NEW_QR },
  AUTH_TOKEN_INVALIDX: { exit: EXIT.rpc, sentence: 'Telegram does not know this login token.', why: NEW_QR },
  AUTH_TOKEN_EXPIRED: {
    exit: EXIT.rpc,
    sentence: 'This login token has expired.',
    why: ['A QR code is valid for about 30 seconds.', ...NEW_QR],
  },
  AUTH_TOKEN_ALREADY_ACCEPTED: { exit: EXIT.rpc, sentence: 'This login token was already used.', why: NEW_QR },
  AUTH_TOKEN_EXCEPTION: {
    exit: EXIT.rpc,
    sentence: 'Telegram refused this login token: that program is already signed in to this account.',
    why: ['It asked not to be signed in to the account twice (except_ids). Else the error usually passes.'],
  },
  ACCESS_TOKEN_INVALID: {
    exit: EXIT.rpc,
    sentence: 'No bot has this token.',
    why: ['It is mistyped or cut short. A token is a number, a colon and about 35 letters and digits.'],
    next: BOT_TOKEN,
  },
  ACCESS_TOKEN_EXPIRED: {
    exit: EXIT.rpc,
    sentence: 'This bot token was revoked.',
    why: ['The bot has a new token, or was deleted.'],
    next: BOT_TOKEN,
  },
  BOT_METHOD_INVALID: { exit: EXIT.rpc, sentence: 'Telegram does not allow bots to do this.', ends: true },

  // Waits.
  FLOOD_WAIT_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'Too many requests: wait {duration}.',
    why: [AGAIN_AT, 'To wait and retry automatically, use --wait-flood {X}.'],
  },
  FLOOD_PREMIUM_WAIT_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'Too many requests: accounts without Premium must wait {duration}.',
    why: [AGAIN_AT],
  },
  FLOOD_TEST_PHONE_WAIT_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'Too many requests for this test number: wait {duration}.',
    why: ['Everyone shares the numbers +99966XYYYY. Choose another YYYY, or use the sandbox.'],
    next: { say: 'Use the sandbox', run: 'tg-auth send-code {phone} --sandbox' },
  },
});

/** TL errors around the way in: the application, the session, tokens, waits. */
import { AGAIN_AT } from './classes.ts';
import { type CatalogueEntry, EXIT } from './entry.ts';

const SIGN_IN = 'Sign in again (at a terminal; in a script with send-code and sign-in):  tg-auth login';
const ANEW = 'Drop what is left of it, then sign in again:  tg-auth logout && tg-auth login';
const SHOW_ANOTHER = 'Show a new one:  tg-auth login --qr';
const TOO_OLD = 'If it was asked in the current layer, this tg-auth is too old: update it.';
const OWN_PAIR = 'Get a pair of your own (--api-id, --api-hash):  https://my.telegram.org/apps';

const APPLICATION = {
  API_ID_INVALID: {
    exit: EXIT.api,
    sentence: 'Telegram does not know this pair of api_id and api_hash.',
    why: ['One of them is mistyped, or they are not of the same application.'],
    next: OWN_PAIR,
  },
  API_ID_PUBLISHED_FLOOD: {
    exit: EXIT.api,
    sentence: 'Telegram has blocked this api_id for logins, because it was published.',
    why: ['It comes from a tutorial or a public repository, and too many people used it.'],
    next: OWN_PAIR,
  },
  CONNECTION_API_ID_INVALID: {
    exit: EXIT.api,
    sentence: 'Telegram does not know this api_id.',
    why: ['It is mistyped, or its application was deleted.'],
    next: OWN_PAIR,
  },
  UPDATE_APP_TO_LOGIN: {
    exit: EXIT.outdated,
    sentence: 'Telegram wants a newer client for a login.',
    why: [
      'Since December 2021 it refuses logins that speak an API layer below 133; auth.sendCall is of layer 49.',
      'auth.resendCode asks for the same in the current layer.',
      TOO_OLD,
    ],
    next: 'Ask that way:  tg-auth send-call {phone} --method resendCode',
  },
  INPUT_METHOD_INVALID: {
    exit: EXIT.outdated,
    sentence: 'The server does not know this method, or no longer.',
    why: [
      'auth.sendCall and auth.sendSms left the API with layer 50, in 2016; auth.resendCode took their place.',
      TOO_OLD,
    ],
    next: 'Ask that way:  tg-auth send-call {phone} --method resendCode',
  },
  CONNECTION_LAYER_INVALID: {
    exit: EXIT.outdated,
    sentence: 'The server does not accept the API layer that was declared.',
    why: ['It has dropped layers as old as that of auth.sendCall (49), or it is older than the current one.'],
    next: 'Ask in the current layer:  tg-auth send-call {phone} --method resendCode',
  },
  INPUT_LAYER_INVALID: {
    exit: EXIT.outdated,
    sentence: 'The server does not accept this number of an API layer.',
    why: ['It has dropped layers as old as that of auth.sendCall (49), or it is older than the current one.'],
    next: 'Ask in the current layer:  tg-auth send-call {phone} --method resendCode',
  },
} as const satisfies Record<string, CatalogueEntry>;

const SESSION = {
  AUTH_KEY_UNREGISTERED: {
    exit: EXIT.signedOut,
    sentence: 'This session is not signed in.',
    why: ['It never was, or it was ended on another device, or it was not used for months.'],
    next: 'Sign in (at a terminal; in a script with send-code and sign-in):  tg-auth login',
  },
  AUTH_KEY_INVALID: { exit: EXIT.signedOut, sentence: "Telegram does not accept this session's key.", next: SIGN_IN },
  AUTH_KEY_PERM_EMPTY: {
    exit: EXIT.signedOut,
    sentence: 'The temporary key of this connection belongs to no session.',
    next: SIGN_IN,
  },
  SESSION_REVOKED: {
    exit: EXIT.signedOut,
    sentence: 'This session was ended, with all others of the account.',
    why: ['Somebody chose "Terminate all other sessions" on another device, or changed the password.'],
    next: ANEW,
  },
  SESSION_EXPIRED: {
    exit: EXIT.signedOut,
    sentence: 'This session has expired.',
    why: ['Telegram ends a session that is not used for as long as the account allows, six months by default.'],
    next: SIGN_IN,
  },
  USER_DEACTIVATED: {
    exit: EXIT.signedOut,
    sentence: 'This account was deleted.',
    why: ['Its owner deleted it, or it was not used for so long that Telegram did.'],
    next: 'Drop what is left of it here:  tg-auth logout',
  },
  USER_DEACTIVATED_BAN: {
    exit: EXIT.signedOut,
    sentence: 'Telegram has banned this account.',
    next: 'If that is a mistake, ask Telegram:  https://telegram.org/support',
  },
  ACTIVE_USER_REQUIRED: {
    exit: EXIT.signedOut,
    sentence: 'Telegram allows this only to an account that is signed in and active.',
    next: SIGN_IN,
  },
  AUTH_KEY_DUPLICATED: {
    exit: EXIT.signedOut,
    sentence: 'This session was used from two places at once, and Telegram has ended it.',
    why: ['A copy of the session runs in another program or on another machine. Give each one its own (--session).'],
    next: ANEW,
  },
  FROZEN_METHOD_INVALID: {
    exit: EXIT.rpc,
    sentence: 'Telegram has frozen this account: it can be read, but it may not do this.',
    next: 'Appeal in the chat with its bot:  https://t.me/spambot',
  },
  FRESH_RESET_AUTHORISATION_FORBIDDEN: {
    exit: EXIT.wait,
    sentence: 'This session is too new to end others: it must be a day old.',
    why: ['A device that has been signed in for longer can do it now.'],
  },
  FRESH_CHANGE_PHONE_FORBIDDEN: {
    exit: EXIT.wait,
    sentence: 'This session is too new to change the phone number.',
    why: ['A device that has been signed in for longer can do it now.'],
  },
  SESSION_TOO_FRESH_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'This session is too new for this; Telegram asks to wait {duration}.',
    why: ['A device that has been signed in for longer can do it now.'],
  },
  HASH_INVALID: {
    exit: EXIT.rpc,
    sentence: 'The account has no session with this hash; it may have ended already.',
    next: 'See what there is:  tg-auth devices',
  },
  TTL_DAYS_INVALID: { exit: EXIT.rpc, sentence: 'Telegram does not offer this number of days.' },
  DATA_JSON_INVALID: { exit: EXIT.rpc, sentence: 'These are not the terms of service that Telegram asked to accept.' },
} as const satisfies Record<string, CatalogueEntry>;

const TOKEN = {
  AUTH_TOKEN_INVALID: { exit: EXIT.rpc, sentence: 'Telegram does not know this login token.', next: SHOW_ANOTHER },
  AUTH_TOKEN_INVALIDX: { exit: EXIT.rpc, sentence: 'Telegram does not know this login token.', next: SHOW_ANOTHER },
  AUTH_TOKEN_EXPIRED: {
    exit: EXIT.rpc,
    sentence: 'This login token has expired.',
    why: ['A QR code is good for about half a minute.'],
    next: SHOW_ANOTHER,
  },
  AUTH_TOKEN_ALREADY_ACCEPTED: { exit: EXIT.rpc, sentence: 'This login token was already used.', next: SHOW_ANOTHER },
  AUTH_TOKEN_EXCEPTION: {
    exit: EXIT.rpc,
    sentence: 'Telegram failed on this login token.',
    why: ['The fault is on its side and usually passes in a moment; try again.'],
  },
  PASSKEY_AUTH_RESTART: {
    exit: EXIT.rpc,
    sentence: 'Telegram lost track of this login with a passkey; start it again.',
  },
  CREDENTIAL_INVALID: { exit: EXIT.rpc, sentence: 'Telegram does not accept this passkey.' },
  ACCESS_TOKEN_INVALID: {
    exit: EXIT.rpc,
    sentence: 'Telegram knows no bot with this token.',
    why: ['It is mistyped or cut short; a token is a number, a colon and some 35 letters and digits.'],
    next: 'Look it up at https://t.me/BotFather, then:  tg-auth login --bot',
  },
  ACCESS_TOKEN_EXPIRED: {
    exit: EXIT.rpc,
    sentence: 'This bot token was revoked.',
    why: ['The bot has got a new one since, or was deleted.'],
    next: 'Look it up at https://t.me/BotFather, then:  tg-auth login --bot',
  },
  BOT_METHOD_INVALID: { exit: EXIT.rpc, sentence: 'Telegram does not let bots do this.' },
  USER_BOT_REQUIRED: { exit: EXIT.rpc, sentence: 'Telegram lets only bots do this.' },
  AUTH_BYTES_INVALID: {
    exit: EXIT.rpc,
    sentence: 'The proof that this account is signed in elsewhere was wrong, used or too old.',
  },
  USER_ID_INVALID: {
    exit: EXIT.rpc,
    sentence: 'The proof that this account is signed in elsewhere is for another account.',
  },
} as const satisfies Record<string, CatalogueEntry>;

const WAIT = {
  FLOOD_WAIT_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'Too many requests: Telegram asks to wait {duration}.',
    why: [AGAIN_AT, '--wait-flood {X} sleeps through it.'],
  },
  FLOOD_PREMIUM_WAIT_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'Too many requests: Telegram asks accounts without Premium to wait {duration}.',
    why: [AGAIN_AT],
  },
  FLOOD_TEST_PHONE_WAIT_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'This test number is used too often: Telegram asks to wait {duration}.',
    why: ['Anyone can use the numbers 99966XYYYY; take another YYYY, or the sandbox, where nobody else is.'],
    next: 'Try it there:  tg-auth send-code {phone} --sandbox',
  },
  SLOWMODE_WAIT_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'The group is in slow mode: Telegram asks to wait {duration}.',
  },
  TAKEOUT_INIT_DELAY_X: {
    exit: EXIT.wait,
    wait: true,
    sentence: 'Telegram lets data be exported in {duration}.',
    why: ['Confirming the export on another device may lift the wait.'],
  },
} as const satisfies Record<string, CatalogueEntry>;

export const SESSIONS: Readonly<Record<string, CatalogueEntry>> = { ...APPLICATION, ...SESSION, ...TOKEN, ...WAIT };

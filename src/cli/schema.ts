/**
 * The JSON Schema of everything that the command line prints on stdout with --json: one definition for each command,
 * one for a failure, and one for the events of a sandbox. `tg-auth help json` and `tg-auth/schema.json` are this value.
 *
 * Every test that sees such JSON checks it against this schema, so a new key or command must be added here. The file is
 * over 300 lines because it describes every command.
 */
import type { CodeSent } from '../auth/code.ts';
import { NEXT } from '../auth/delivery.ts';
import { EXIT } from '../catalogue.ts';
import { FORMAT_TITLES } from '../session/formats/names.ts';
import { LAYERS } from './doctor/report.ts';
import { AUDIT, CASES, EVENTS } from './sandbox/schema.ts';
import {
  ANY,
  DC,
  FLAG,
  type Keys,
  listOf,
  NUMBER,
  object,
  one,
  orNull,
  PHONE,
  ref,
  type Schema,
  TEXT,
} from './schema-parts.ts';

const ID = ref('id');
const SECONDS = ref('seconds');
const TIME = ref('time');

const STEPS = listOf(ref('step'));

const DELIVERIES: Readonly<Record<Exclude<CodeSent['type'], 'setUpEmailRequired'>, true>> = {
  app: true,
  sms: true,
  call: true,
  flashCall: true,
  missedCall: true,
  emailCode: true,
  fragmentSms: true,
  firebaseSms: true,
  smsWord: true,
  smsPhrase: true,
};
const TYPE = one(...Object.keys(DELIVERIES));
const NEXT_TYPE = orNull(one(...Object.keys(NEXT)));

/** How a code was delivered. `timeout`: until `nextType` is due. */
const DELIVERY = { type: TYPE, length: orNull(NUMBER), nextType: NEXT_TYPE, timeout: orNull(SECONDS) };

function hashPrinted(...methods: readonly string[]): Keys {
  return { method: one(...methods), result: TEXT, phone: PHONE, dc: DC, ...DELIVERY };
}

function delivery(method: string): Keys[] {
  const common = { result: FLAG, phone: PHONE, dc: DC };
  return [
    { method: { const: method }, ...common },
    { method: { const: 'auth.resendCode' }, ...common, hash: TEXT, ...DELIVERY },
    { method: one(method, 'auth.resendCode'), result: TEXT, phone: PHONE, layer: NUMBER, dryRun: { const: true } },
  ];
}

/** An account that is signed in. */
function account(...methods: readonly (string | null)[]): Keys {
  return {
    method: one(...methods),
    result: ID,
    user: ID,
    bot: FLAG,
    firstName: orNull(TEXT),
    lastName: orNull(TEXT),
    username: orNull(TEXT),
    phone: orNull(PHONE),
    dc: DC,
  };
}

const SIGN_IN = ['auth.signIn', 'auth.signUp', 'auth.checkPassword'];

const DEVICE = object({
  hash: ID,
  current: FLAG,
  official: FLAG,
  passwordPending: FLAG,
  unconfirmed: FLAG,
  device: TEXT,
  platform: TEXT,
  system: TEXT,
  apiId: NUMBER,
  app: TEXT,
  appVersion: TEXT,
  created: TIME,
  active: TIME,
  ip: TEXT,
  country: TEXT,
  region: TEXT,
});

/** What Telegram says about the limits of an account: `whoami --check`. */
const LIMITS = object({
  state: one('ok', 'limited', 'frozen', 'deleted'),
  restrictions: listOf(object({ platform: TEXT, reason: TEXT, text: TEXT })),
  frozen: { type: ['boolean', 'null'], description: 'null if Telegram does not say it, as to bots' },
  frozenSince: orNull(TIME),
  deletedAfter: orNull(TIME),
  appeal: orNull(TEXT),
  unknown: { ...listOf(TEXT), description: 'what Telegram tells no client' },
});

/** What a stored session holds, without keys and hashes. */
const SESSION = object({
  session: TEXT,
  network: TEXT,
  dc: DC,
  user: orNull(ID),
  bot: orNull(FLAG),
  encrypted: FLAG,
  clone: one('unfinished', 'exported', null),
  keys: listOf(DC),
  importedKeys: listOf(DC),
  clockOffset: { ...NUMBER, description: 'seconds by which the clock of the server is ahead' },
  dropped: listOf(TEXT),
  pending: listOf(object({ phone: PHONE, type: TEXT, asked: TIME, nextType: orNull(TEXT), deadline: orNull(TIME) })),
  qr: orNull(object({ asked: TIME, passwordNeeded: FLAG })),
  waits: listOf(object({ method: TEXT, phone: orNull(PHONE), until: TIME, retryAfter: SECONDS })),
});

/** A stored session, as far as it is known without its passphrase and a connection. */
const STORED = object({
  session: TEXT,
  network: TEXT,
  current: FLAG,
  state: one(
    ...['signed-in', 'signed-out', 'code-pending', 'qr-pending', 'password-pending', 'imported', 'clone-unfinished'],
    ...['clone-exported', 'encrypted', 'unreadable'],
  ),
  user: orNull(ID),
  account: orNull(TEXT),
  phone: orNull(PHONE),
});

/** A session string. */
const STRING = {
  format: one(...Object.keys(FORMAT_TITLES)),
  session: orNull(TEXT),
  dc: DC,
  network: TEXT,
  user: orNull(ID),
};

const BUILD = { commit: orNull(TEXT), released: FLAG, node: TEXT, platform: TEXT };

const CHECK = object({
  layer: one(...LAYERS),
  what: TEXT,
  state: one('ok', 'warn', 'fail', 'skip'),
  detail: TEXT,
  type: orNull(TEXT),
});

const DOCTOR = { method: { const: 'help.getConfig' }, version: TEXT, ...BUILD, checks: listOf(CHECK) };

const ERROR = object({
  type: { type: 'string', description: 'a stable name: tg-auth explain NAME describes it' },
  code: orNull({ ...NUMBER, description: 'error_code of Telegram' }),
  parameter: orNull({ ...NUMBER, description: 'the number in the name: the X of FLOOD_WAIT_X' }),
  message: TEXT,
  why: listOf(TEXT),
  retryAfter: orNull(SECONDS),
});

const FAILURES = Object.values(EXIT).filter((exit) => exit !== EXIT.done && exit !== EXIT.no);

/** What a failure has. `doctor` adds its report. */
const FAILURE = {
  ok: { const: false },
  command: orNull(TEXT),
  exitCode: one(...FAILURES, 129, 143),
  error: ref('error'),
};

const EXIT_CODE = one(...Object.values(EXIT));
const EXPLAINED = { message: TEXT, why: listOf(TEXT), exitCode: EXIT_CODE };
const NOT_CONFIRMED = { result: { const: false } };
const DAYS = { type: 'integer', minimum: 1 };
const DEVICE_CHANGED = { result: FLAG, device: orNull(ref('device')) };
const PASSWORD_UPDATE = 'account.updatePasswordSettings';
const PASSWORD_CHANGED = { method: one(PASSWORD_UPDATE, 'account.confirmPasswordEmail'), result: FLAG };

/** What the success of each command has, beside the keys of every success: one of these sets of keys. */
const SUCCESSES: Readonly<Record<string, Keys | readonly Keys[]>> = {
  login: [
    account(...SIGN_IN, 'auth.sendCode', 'auth.exportLoginToken', 'auth.importBotAuthorization', null),
    { method: { const: 'auth.exportLoginToken' }, result: TEXT, expires: TIME, dc: DC }, // --qr --start
  ],
  'send-code': [
    hashPrinted('auth.sendCode', 'account.verifyEmail'),
    { method: { const: 'account.sendVerifyEmailCode' }, result: TEXT, phone: PHONE, dc: DC, length: NUMBER }, // --email
  ],
  'send-call': delivery('auth.sendCall'),
  'send-sms': delivery('auth.sendSms'),
  'resend-code': hashPrinted('auth.resendCode'),
  'cancel-code': { method: { const: 'auth.cancelCode' }, result: FLAG, phone: PHONE, dc: DC },
  'sign-in': account(...SIGN_IN),
  'password status': {
    method: { const: 'account.getPassword' },
    result: FLAG,
    hint: orNull(TEXT),
    hasRecoveryEmail: FLAG,
    recoveryEmail: orNull(TEXT), // --check
    unconfirmedEmail: orNull(TEXT),
    loginEmail: orNull(TEXT),
    resetDate: orNull(TIME),
    passport: FLAG,
    checked: FLAG,
  },
  'password set': PASSWORD_CHANGED,
  'password change': PASSWORD_CHANGED,
  'password remove': [PASSWORD_CHANGED, NOT_CONFIRMED],
  'password email': [
    { method: { const: PASSWORD_UPDATE }, result: TEXT, length: orNull(NUMBER) }, // the address that got a code
    {
      method: one(PASSWORD_UPDATE, ...['confirm', 'resend', 'cancel'].map((each) => `account.${each}PasswordEmail`)),
      result: FLAG,
    },
  ],
  'password reset': [
    { method: { const: 'account.resetPassword' }, result: one('requested', 'done'), date: orNull(TIME) },
    { method: { const: 'account.declinePasswordReset' }, result: FLAG }, // --cancel
    NOT_CONFIRMED,
  ],
  'password recover': [
    account('auth.recoverPassword'),
    { method: { const: 'auth.requestPasswordRecovery' }, result: TEXT }, // --send
  ],
  whoami: { ...account('users.getUsers'), 'check?': ref('limits') },
  logout: { method: { const: 'auth.logOut' }, result: { const: true }, session: orNull(TEXT), wasSignedIn: FLAG },
  'devices list': { method: { const: 'account.getAuthorizations' }, result: listOf(ref('device')) },
  'devices terminate': [
    { method: one('account.resetAuthorization', 'auth.resetAuthorizations'), ...DEVICE_CHANGED },
    NOT_CONFIRMED,
  ],
  'devices confirm': [{ method: { const: 'account.changeAuthorizationSettings' }, ...DEVICE_CHANGED }, NOT_CONFIRMED],
  'devices ttl': [
    { method: { const: 'account.getAuthorizations' }, result: DAYS },
    { method: { const: 'account.setAuthorizationTTL' }, result: FLAG, days: DAYS },
  ],
  'devices accept': [
    { method: { const: 'auth.acceptLoginToken' }, result: { const: true }, device: ref('device') },
    NOT_CONFIRMED,
  ],
  'session list': { result: listOf(STORED) },
  'session show': { result: SESSION },
  'session clone': {
    method: { const: 'auth.acceptLoginToken' },
    result: TEXT,
    ...STRING,
    format: orNull(STRING.format),
    source: orNull(TEXT),
    hash: orNull(ID),
  },
  'session export': { result: TEXT, ...STRING },
  'session import': { result: TEXT, ...STRING, bot: orNull(FLAG), apiId: orNull(NUMBER) },
  'session rename': { result: TEXT, session: TEXT },
  'session delete': [{ result: { const: true }, session: TEXT }, NOT_CONFIRMED],
  'session passphrase': { result: { const: true }, session: TEXT, encrypted: FLAG },
  'trace show': { result: TEXT, events: NUMBER },
  'trace html': { result: TEXT },
  'trace replay': { result: { const: true }, frames: NUMBER },
  'sandbox audit': [
    { result: { const: true }, ...AUDIT },
    { result: CASES }, // --list
  ],
  'tl encode': { result: TEXT, name: TEXT },
  'tl decode': { result: ANY },
  doctor: { result: { const: true }, ...DOCTOR },
  explain: [
    { result: TEXT, ...EXPLAINED, retryAfter: orNull(SECONDS), also: listOf(object(EXPLAINED)) },
    { result: listOf(object({ exitCode: EXIT_CODE, meaning: TEXT, types: listOf(TEXT) })) },
  ],
  completion: { result: TEXT, shell: TEXT },
  help: { result: TEXT },
  '--version': { result: TEXT, ...BUILD },
};

function successOf(command: string, shapes: Keys | readonly Keys[]): Schema {
  const start = { ok: { const: true }, command: { const: command }, method: { type: 'null' } };
  const [first = {}, ...others] = [shapes].flat().map((keys) => object({ ...start, ...keys, next: STEPS }));
  return others.length === 0 ? first : { anyOf: [first, ...others] };
}

/** What `login --qr` prints for each link. */
const QR: Keys = { event: { const: 'qr' }, link: TEXT, expires: TIME };

/** Values that several outputs have. */
const VALUES: Keys = {
  id: { type: 'string', pattern: '^-?[0-9]+$', description: 'a 64-bit number, as text' },
  phone: { type: 'string', pattern: '^\\+' },
  seconds: { type: 'integer', minimum: 0, description: 'a span in seconds' },
  time: { type: 'integer', description: 'a time in seconds since 1970-01-01 UTC' },
  step: object({ say: TEXT, run: { type: 'string', description: 'a command to paste' } }),
  error: ERROR,
  device: DEVICE,
  limits: LIMITS,
};

/** The outputs by name: that of a command has `-` for a space. */
const OUTPUTS: Keys = {
  failure: {
    anyOf: [
      object({ ...FAILURE, next: STEPS }),
      object({ ...FAILURE, ...DOCTOR, next: STEPS }),
      object({ ...FAILURE, result: FLAG, ...AUDIT, next: STEPS }),
    ],
  },
  event: { anyOf: [...EVENTS, QR].map(object) },
  ...Object.fromEntries(
    Object.entries(SUCCESSES).map(([command, shapes]) => [command.replace(' ', '-'), successOf(command, shapes)]),
  ),
};

export const SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'What tg-auth prints with --json',
  oneOf: Object.keys(OUTPUTS).map(ref),
  $defs: { ...VALUES, ...OUTPUTS },
};

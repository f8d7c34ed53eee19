/**
 * The test numbers, as data. No code looks at YYYY itself: it reads the `Behaviour`.
 *
 * They look like the numbers of Telegram's test servers (https://core.telegram.org/api/auth#test-accounts): 99966XYYYY,
 * where X is the account's DC and the code is X repeated (22222 on DC 2). The digits YYYY choose a behaviour, as a
 * payment provider's test cards do:
 *
 * - 1xxx: special accounts;
 * - 2xxx: delivery methods;
 * - 90EE, 91EE, 92EE, 93EE: errors, where EE is the exit code of the refused command;
 * - 9303, 9333: accounts on another DC; 95xx: server errors;
 * - others: an ordinary account.
 */

/** How a code reaches its owner. The last two deliver none: an e-mail address or a payment is required first. */
export type DeliveryMethod =
  | 'app'
  | 'sms'
  | 'call'
  | 'flash call'
  | 'missed call'
  | 'fragment'
  | 'email'
  | 'sms word'
  | 'sms phrase'
  | 'firebase sms'
  | 'email set-up'
  | 'payment';

export interface Behaviour {
  /** The delivery methods in order: the first is sendCode's `type`, the second its `next_type`. */
  readonly methods: readonly [DeliveryMethod, ...DeliveryMethod[]];
  /** Seconds until the next method may be used; 0 if sendCode sends no timeout. */
  readonly timeout: number;
  /** Refuses the next method with FLOOD_WAIT_X until `timeout` is over. Other numbers only announce it. */
  readonly strict?: boolean;
  /** Seconds until a code expires. */
  readonly lifetime: number;
  /** Accepts every hash, so that one request can be tried without auth.sendCode. */
  readonly anyHash?: boolean;
  /** Each auth.resendCode returns a new phone_code_hash and voids the old one. */
  readonly freshHash?: boolean;
  /** The number has no account yet. */
  readonly unregistered?: boolean;
  /** The password of two-step verification. */
  readonly password?: string;
  readonly recoveryEmail?: string;
  /** Refuses each auth key's first password check with SRP_ID_INVALID. */
  readonly stale?: boolean;
  /** auth.sendCode signs in without a code. */
  readonly known?: boolean;
  /** Each new sign-in is unconfirmed until another device confirms it. */
  readonly unconfirmed?: boolean;
  /** Why Telegram limits the account. */
  readonly limited?: string;
  /** The account is read-only. */
  readonly frozen?: boolean;
  readonly refusal?: NumberRefusal;
  /** Refuses each request with FLOOD_WAIT_X and accepts it after this many seconds. */
  readonly flood?: number;
  /** The account is on the DC after X, or on none: each DC names the next one. */
  readonly home?: 'next' | 'nowhere';
}

/** What a request does: ask for a code, resend it, place a call… The last three come after the sign-in. */
export type RequestKind = 'start' | 'resend' | 'call' | 'cancel' | 'sign in' | 'use' | 'change' | 'reset';

export interface NumberRefusal {
  /** The requests that are refused; `any hash` means those with a phone_code_hash. */
  readonly of: RequestKind | 'any hash' | 'everything';
  readonly code: number;
  /** A FLOOD_WAIT_X ends after its seconds. */
  readonly text: string;
  /** Refuses only an auth key's first request. */
  readonly once?: boolean;
}

export interface TestNumber {
  /** The digits YYYY, or `others`. */
  readonly yyyy: string;
  readonly title: string;
  readonly happens: string;
  readonly behaviour: Behaviour;
}

const ORDINARY: Behaviour = { methods: ['app', 'call', 'sms'], timeout: 60, lifetime: 300 };

function row(yyyy: string, title: string, happens: string, differs: Partial<Behaviour> = {}): TestNumber {
  return { yyyy, title, happens, behaviour: { ...ORDINARY, ...differs } };
}

function via(yyyy: string, title: string, happens: string, ...methods: Behaviour['methods']): TestNumber {
  return row(yyyy, title, happens, { methods });
}

function refused(yyyy: string, of: NumberRefusal['of'], code: number, text: string, happens: string): TestNumber {
  return row(yyyy, `${code} ${text}`, happens, { refusal: { of, code, text } });
}

const EMAIL = { password: 'sandbox', recoveryEmail: 'sandbox@example.com' };

export const OTHERS = row('others', 'ordinary account', 'The code comes in the app; then by voice call, then by SMS.');

export const TEST_NUMBERS: readonly TestNumber[] = [
  OTHERS,
  row('1001', 'not registered', 'After the code, auth.signUp creates the account.', { unregistered: true }),
  row('1002', 'two-step verification', 'The password is "sandbox".', { password: 'sandbox' }),
  row('1003', 'password with a recovery e-mail', 'The password is "sandbox", the address s***@example.com.', EMAIL),
  row('1004', 'password, checked too late', 'The first check fails with 400 SRP_ID_INVALID.', {
    password: 'sandbox',
    stale: true,
  }),
  row('1011', 'limited account', 'The user is restricted, with a reason.', {
    limited: 'This account is limited because it is in a sandbox.',
  }),
  row('1012', 'unconfirmed sign-ins', 'A sign-in is unconfirmed for 7 days, or until another device confirms it.', {
    unconfirmed: true,
  }),

  via('2001', 'app, SMS, call', 'The code comes in the app; then by SMS, then by voice call.', 'app', 'sms', 'call'),
  via('2002', 'SMS', 'The code comes by SMS; then by voice call.', 'sms', 'call'),
  via('2003', 'call', 'The code comes by voice call; then by SMS.', 'call', 'sms'),
  via('2004', 'flash call', 'The calling number is the code; then a voice call.', 'flash call', 'call'),
  via('2005', 'missed call', 'The calling number ends in the code; then a voice call.', 'missed call', 'call'),
  via('2006', 'e-mail', 'The code comes by e-mail only.', 'email'),
  via('2007', 'Fragment', 'The code is shown on fragment.com only.', 'fragment'),
  via('2008', 'SMS with a word', 'The code is "sandbox"; then a voice call.', 'sms word', 'call'),
  via('2009', 'SMS with a phrase', 'The code is "the sea is calm today"; then a voice call.', 'sms phrase', 'call'),
  via('2010', 'Firebase SMS', 'For official apps; then a plain SMS.', 'firebase sms', 'sms'),
  row('2011', 'every next_type in turn', 'App, SMS, call, flash call, missed call, Fragment.', {
    methods: ['app', 'sms', 'call', 'flash call', 'missed call', 'fragment'],
  }),
  via('2012', 'app only', 'No next_type: a resend fails with 406 SEND_CODE_UNAVAILABLE, a call with boolFalse.', 'app'),
  row('2013', 'call without waiting', 'No timeout: a voice call is possible at once.', { timeout: 0 }),
  row('2014', 'enforced timeout', 'A call within 3 seconds fails with FLOOD_WAIT_X.', { timeout: 3, strict: true }),
  row('2015', 'new hash with every resend', 'The old phone_code_hash stops working.', { freshHash: true }),
  row('2016', 'no auth.sendCall', 'It fails with 400 INPUT_METHOD_INVALID; auth.resendCode places the call.', {
    refusal: { of: 'call', code: 400, text: 'INPUT_METHOD_INVALID_63247716_0' },
  }),
  row('2017', 'no code needed', 'auth.sendCode signs in and answers auth.sentCodeSuccess.', { known: true }),

  row('9000', 'boolTrue', 'A voice call works with any hash.', { anyHash: true }),
  row('9001', 'boolFalse', 'No voice call: auth.sendCall answers false to any hash; a resend sends an SMS.', {
    methods: ['app', 'sms'],
    anyHash: true,
  }),
  refused('9010', 'everything', 400, 'PHONE_NUMBER_INVALID', 'Every request fails.'),
  refused('9110', 'everything', 400, 'PHONE_NUMBER_BANNED', 'Every request fails: the number is banned.'),
  refused('9210', 'everything', 400, 'PHONE_NUMBER_FLOOD', 'Every request fails: too many codes were requested.'),
  refused('9011', 'any hash', 400, 'PHONE_CODE_HASH_EMPTY', 'auth.sendCode works; then every hash is refused.'),
  refused('9012', 'any hash', 400, 'PHONE_CODE_EXPIRED', 'auth.sendCode works; then every hash has expired.'),
  row('9112', 'short-lived code', 'After 3 seconds it fails with 400 PHONE_CODE_EXPIRED.', { lifetime: 3 }),
  refused('9013', 'any hash', 400, 'PHONE_CODE_INVALID', 'auth.sendCode works; then every code is wrong.'),
  refused('9015', 'everything', 401, 'AUTH_KEY_UNREGISTERED', 'Every request fails: the session was ended.'),
  refused('9115', 'use', 401, 'SESSION_REVOKED', 'Sign-in works; then another device ends the session.'),
  refused('9215', 'use', 406, 'AUTH_KEY_DUPLICATED', 'Sign-in works; then the session is used twice at once.'),
  refused('9315', 'use', 401, 'USER_DEACTIVATED', 'Sign-in works; then the account is deleted.'),
  refused('9016', 'resend', 406, 'SEND_CODE_UNAVAILABLE', 'auth.sendCode works; no other delivery method does.'),
  via('9116', 'payment required', 'auth.sendCode answers auth.sentCodePaymentRequired.', 'payment'),
  via('9216', 'e-mail set-up required', 'auth.sendCode answers auth.sentCodeTypeSetUpEmailRequired.', 'email set-up'),
  refused('9017', 'everything', 400, 'API_ID_INVALID', 'Every request fails, whatever the api_id is.'),
  refused('9117', 'everything', 400, 'API_ID_PUBLISHED_FLOOD', 'Every request fails, whatever the api_id is.'),
  refused('9018', 'everything', 406, 'UPDATE_APP_TO_LOGIN', 'Every request fails, whatever the layer is.'),
  row('9020', '420 FLOOD_WAIT_3', 'Each request works 3 seconds after the first try.', { flood: 3, anyHash: true }),
  row('9120', '420 FLOOD_WAIT_76543', 'Each request works 21 hours after the first try.', {
    flood: 76543,
    anyHash: true,
  }),
  refused('9220', 'sign in', 420, 'FLOOD_WAIT_3600', 'auth.sendCode works; sign-in works an hour after the first try.'),
  refused('9320', 'reset', 406, 'FRESH_RESET_AUTHORISATION_FORBIDDEN', 'This session may not sign out others yet.'),
  refused('9021', 'everything', 400, 'MOON_PHASE_INVALID_7', 'Every request fails with an unknown error.'),
  refused('9121', 'everything', 499, 'This error is not documented', 'Every request fails: unknown code, no name.'),
  row('9221', '420 FROZEN_METHOD_INVALID', 'Sign-in works; then the account is frozen, and cannot be changed.', {
    frozen: true,
    refusal: { of: 'change', code: 420, text: 'FROZEN_METHOD_INVALID' },
  }),

  row('9303', 'moved', 'The account is on the DC after X: 303 PHONE_MIGRATE_X.', { home: 'next' }),
  row('9333', 'endless migration', 'Every DC names the next: 303 PHONE_MIGRATE_X.', { home: 'nowhere' }),
  row('9500', '500 AUTH_RESTART, once', "A client's first auth.sendCode fails; the next one works.", {
    refusal: { of: 'start', code: 500, text: 'AUTH_RESTART', once: true },
  }),
  refused('9501', 'everything', 500, 'AUTH_RESTART', 'Every request fails.'),
  refused('9503', 'everything', -503, 'Timeout', 'Every request fails.'),
];

const BEHAVIOUR = new Map(TEST_NUMBERS.map(({ yyyy, behaviour }) => [yyyy, behaviour]));

/** Telegram's own example of auth.sendCall. This hash works on every DC and for every key, and never expires. */
export const SEED = { phone: '79991234567', phone_code_hash: '2dc02d2cda9e615c84' } as const;

/** The owner of a phone number. */
export interface NumberOwner {
  /** Digits only. */
  readonly phone: string;
  readonly behaviour: Behaviour;
  /** The digit X; `undefined` if this is not a test number. */
  readonly digit: number | undefined;
}

/** Reads a number as the API accepts it: digits, with or without a plus. `undefined` means PHONE_NUMBER_INVALID. */
export function ownerOf(phone_number: string): NumberOwner | undefined {
  const phone = phone_number.replace(/^\+/, '').replace(/[ ()-]/g, '');
  if (!/^[1-9]\d{6,14}$/.test(phone)) return undefined;
  if (!phone.startsWith('99966')) return { phone, behaviour: OTHERS.behaviour, digit: undefined };
  const [, digit, yyyy] = /^99966([1-9])(\d{4})$/.exec(phone) ?? [];
  if (digit === undefined || yyyy === undefined) return undefined;
  return { phone, behaviour: BEHAVIOUR.get(yyyy) ?? OTHERS.behaviour, digit: Number(digit) };
}

/** The DC that holds an account, of `dcs` in all. */
export function homeOf({ phone, behaviour, digit }: NumberOwner, dcs: number): number | 'anywhere' | 'nowhere' {
  if (phone === SEED.phone) return 'anywhere';
  if (behaviour.home === 'nowhere') return 'nowhere';
  const dc = digit ?? 2;
  return ((behaviour.home === 'next' ? dc : dc - 1) % dcs) + 1;
}

/**
 * The people of the sandbox: test numbers as data.
 *
 * They have the form of the numbers of Telegram's test data centres (https://core.telegram.org/api/auth#test-accounts): 99966XYYYY, where
 * X is the DC the account lives on and the code is X over and over (22222 on DC 2). As a payment provider's test cards do, the digits
 * YYYY choose what happens:
 *
 * - 1xxx: accounts that are not ordinary;
 * - 2xxx: the ways a code travels;
 * - 90EE, 91EE, 92EE, 93EE: errors, where EE is the exit code of the command that is refused;
 * - 9303, 9333: numbers that live elsewhere; 95xx: a server in trouble;
 * - anything else: an ordinary account.
 */

/**
 * A way for a code to reach its owner. The first on a route is sendCode's `type`, the one behind it is its `next_type`. The last two
 * are none: they are what is asked of the user before any code is sent.
 */
export type Way =
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
  /** The ways of the code, in the order in which they are tried. */
  readonly route: readonly [Way, ...Way[]];
  /** Seconds before the next way is due; 0 when sendCode announces none. */
  readonly timeout: number;
  /** A next way asked for before `timeout` is over is refused with FLOOD_WAIT_X; elsewhere it is only announced. */
  readonly strict?: boolean;
  /** Seconds that a code lives. */
  readonly lifetime: number;
  /** Every hash counts as issued, so that a single request can be tried without a sendCode before it. */
  readonly anyHash?: boolean;
  /** Every resend brings a new phone_code_hash and voids the old one. */
  readonly freshHash?: boolean;
  /** Nobody has signed up with this number. */
  readonly unregistered?: boolean;
  /** The 2FA password, and the address that recovers it. */
  readonly password?: string;
  readonly recoveryEmail?: string;
  /** The first proof of the password that an auth key gives comes too late. */
  readonly stale?: boolean;
  /** No code is needed: auth.sendCode signs in. */
  readonly known?: boolean;
  readonly refusal?: Refused;
  /** Every request has to be made twice, this many seconds apart: the first is refused with FLOOD_WAIT_X. */
  readonly flood?: number;
  /** Where the account lives, if not on DC X: on the next one, or on none (each DC names the next). */
  readonly home?: 'next' | 'nowhere';
}

/**
 * What is asked about a number: to send a code, to send it in another way, by a call in particular, to cancel it, to sign in with it;
 * then what its account may do, and whether it may sign others out. A number's refusal names one kind, or `any hash` for those that come
 * with a phone_code_hash, or `everything`.
 */
export type Request = 'start' | 'resend' | 'call' | 'cancel' | 'sign in' | 'use' | 'reset';

export interface Refused {
  readonly of: Request | 'any hash' | 'everything';
  readonly code: number;
  readonly text: string;
  /** Only the first time that an auth key asks. */
  readonly once?: boolean;
}

export interface TestNumber {
  /** The digits YYYY, or what stands for all others. */
  readonly yyyy: string;
  readonly title: string;
  readonly happens: string;
  readonly behaviour: Behaviour;
}

const ORDINARY: Behaviour = { route: ['app', 'call', 'sms'], timeout: 60, lifetime: 300 };

function row(yyyy: string, title: string, happens: string, differs: Partial<Behaviour> = {}): TestNumber {
  return { yyyy, title, happens, behaviour: { ...ORDINARY, ...differs } };
}

function refused(yyyy: string, of: Refused['of'], code: number, text: string, happens: string): TestNumber {
  return row(yyyy, `${code} ${text}`, happens, { refusal: { of, code, text } });
}

export const OTHERS = row('others', 'ordinary account', 'The code comes in the app; next a voice call, then an SMS.');

export const TEST_NUMBERS: readonly TestNumber[] = [
  OTHERS,
  row('1001', 'not registered', 'The code is sent; signing in then leads to sign-up.', { unregistered: true }),
  row('1002', 'two-step verification', 'The password is "sandbox".', { password: 'sandbox' }),
  row(
    '1003',
    'two-step verification with a recovery e-mail',
    'The password is "sandbox", the mailbox s***@example.com.',
    {
      password: 'sandbox',
      recoveryEmail: 'sandbox@example.com',
    },
  ),
  row('1004', 'two-step verification, too slow', 'The first proof of "sandbox" gets 400 SRP_ID_INVALID.', {
    password: 'sandbox',
    stale: true,
  }),

  row('2001', 'app, SMS, call', 'The code comes in the app; next an SMS, then a voice call.', {
    route: ['app', 'sms', 'call'],
  }),
  row('2002', 'SMS', 'The code comes by SMS; next a voice call.', { route: ['sms', 'call'] }),
  row('2003', 'call', 'A voice call at once; next an SMS.', { route: ['call', 'sms'] }),
  row('2004', 'flash call', 'The calling number is the code; next a voice call.', { route: ['flash call', 'call'] }),
  row('2005', 'missed call', "The calling number's last digits are the code; next a voice call.", {
    route: ['missed call', 'call'],
  }),
  row('2006', 'e-mail', 'The code comes by e-mail, and there is no other way.', { route: ['email'] }),
  row('2007', 'Fragment', 'The code is shown on fragment.com, and there is no other way.', { route: ['fragment'] }),
  row('2008', 'SMS with a word', 'The code is a word, "sandbox"; next a voice call.', { route: ['sms word', 'call'] }),
  row('2009', 'SMS with a phrase', 'The code is a phrase, "the sea is calm today"; next a voice call.', {
    route: ['sms phrase', 'call'],
  }),
  row('2010', 'Firebase SMS', 'What official applications are offered; next an SMS.', {
    route: ['firebase sms', 'sms'],
  }),
  row('2011', 'every next_type in turn', 'App, SMS, call, flash call, missed call, Fragment.', {
    route: ['app', 'sms', 'call', 'flash call', 'missed call', 'fragment'],
  }),
  row('2012', 'app only', 'No next_type: a resend gets 406 SEND_CODE_UNAVAILABLE, a call boolFalse.', {
    route: ['app'],
  }),
  row('2013', 'call without waiting', 'No timeout: the voice call is due at once.', { timeout: 0 }),
  row('2014', 'timeout enforced', 'A call asked for within 3 seconds gets FLOOD_WAIT_X.', { timeout: 3, strict: true }),
  row('2015', 'new hash with every resend', 'The old phone_code_hash is void then.', { freshHash: true }),
  row('2016', 'auth.sendCall is gone', 'It gets 400 INPUT_METHOD_INVALID; auth.resendCode places the call.', {
    refusal: { of: 'call', code: 400, text: 'INPUT_METHOD_INVALID_63247716_0' },
  }),
  row('2017', 'no code needed', 'sendCode answers auth.sentCodeSuccess, and signs in.', { known: true }),

  row('9000', 'boolTrue', 'Any hash is good for a call.', { anyHash: true }),
  row('9001', 'boolFalse', 'There is no voice call: auth.sendCall answers false with any hash; a resend is an SMS.', {
    route: ['app', 'sms'],
    anyHash: true,
  }),
  refused('9010', 'everything', 400, 'PHONE_NUMBER_INVALID', 'Whatever is asked.'),
  refused('9110', 'everything', 400, 'PHONE_NUMBER_BANNED', 'A banned number, whatever is asked.'),
  refused('9210', 'everything', 400, 'PHONE_NUMBER_FLOOD', 'Too many codes were asked for.'),
  refused('9011', 'any hash', 400, 'PHONE_CODE_HASH_EMPTY', 'sendCode issues a hash, then no hash is good.'),
  refused('9012', 'any hash', 400, 'PHONE_CODE_EXPIRED', 'sendCode issues a hash, then every hash has expired.'),
  row('9112', 'a code that lives 3 seconds', 'Afterwards 400 PHONE_CODE_EXPIRED.', { lifetime: 3 }),
  refused('9013', 'any hash', 400, 'PHONE_CODE_INVALID', 'sendCode issues a hash, then every code is wrong.'),
  refused('9015', 'everything', 401, 'AUTH_KEY_UNREGISTERED', 'The session was ended elsewhere.'),
  refused('9115', 'use', 401, 'SESSION_REVOKED', 'Signing in works; then the session is ended elsewhere.'),
  refused('9215', 'use', 406, 'AUTH_KEY_DUPLICATED', 'Signing in works; then the session is used twice.'),
  refused('9315', 'use', 401, 'USER_DEACTIVATED', 'Signing in works; then the account is deleted.'),
  refused('9016', 'resend', 406, 'SEND_CODE_UNAVAILABLE', 'sendCode works; the code cannot go another way.'),
  row('9116', 'payment required', 'sendCode answers auth.sentCodePaymentRequired.', { route: ['payment'] }),
  row('9216', 'e-mail set-up required', 'sendCode answers auth.sentCodeTypeSetUpEmailRequired.', {
    route: ['email set-up'],
  }),
  refused('9017', 'everything', 400, 'API_ID_INVALID', 'Whatever the api_id is.'),
  refused('9117', 'everything', 400, 'API_ID_PUBLISHED_FLOOD', 'Whatever the api_id is.'),
  refused('9018', 'everything', 406, 'UPDATE_APP_TO_LOGIN', 'Whatever the layer is.'),
  row('9020', '420 FLOOD_WAIT_3', 'Each request is refused once, and granted after 3 seconds.', {
    flood: 3,
    anyHash: true,
  }),
  row('9120', '420 FLOOD_WAIT_76543', 'Each request is refused once, and granted after 21 hours.', {
    flood: 76543,
    anyHash: true,
  }),
  refused('9220', 'sign in', 420, 'FLOOD_WAIT_3600', 'sendCode works; too many tried to sign in.'),
  refused('9320', 'reset', 406, 'FRESH_RESET_AUTHORISATION_FORBIDDEN', 'This session may not sign out others yet.'),
  refused('9021', 'everything', 400, 'MOON_PHASE_INVALID_7', 'An error that no catalogue knows.'),
  refused('9121', 'everything', 499, 'Nobody wrote this one down', 'An error of unknown code that is no name either.'),

  row('9303', 'moved', 'The account lives on the DC after X: 303 PHONE_MIGRATE_X there.', { home: 'next' }),
  row('9333', 'lives nowhere', 'Every DC names the next one: 303 PHONE_MIGRATE_X without end.', { home: 'nowhere' }),
  row('9500', '500 AUTH_RESTART, once', 'The first sendCode of a client; the next one works.', {
    refusal: { of: 'start', code: 500, text: 'AUTH_RESTART', once: true },
  }),
  refused('9501', 'everything', 500, 'AUTH_RESTART', 'Again and again.'),
  refused('9503', 'everything', -503, 'Timeout', 'Again and again.'),
];

const BEHAVIOUR = new Map(TEST_NUMBERS.map(({ yyyy, behaviour }) => [yyyy, behaviour]));

/** Telegram's own example of auth.sendCall: this pair is issued on every DC, to every key, and never expires. */
export const SEED = { phone: '79991234567', phone_code_hash: '2dc02d2cda9e615c84' } as const;

/** What is known of a phone number without asking the world. */
export interface Subscriber {
  /** Digits alone. */
  readonly phone: string;
  readonly behaviour: Behaviour;
  /** The digit X, of which the code consists; undefined for a number that is none of the test numbers. */
  readonly digit: number | undefined;
}

/** Reads a number as the API takes it: digits, with or without a plus. `undefined` is PHONE_NUMBER_INVALID. */
export function subscriber(phone_number: string): Subscriber | undefined {
  const phone = phone_number.replace(/^\+/, '').replace(/[ ()-]/g, '');
  if (!/^[1-9]\d{6,14}$/.test(phone)) return undefined;
  if (!phone.startsWith('99966')) return { phone, behaviour: OTHERS.behaviour, digit: undefined };
  const [, digit, yyyy] = /^99966([1-9])(\d{4})$/.exec(phone) ?? [];
  if (digit === undefined || yyyy === undefined) return undefined;
  return { phone, behaviour: BEHAVIOUR.get(yyyy) ?? OTHERS.behaviour, digit: Number(digit) };
}

/** The DC that holds an account, of `dcs` in all. */
export function homeOf({ phone, behaviour, digit }: Subscriber, dcs: number): number | 'anywhere' | 'nowhere' {
  if (phone === SEED.phone) return 'anywhere';
  if (behaviour.home === 'nowhere') return 'nowhere';
  const dc = digit ?? 2;
  return ((behaviour.home === 'next' ? dc : dc - 1) % dcs) + 1;
}

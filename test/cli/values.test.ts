/** Valid but meaningless answers: a command ends, but not with an internal error. */
import { describe, test } from 'node:test';
import { KNOWN_PRIME } from '../../src/crypto/dh.ts';
import type { Answers } from '../../src/tl/types.ts';
import { extremes } from '../extremes.ts';
import { type Lies, lied, PHONE, refuses, type Schema, says, sound } from './liar.ts';

/** A command, the method with an extreme answer, and the server's other answers. */
interface Row<M extends keyof Answers<Schema> & string> {
  readonly line: string;
  readonly method: M;
  readonly values: readonly Answers<Schema>[M][];
  readonly besides?: Lies;
  /** True if the command never ends after a valid answer. */
  readonly lasts?: boolean;
}

function row<M extends keyof Answers<Schema> & string>({ line, method, values, besides = {}, lasts }: Row<M>): void {
  test(`${line}: ${method}`, async () => {
    for (const value of values)
      for (const { what, value: lie } of extremes(value)) {
        const ended = await lied(`${line} --timeout ${lasts === true ? 0.2 : 10}`, {
          ...besides,
          ...says(method, lie),
        });
        sound(lasts === true && ended.type === 'TIMEOUT' ? { ...ended, type: '' } : ended, `${line}, ${what}`);
      }
  });
}

const ADA = {
  _: 'user',
  id: 7_000_000_001n,
  first_name: 'Ada',
  last_name: 'L',
  username: 'ada',
  phone: PHONE,
} as const;
const SIGNED_IN = {
  _: 'auth.authorization',
  setup_password_required: true,
  otherwise_relogin_days: 1,
  tmp_sessions: 1,
  user: ADA,
} as const;
const SIGNED_OUT = refuses('users.getUsers', 'AUTH_KEY_UNREGISTERED', 401);
const kdf = {
  _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow',
  salt1: new Uint8Array(8).fill(1),
  salt2: new Uint8Array(16).fill(2),
  g: 3,
  p: KNOWN_PRIME,
} as const;
const code = (type: Extract<Answers<Schema>['auth.sendCode'], { _: 'auth.sentCode' }>['type']) =>
  ({ _: 'auth.sentCode', phone_code_hash: 'abc', type, next_type: { _: 'auth.codeTypeCall' }, timeout: 60 }) as const;
const CODES = [
  code({ _: 'auth.sentCodeTypeApp', length: 5 }),
  code({ _: 'auth.sentCodeTypeFlashCall', pattern: '+7*' }),
  code({ _: 'auth.sentCodeTypeMissedCall', prefix: '+7', length: 5 }),
  code({
    _: 'auth.sentCodeTypeEmailCode',
    email_pattern: 'a*',
    length: 6,
    reset_available_period: 1,
    reset_pending_date: 1,
  }),
  code({ _: 'auth.sentCodeTypeFragmentSms', url: 'https://fragment.com', length: 5 }),
  code({ _: 'auth.sentCodeTypeSmsWord', beginning: 'a' }),
] as const;
const PAYMENT = {
  _: 'auth.sentCodePaymentRequired',
  store_product: 'a',
  phone_code_hash: 'abc',
  support_email_address: 'a',
  support_email_subject: 'a',
  premium_days: 7,
  currency: 'EUR',
  amount: 1n,
} as const;
const SUCCESS = { _: 'auth.sentCodeSuccess', authorization: SIGNED_IN } as const;
const PASSWORD = {
  _: 'account.password',
  has_password: true,
  current_algo: kdf,
  srp_B: new Uint8Array(256).fill(7),
  srp_id: 1n,
  new_algo: kdf,
  new_secure_algo: { _: 'securePasswordKdfAlgoUnknown' },
  secure_random: new Uint8Array(1),
  pending_reset_date: 1,
} as const;
const PATTERNS = { hint: 'a', email_unconfirmed_pattern: 'a*', login_email_pattern: 'a*' };
const PASSPORT = {
  _: 'secureSecretSettings',
  secure_algo: { _: 'securePasswordKdfAlgoSHA512', salt: new Uint8Array(8) },
  secure_secret: new Uint8Array(32),
  secure_secret_id: 1n,
} as const;
const { has_password: _, current_algo: __, srp_B: ___, srp_id: ____, ...NO_PASSWORD } = PASSWORD;
const DEVICE = {
  _: 'authorization',
  hash: 5n,
  device_model: 'a',
  platform: 'a',
  system_version: 'a',
  api_id: 1,
  app_name: 'a',
  app_version: 'a',
  date_created: 1,
  date_active: 1,
  ip: '127.0.0.1',
  country: 'a',
  region: 'a',
} as const;

const FROZEN = {
  _: 'help.appConfig',
  hash: 1,
  config: {
    _: 'jsonObject',
    value: ['freeze_since_date', 'freeze_until_date'].map((key) => ({
      _: 'jsonObjectValue' as const,
      key,
      value: { _: 'jsonNumber' as const, value: 1 },
    })),
  },
} as const;

describe('an extreme answer does not cause an internal error', () => {
  row({ line: `send-code ${PHONE}`, method: 'auth.sendCode', values: [...CODES, PAYMENT, SUCCESS] });
  row({ line: `resend-code ${PHONE}`, method: 'auth.resendCode', values: CODES.slice(0, 1) });
  row({ line: `send-call ${PHONE} --method resendCode`, method: 'auth.resendCode', values: CODES.slice(0, 1) });
  row({ line: `sign-in ${PHONE} --code 22222`, method: 'auth.signIn', values: [SIGNED_IN] });
  row({ line: 'login --bot', method: 'auth.importBotAuthorization', values: [SIGNED_IN], besides: SIGNED_OUT });
  row({ line: 'whoami', method: 'users.getUsers', values: [[ADA]] });
  row({
    line: `sign-in ${PHONE} --code 22222 --first-name Ada --accept-terms`,
    method: 'auth.signIn',
    values: [
      {
        _: 'auth.authorizationSignUpRequired',
        terms_of_service: {
          _: 'help.termsOfService',
          id: { _: 'dataJSON', data: '{}' },
          text: 'Be kind.',
          entities: [{ _: 'messageEntityBold', offset: 0, length: 2 }],
          min_age_confirm: 18,
        },
      },
    ],
    besides: { ...says('auth.signUp', SIGNED_IN), ...says('help.acceptTermsOfService', true) },
  });
  row({
    line: `sign-in ${PHONE} --code 22222`,
    method: 'account.getPassword',
    values: [PASSWORD],
    besides: {
      ...refuses('auth.signIn', 'SESSION_PASSWORD_NEEDED', 401),
      ...says('auth.checkPassword', SIGNED_IN),
    },
  });
  row({
    line: 'devices',
    method: 'account.getAuthorizations',
    values: [{ _: 'account.authorizations', authorization_ttl_days: 180, authorizations: [DEVICE] }],
  });
  for (const line of ['devices ttl', 'devices confirm 1 --yes'])
    row({
      line,
      method: 'account.getAuthorizations',
      values: [{ _: 'account.authorizations', authorization_ttl_days: 180, authorizations: [DEVICE] }],
      besides: says('account.changeAuthorizationSettings', true),
    });
  row({
    line: 'whoami --check',
    method: 'help.getAppConfig',
    values: [FROZEN],
    besides: says('users.getUsers', [ADA]),
  });
  row({ line: 'devices accept tg://login?token=AAAA --yes', method: 'auth.acceptLoginToken', values: [DEVICE] });
  row({ line: 'password status', method: 'account.getPassword', values: [{ ...PASSWORD, ...PATTERNS }] });
  row({
    line: 'password change',
    method: 'account.getPasswordSettings',
    values: [{ _: 'account.passwordSettings', email: 'a@b.c', secure_settings: PASSPORT }],
    besides: { ...says('account.getPassword', PASSWORD), ...says('account.updatePasswordSettings', true) },
  });
  row({
    line: 'password reset --yes',
    method: 'account.resetPassword',
    values: [
      { _: 'account.resetPasswordRequestedWait', until_date: 2_000_000_000 },
      { _: 'account.resetPasswordFailedWait', retry_date: 2_000_000_000 },
    ],
    besides: says('account.getPassword', PASSWORD),
  });
  row({
    line: 'password recover --send',
    method: 'auth.requestPasswordRecovery',
    values: [{ _: 'auth.passwordRecovery', email_pattern: 'a*' }],
  });
  row({
    line: 'password recover --code 1 --hint a',
    method: 'account.getPassword',
    values: [NO_PASSWORD],
    besides: says('auth.recoverPassword', SIGNED_IN),
  });
  row({ line: 'password recover --code 1 --remove-password', method: 'auth.recoverPassword', values: [SIGNED_IN] });
  row({
    line: 'logout',
    method: 'auth.logOut',
    values: [{ _: 'auth.loggedOut', future_auth_token: new Uint8Array(1) }],
  });
  row({
    line: 'login --qr',
    method: 'auth.exportLoginToken',
    values: [
      { _: 'auth.loginToken', expires: 2_000_000_000, token: new Uint8Array(32) },
      { _: 'auth.loginTokenMigrateTo', dc_id: 1, token: new Uint8Array(32) },
    ],
    besides: SIGNED_OUT,
    lasts: true,
  });
  row({
    line: 'login --qr',
    method: 'auth.exportLoginToken',
    values: [{ _: 'auth.loginTokenSuccess', authorization: SIGNED_IN }],
    besides: SIGNED_OUT,
  });
});

/** Two-step verification: the password, its recovery and its reset, and the recovery e-mail. */
import type { Answers, Types } from '../../tl/types.ts';
import { declineReset, resetPassword } from '../rules/password-reset.ts';
import {
  cancelEmail,
  confirmEmail,
  pendingPattern,
  provenAccount,
  resendEmail,
  updateSettings,
} from '../rules/password-settings.ts';
import { checkPassword, getPassword, type Proof } from '../rules/passwords.ts';
import { checkRecovery, recoverPassword, requestRecovery } from '../rules/recovery.ts';
import { Refusal } from '../rules/refusal.ts';
import type { NewPassword, NewSettings, PassportSecret } from '../world.ts';
import type { Current, Handlers, RequestContext } from './handler.ts';
import { authorized } from './to-tl.ts';

const ALGO = 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow';
const PASSPORT_ALGO = 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000';

export const passwords = {
  'account.getPassword': (_, context) => question(context),
  'auth.checkPassword': ({ password }, context) => authorized(checkPassword(context, proofIn(password))),

  'account.getPasswordSettings': ({ password }, context) => {
    const { recoveryEmail: email, passport } = provenAccount(context, proofIn(password));
    return { _: 'account.passwordSettings', email, secure_settings: passport && secureSettings(passport) };
  },
  'account.updatePasswordSettings': ({ password, new_settings }, context) => {
    updateSettings(context, proofIn(password), settingsIn(new_settings));
    return true;
  },

  'account.confirmPasswordEmail': ({ code }, context) => {
    confirmEmail(context, code);
    return true;
  },
  'account.resendPasswordEmail': (_, context) => {
    resendEmail(context);
    return true;
  },
  'account.cancelPasswordEmail': (_, context) => {
    cancelEmail(context);
    return true;
  },

  'account.resetPassword': (_, context) => {
    const reset = resetPassword(context);
    const { clock } = context.world;
    switch (reset.kind) {
      case 'done':
        return { _: 'account.resetPasswordOk' };
      case 'requested':
        return { _: 'account.resetPasswordRequestedWait', until_date: clock.date(reset.untilMs) };
      case 'refused':
        return { _: 'account.resetPasswordFailedWait', retry_date: clock.date(reset.retryMs) };
    }
  },
  'account.declinePasswordReset': (_, context) => {
    declineReset(context);
    return true;
  },

  'auth.requestPasswordRecovery': (_, context) => ({
    _: 'auth.passwordRecovery',
    email_pattern: requestRecovery(context),
  }),
  'auth.checkRecoveryPassword': ({ code }, context) => {
    checkRecovery(context, code);
    return true;
  },
  'auth.recoverPassword': ({ code, new_settings }, context) => {
    const { password } = new_settings === undefined ? {} : settingsIn(new_settings);
    return authorized(recoverPassword(context, code, password ?? undefined));
  },
} satisfies Handlers<Current>;

function question(context: RequestContext): Answers<Current>['account.getPassword'] {
  const { account, challenge, new_kdf } = getPassword(context);
  const { clock, random } = context.world;
  const asked = challenge && {
    has_password: true as const,
    current_algo: { _: ALGO, ...challenge.password.kdf } as const,
    srp_B: challenge.srp_B,
    srp_id: challenge.srp_id,
    hint: challenge.password.hint,
  };
  return {
    _: 'account.password',
    ...(account.recoveryEmail !== undefined && { has_recovery: true }),
    ...(account.passport !== undefined && { has_secure_values: true }),
    ...asked,
    email_unconfirmed_pattern: pendingPattern(context, account),
    new_algo: { _: ALGO, ...new_kdf },
    new_secure_algo: { _: PASSPORT_ALGO, salt: random(8) },
    secure_random: random(256),
    pending_reset_date: account.resetMs === undefined ? undefined : clock.date(account.resetMs),
  };
}

function proofIn(password: Types<Current>['InputCheckPasswordSRP']): Proof | undefined {
  return password._ === 'inputCheckPasswordEmpty' ? undefined : password;
}

function settingsIn(settings: Types<Current>['account.PasswordInputSettings']): NewSettings {
  const { email, new_secure_settings } = settings;
  return { password: passwordIn(settings), email, passport: new_secure_settings && passportIn(new_secure_settings) };
}

/** null removes the password: a client then sends an empty hash, some with an algorithm. */
function passwordIn({
  new_algo,
  new_password_hash: hash,
  hint = '',
}: Types<Current>['account.PasswordInputSettings']): NewPassword | null | undefined {
  if (hash?.length === 0) return null;
  if (new_algo === undefined || hash === undefined) return undefined;
  if (new_algo._ !== ALGO) throw new Refusal(400, 'NEW_SALT_INVALID');
  const { _, ...kdf } = new_algo;
  return { kdf, hash, hint };
}

function passportIn(settings: Types<Current>['SecureSecretSettings']): PassportSecret {
  const { secure_algo, secure_secret: secret, secure_secret_id: id } = settings;
  if (secure_algo._ !== PASSPORT_ALGO || secret.length !== 32) throw new Refusal(400, 'NEW_SETTINGS_INVALID');
  return { salt: secure_algo.salt, secret, id };
}

function secureSettings({ salt, secret, id }: PassportSecret): Types<Current>['SecureSecretSettings'] {
  return {
    _: 'secureSecretSettings',
    secure_algo: { _: PASSPORT_ALGO, salt },
    secure_secret: secret,
    secure_secret_id: id,
  };
}

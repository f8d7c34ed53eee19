/**
 * Sets, changes and removes the password of the account that is signed in, and its recovery e-mail
 * (https://core.telegram.org/api/srp#setting-a-new-2fa-password).
 *
 * The server gets v = g^x of a new password, hashed with a salt that this machine made longer. So nobody can prepare
 * tables for it, and the salt tells whether the account has exactly this password. `secure_random` of the server is for
 * machines with a poor random source, and is not used.
 */
import { concat, equal, type Random } from '../../bytes.ts';
import { checkDhParameters } from '../../crypto/dh.ts';
import { openPassport, type PassportKdf, passportId, sealPassport } from '../../crypto/passport.ts';
import { passwordKey, passwordVerifier } from '../../crypto/srp.ts';
import { RpcError } from '../../errors.ts';
import { type Caller, current } from '../../tl/layer.ts';
import type { currentText } from '../../tl/schema/current.ts';
import type { Constructors, Types } from '../../tl/types.ts';
import {
  type PasswordGiven,
  type PasswordProof,
  type PasswordQuestion,
  passwordKdf,
  passwordQuestion,
  withProof,
} from '../password.ts';
import { malformed } from '../valid-answer.ts';
import { settled } from './settled.ts';

type Schema = typeof currentText;
type InputSettings = Constructors<Schema>['account.passwordInputSettings'];

/** In bytes. */
const OWN_SALT = 32;

/** What only the owner of the password may see: the recovery e-mail, and the secret of Telegram Passport. */
export type PasswordSettings = Omit<Constructors<Schema>['account.passwordSettings'], '_'>;

/** Proves the password of an account that is signed in. Throws `RpcError`: PASSWORD_HASH_INVALID. */
export function passwordSettings(caller: Caller, given: PasswordGiven): Promise<PasswordSettings> {
  return withProof(caller, given, async (password) => {
    const { _, ...settings } = await caller.call(
      current,
      'account.getPasswordSettings',
      { password },
      { repeatable: true },
    );
    return settings;
  });
}

export interface Renewal {
  readonly password: string;
  readonly hint: string;
}

export interface PasswordUpdate {
  /** The password that the account has now, if it has one. */
  readonly password?: string;
  /** The new password; null removes it. Absent: it stays. */
  readonly renewal?: Renewal | null;
  /** The new recovery e-mail. */
  readonly email?: string;
  /** The answer of `passwordSettings`, if it was requested before to check the password. */
  readonly settings?: PasswordSettings;
  readonly random: Random;
}

/** A change that waits until the recovery e-mail is confirmed. */
export interface Unconfirmed {
  /** The length of the code that was sent there, if the server named it. */
  readonly length: number | undefined;
}

/**
 * Makes a change. It is made whole or not at all; with a new e-mail, only once that is confirmed. Returns false if the
 * server did not make it. Throws `RpcError`: PASSWORD_HASH_INVALID, EMAIL_INVALID, NEW_SETTINGS_EMPTY;
 * `NetworkError`: CHANGE_NOT_MADE, CHANGE_UNKNOWN.
 */
export async function updatePassword(caller: Caller, update: PasswordUpdate): Promise<boolean | Unconfirmed> {
  const { password = '', random } = update;
  const secret = await passportSecret(caller, update);
  const sent: InputSettings[] = [];
  return withProof(caller, { password, random }, async (proof, question) => {
    const settings = await inputSettings(question, update, secret);
    sent.push(settings);
    return settled(
      caller,
      () => send(caller, proof, settings),
      (now) => {
        if (sent.some((each) => isMade(each, now))) return true;
        const { email_unconfirmed_pattern: pattern } = now;
        const isNew = pattern !== undefined && pattern !== question.email_unconfirmed_pattern;
        return update.email !== undefined && isNew ? { length: undefined } : undefined;
      },
    );
  });
}

async function send(caller: Caller, password: PasswordProof, new_settings: InputSettings) {
  try {
    return await caller.call(current, 'account.updatePasswordSettings', { password, new_settings });
  } catch (error) {
    const isUnconfirmed = error instanceof RpcError && /^EMAIL_UNCONFIRMED(_X)?$/.test(error.type);
    if (!isUnconfirmed) throw error;
    const { parameter: length } = error;
    return { length: length !== undefined && length >= 1 && length <= MAX_CODE ? length : undefined };
  }
}

/** A longer code is no code. */
const MAX_CODE = 255;

async function inputSettings(
  question: PasswordQuestion,
  { renewal, email, random }: PasswordUpdate,
  secret: Uint8Array | undefined,
): Promise<InputSettings> {
  return {
    ...(renewal === null ? NO_PASSWORD : renewal && (await newSettings(question, renewal, random))),
    ...(email !== undefined && { email }),
    ...(secret && renewal && { new_secure_settings: await sealed(question, secret, renewal.password, random) }),
    _: 'account.passwordInputSettings',
  };
}

const NO_PASSWORD = {
  new_algo: { _: 'passwordKdfAlgoUnknown' },
  new_password_hash: new Uint8Array(),
  hint: '',
} as const;

/** The settings for a new password. Throws `SecurityError` for unsafe parameters, `NetworkError` for unknown ones. */
export async function newSettings(question: PasswordQuestion, { password, hint }: Renewal, random: Random) {
  const offered = passwordKdf(question.new_algo);
  checkDhParameters(offered.p, offered.g);
  const kdf = { ...offered, salt1: concat(offered.salt1, random(OWN_SALT)) };
  return {
    _: 'account.passwordInputSettings',
    new_algo: { _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow', ...kdf },
    new_password_hash: passwordVerifier(kdf, await passwordKey(kdf, password)),
    hint,
  } as const satisfies InputSettings;
}

/** Whether the account has the password of these settings, or none if they remove it. */
export function isMade({ new_algo }: Pick<InputSettings, 'new_algo'>, now: PasswordQuestion): boolean {
  if (new_algo === undefined) return false;
  if (new_algo._ === 'passwordKdfAlgoUnknown') return now.has_password !== true;
  const { current_algo } = now;
  return current_algo?._ === new_algo._ && equal(current_algo.salt1, new_algo.salt1);
}

// -- Telegram Passport: its secret must be encrypted with the new password, or the documents are lost

/** Returns the secret that a new password must encrypt, if there is one. */
async function passportSecret(caller: Caller, update: PasswordUpdate): Promise<Uint8Array | undefined> {
  const { password, renewal, random } = update;
  if (password === undefined || renewal === undefined || renewal === null) return undefined;
  const { secure_settings } = update.settings ?? (await passwordSettings(caller, { password, random }));
  if (secure_settings === undefined) return undefined;
  const { secure_algo, secure_secret, secure_secret_id } = secure_settings;
  const secret = await openPassport(passportKdf(secure_algo), password, secure_secret);
  if (secret !== undefined && passportId(secret) === secure_secret_id) return secret;
  return malformed('the secret of Telegram Passport does not fit the password');
}

async function sealed({ new_secure_algo }: PasswordQuestion, secret: Uint8Array, password: string, random: Random) {
  const { salt: offered } = passportKdf(new_secure_algo);
  const salt = concat(offered, random(OWN_SALT));
  return {
    _: 'secureSecretSettings',
    secure_algo: { _: 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000', salt },
    secure_secret: await sealPassport({ hash: 'pbkdf2', salt }, password, secret),
    secure_secret_id: passportId(secret),
  } as const;
}

function passportKdf(algo: Types<Schema>['SecurePasswordKdfAlgo']): PassportKdf {
  if (algo._ === 'securePasswordKdfAlgoUnknown')
    return malformed('Telegram Passport is encrypted with an algorithm that this version does not know');
  return { hash: algo._ === 'securePasswordKdfAlgoSHA512' ? 'sha512' : 'pbkdf2', salt: algo.salt };
}

// -- the recovery e-mail that waits for its code

/** Confirms it, which also makes the change that waits for it. Throws `RpcError`: CODE_INVALID, EMAIL_HASH_EXPIRED. */
export async function confirmRecoveryEmail(caller: Caller, code: string): Promise<boolean> {
  const { email_unconfirmed_pattern: pending } = await passwordQuestion(caller);
  return settled(
    caller,
    () => caller.call(current, 'account.confirmPasswordEmail', { code }),
    (now) => {
      const isConfirmed = pending !== undefined && now.email_unconfirmed_pattern === undefined;
      return isConfirmed && now.has_recovery === true ? true : undefined;
    },
  );
}

/** Sends the code again. Throws `RpcError`: EMAIL_HASH_EXPIRED. */
export function resendRecoveryEmail(caller: Caller): Promise<boolean> {
  return caller.call(current, 'account.resendPasswordEmail', {});
}

/** Forgets it, and the change that waits for it. Throws `RpcError`: EMAIL_HASH_EXPIRED. */
export async function cancelRecoveryEmail(caller: Caller): Promise<boolean> {
  const { email_unconfirmed_pattern: pending } = await passwordQuestion(caller);
  return settled(
    caller,
    () => caller.call(current, 'account.cancelPasswordEmail', {}),
    (now) => (pending !== undefined && now.email_unconfirmed_pattern === undefined ? true : undefined),
  );
}

/** Returns the question. Throws `RpcError` PASSWORD_EMPTY for an account without a password. */
export async function requirePassword(caller: Caller, method: string): Promise<PasswordQuestion> {
  const question = await passwordQuestion(caller);
  if (question.has_password !== true) throw new RpcError(400, 'PASSWORD_EMPTY', method);
  return question;
}

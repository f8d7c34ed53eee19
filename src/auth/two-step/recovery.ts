/** Recovery of a lost password by e-mail (https://core.telegram.org/api/srp#email-recovery). */
import type { Random } from '../../bytes.ts';
import { RpcError } from '../../errors.ts';
import { type Caller, current } from '../../tl/layer.ts';
import { whoAmI } from '../account.ts';
import { passwordQuestion } from '../password.ts';
import { type User, userIn } from '../user.ts';
import { isMade, newSettings, type Renewal } from './settings.ts';
import { settled } from './settled.ts';

/**
 * Sends a code to the recovery e-mail and returns the address, mostly hidden. Throws `RpcError`: PASSWORD_RECOVERY_NA.
 */
export async function requestRecovery(caller: Caller): Promise<string> {
  const { email_pattern } = await caller.call(current, 'auth.requestPasswordRecovery', {});
  return email_pattern;
}

/** Checks the code from the e-mail, which stays valid. Throws `RpcError`: CODE_INVALID, PASSWORD_RECOVERY_EXPIRED. */
export async function checkRecovery(caller: Caller, code: string): Promise<void> {
  const method = 'auth.checkRecoveryPassword';
  if (!(await caller.call(current, method, { code }))) throw new RpcError(400, 'CODE_INVALID', method);
}

export interface Recovery {
  /** The code from the e-mail. */
  readonly code: string;
  /** The new password. Without it the account then has none. */
  readonly renewal?: Renewal;
  readonly random: Random;
}

/** Signs in with the code from the e-mail. Throws `RpcError`: CODE_INVALID, PASSWORD_RECOVERY_EXPIRED. */
export async function recoverPassword(caller: Caller, { code, renewal, random }: Recovery): Promise<User> {
  const new_settings = renewal && (await newSettings(await passwordQuestion(caller), renewal, random));
  const settings = new_settings === undefined ? {} : { new_settings };
  return settled(
    caller,
    async () => userIn(await caller.call(current, 'auth.recoverPassword', { code, ...settings }, { signsIn: true })),
    (now) => (isMade(new_settings ?? { new_algo: { _: 'passwordKdfAlgoUnknown' } }, now) ? whoAmI(caller) : undefined),
  );
}

/** The handlers of all methods that the sandbox knows. They turn TL into calls of the rules, and results into TL. */
import { Refusal } from '../rules/refusal.ts';
import { currentCodes, legacyCodes } from './codes.ts';
import { empty } from './empty.ts';
import type { BindParams, Current, Handlers, Legacy, RequestContext } from './handler.ts';
import { currentHelp, legacyHelp } from './help.ts';
import { langpack } from './langpack.ts';
import { login } from './login.ts';
import { passwords } from './passwords.ts';
import { users } from './user.ts';

const bind = { 'auth.bindTempAuthKey': (params: BindParams, context: RequestContext) => context.bind(params) };

const dropTemporaryKeys: Handlers<Current> = {
  'auth.dropTempAuthKeys': ({ except_auth_keys }, context) => {
    context.dropTemporaryKeys(except_auth_keys);
    return true;
  },
};

export const currentMethods: Handlers<Current> = {
  ...currentHelp,
  ...bind,
  ...dropTemporaryKeys,
  ...currentCodes,
  ...login,
  ...passwords,
  ...users,
  ...langpack,
  ...empty,
};

export const legacyMethods: Handlers<Legacy> = { ...legacyHelp, ...bind, ...legacyCodes };

/** The handlers of the legacy layers on a server where they can no longer sign in. */
export const retiredMethods: Handlers<Legacy> = {
  ...legacyHelp,
  ...bind,
  'auth.sendCode': () => {
    throw new Refusal(406, 'UPDATE_APP_TO_LOGIN');
  },
};

/** Sending, resending and cancelling a code, in the current schema and in that of layers up to 49. */
import { authorize } from '../rules/authorizations.ts';
import {
  cancelCode,
  checkPhone,
  methodOf,
  resendCode,
  sendCall,
  sendCode,
  sendSms,
  timeoutOf,
} from '../rules/codes.ts';
import type { DeliveryMethod } from '../rules/numbers.ts';
import { Refusal } from '../rules/refusal.ts';
import { signInKnown } from '../rules/sign-in.ts';
import { type Current, checkApplication, type Handlers, type Legacy, type RequestContext } from './handler.ts';
import { authorized, sentCode, sentCodeName } from './to-tl.ts';

export const currentCodes = {
  'auth.sendCode': ({ phone_number, ...application }, context) => {
    checkApplication(application);
    const issued = sendCode(context, phone_number, (method) => context.hasType(sentCodeName(method)));
    if (issued.owner.behaviour.known !== true) return sentCode(issued);
    if (!context.hasType('auth.sentCodeSuccess')) throw new Refusal(406, 'UPDATE_APP_TO_LOGIN');
    return { _: 'auth.sentCodeSuccess', authorization: authorized(signInKnown(context, issued)) };
  },
  'auth.resendCode': (params, context) => sentCode(resendCode(context, params)),
  'auth.cancelCode': (params, context) => cancelCode(context, params),
} satisfies Handlers<Current>;

/** In these layers the client chooses the delivery method: auth.sendCall or auth.sendSms. */
export const legacyCodes = {
  'auth.checkPhone': ({ phone_number }, context) => ({
    _: 'auth.checkedPhone',
    phone_registered: checkPhone(context, phone_number),
  }),
  'auth.sendCode': ({ phone_number, ...application }, context) => {
    checkApplication(application);
    const issued = sendCode(context, phone_number, (method) => LEGACY_METHODS.has(method));
    return {
      _: methodOf(issued) === 'app' ? 'auth.sentAppCode' : 'auth.sentCode',
      phone_registered: issued.owner.behaviour.unregistered !== true,
      phone_code_hash: issued.phone_code_hash,
      send_call_timeout: timeoutOf(issued),
      is_password: false,
    };
  },
  'auth.sendCall': (params, context) => sendCall(context, params),
  'auth.sendSms': (params, context) => sendSms(context, params),
  'updates.getState': (_, context) => updateApp(context),
  'users.getUsers': (_, context) => updateApp(context),
} satisfies Handlers<Legacy>;

const LEGACY_METHODS: ReadonlySet<DeliveryMethod> = new Set(['app', 'sms', 'call']);

/** Clients ask these to learn whether they are signed in. Most user ids do not fit in an answer of a legacy layer. */
function updateApp(context: RequestContext): never {
  authorize(context);
  throw new Refusal(406, 'UPDATE_APP_TO_LOGIN');
}

/** Everything after the code but passwords, in the current layer: signing in and out, QR codes, bots and devices. */
import type { Constructors, Types } from '../../tl/types.ts';
import {
  authorizationsOf,
  authorize,
  authorizePerson,
  changeAuthorization,
  resetAuthorization,
  resetAuthorizations,
  setTtl,
  signOut,
} from '../rules/authorizations.ts';
import { lengthOf } from '../rules/delivery-text.ts';
import { acceptToken, exportToken, importToken } from '../rules/qr.ts';
import { Refusal } from '../rules/refusal.ts';
import { confirmEmail, proposeEmail, resetEmail, signIn, signInBot, signUp } from '../rules/sign-in.ts';
import { exportAuthorization, importAuthorization } from '../rules/transfer.ts';
import { type Current, checkApplication, type Handlers } from './handler.ts';
import { authorizationOf, authorized, sentCode } from './to-tl.ts';

export const login = {
  'auth.signIn': (params, context) => {
    const authorization = signIn(context, params, params.phone_code, emailCode(params.email_verification));
    return authorization === undefined
      ? { _: 'auth.authorizationSignUpRequired', terms_of_service: TERMS }
      : authorized(authorization);
  },
  'auth.signUp': (params, context) => authorized(signUp(context, params)),
  'help.acceptTermsOfService': ({ id }, context) => {
    authorize(context);
    if (id.data !== TERMS.id.data) throw new Refusal(400, 'DATA_JSON_INVALID');
    return true;
  },
  'auth.logOut': (_, context) => {
    signOut(context);
    return { _: 'auth.loggedOut' };
  },
  'auth.importBotAuthorization': ({ bot_auth_token, ...application }, context) => {
    checkApplication(application);
    return authorized(signInBot(context, bot_auth_token));
  },

  'account.sendVerifyEmailCode': ({ purpose, email }, context) => {
    const email_pattern = proposeEmail(context, loginSetup(purpose), email);
    return { _: 'account.sentEmailCode', email_pattern, length: lengthOf('email') };
  },
  'account.verifyEmail': ({ purpose, verification }, context) => {
    const code = emailCode(verification) ?? '';
    const { email, issued } = confirmEmail(context, loginSetup(purpose), code);
    return { _: 'account.emailVerifiedLogin', email, sent_code: sentCode(issued) };
  },
  'auth.resetLoginEmail': (params, context) => sentCode(resetEmail(context, params)),

  'auth.exportLoginToken': ({ except_ids, ...application }, context) => {
    checkApplication(application);
    const exported = exportToken(context, except_ids);
    switch (exported.kind) {
      case 'waiting':
        return { _: 'auth.loginToken', expires: context.world.clock.date(exported.expiresMs), token: exported.token };
      case 'migrate':
        return { _: 'auth.loginTokenMigrateTo', dc_id: exported.dc, token: exported.token };
      case 'signed in':
        return { _: 'auth.loginTokenSuccess', authorization: authorized(exported.authorization) };
    }
  },
  'auth.importLoginToken': ({ token }, context) => ({
    _: 'auth.loginTokenSuccess',
    authorization: authorized(importToken(context, token)),
  }),
  'auth.acceptLoginToken': ({ token }, context) => authorizationOf(context, acceptToken(context, token), false),

  'account.getAuthorizations': (_, context) => {
    const own = authorizePerson(context);
    const all = authorizationsOf(context.world, own);
    const authorizations = all.map((each, i) => authorizationOf(context, each, i === 0));
    return { _: 'account.authorizations', authorization_ttl_days: own.account.ttlDays, authorizations };
  },
  'account.setAuthorizationTTL': ({ authorization_ttl_days }, context) => {
    setTtl(context, authorization_ttl_days);
    return true;
  },
  'account.changeAuthorizationSettings': (params, context) => {
    const { hash, confirmed, encrypted_requests_disabled, call_requests_disabled } = params;
    const not = (disabled: boolean | undefined) => (disabled === undefined ? undefined : !disabled);
    const allows = { secretChats: not(encrypted_requests_disabled), calls: not(call_requests_disabled) };
    changeAuthorization(context, hash, { confirmed, ...allows });
    return true;
  },
  'account.resetAuthorization': ({ hash }, context) => {
    resetAuthorization(context, hash);
    return true;
  },
  'auth.resetAuthorizations': (_, context) => {
    resetAuthorizations(context);
    return true;
  },
  'auth.exportAuthorization': ({ dc_id }, context) => ({
    _: 'auth.exportedAuthorization',
    ...exportAuthorization(context, dc_id),
  }),
  'auth.importAuthorization': ({ id, bytes }, context) => authorized(importAuthorization(context, id, bytes)),
} satisfies Handlers<Current>;

const TERMS: Constructors<Current>['help.termsOfService'] = {
  _: 'help.termsOfService',
  id: { _: 'dataJSON', data: '{"sandbox":1}' },
  text: 'This is a sandbox.\nNothing here is real, and nothing is kept.',
  entities: [],
};

function emailCode(verification: Types<Current>['EmailVerification'] | undefined): string | undefined {
  return verification?._ === 'emailVerificationCode' ? verification.code : undefined;
}

function loginSetup(purpose: Types<Current>['EmailVerifyPurpose']) {
  if (purpose._ === 'emailVerifyPurposeLoginSetup') return purpose;
  throw new Refusal(400, 'EMAIL_NOT_ALLOWED');
}

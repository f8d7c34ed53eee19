/** Turns codes, accounts and authorizations into TL of the current layer. */
import type { Constructors, Types } from '../../tl/types.ts';
import { isAwaited, isUnconfirmed } from '../rules/authorizations.ts';
import { methodOf, timeoutOf } from '../rules/codes.ts';
import { CALLER, lengthOf, PHRASE, WORD } from '../rules/delivery-text.ts';
import type { DeliveryMethod } from '../rules/numbers.ts';
import type { Account, Authorization, IssuedCode, Presence, Sender } from '../world.ts';
import type { Current } from './handler.ts';

export function sentCode(issued: IssuedCode): Types<Current>['auth.SentCode'] {
  const { phone_code_hash, methods, at } = issued;
  const type = TYPE[methodOf(issued)];
  if (type === undefined)
    return {
      _: 'auth.sentCodePaymentRequired',
      store_product: 'sandbox',
      phone_code_hash,
      support_email_address: 'support@example.com',
      support_email_subject: 'A login in the sandbox',
      premium_days: 7,
      currency: 'USD',
      amount: 100n,
    };
  const next = methods[at + 1];
  const timeout = timeoutOf(issued) || undefined;
  return { _: 'auth.sentCode', type, phone_code_hash, next_type: next && NEXT_TYPE[next], timeout };
}

/** The constructor that announces a delivery method. Older layers lack some. */
export function sentCodeName(method: DeliveryMethod): string {
  return TYPE[method]?._ ?? 'auth.sentCodePaymentRequired';
}

/** `undefined` means a payment. */
const TYPE: Readonly<Record<DeliveryMethod, Types<Current>['auth.SentCodeType'] | undefined>> = {
  app: { _: 'auth.sentCodeTypeApp', length: lengthOf('app') },
  sms: { _: 'auth.sentCodeTypeSms', length: lengthOf('sms') },
  call: { _: 'auth.sentCodeTypeCall', length: lengthOf('call') },
  'flash call': { _: 'auth.sentCodeTypeFlashCall', pattern: `${CALLER}${'*'.repeat(lengthOf('flash call'))}` },
  'missed call': { _: 'auth.sentCodeTypeMissedCall', prefix: CALLER, length: lengthOf('missed call') },
  fragment: {
    _: 'auth.sentCodeTypeFragmentSms',
    url: 'https://fragment.com/my/numbers',
    length: lengthOf('fragment'),
  },
  email: { _: 'auth.sentCodeTypeEmailCode', email_pattern: 's***@example.com', length: lengthOf('email') },
  'sms word': { _: 'auth.sentCodeTypeSmsWord', beginning: WORD.slice(0, 1) },
  'sms phrase': { _: 'auth.sentCodeTypeSmsPhrase', beginning: PHRASE.slice(0, 7) },
  'firebase sms': { _: 'auth.sentCodeTypeFirebaseSms', nonce: new Uint8Array(16), length: lengthOf('firebase sms') },
  'email set-up': { _: 'auth.sentCodeTypeSetUpEmailRequired' },
  payment: undefined,
};

const NEXT_TYPE: Readonly<Partial<Record<DeliveryMethod, Types<Current>['auth.CodeType']>>> = {
  sms: { _: 'auth.codeTypeSms' },
  call: { _: 'auth.codeTypeCall' },
  'flash call': { _: 'auth.codeTypeFlashCall' },
  'missed call': { _: 'auth.codeTypeMissedCall' },
  fragment: { _: 'auth.codeTypeFragmentSms' },
};

/** https://core.telegram.org/constructor/user, as the user sees it. */
export function user({ id, access_hash, owner, first_name, last_name, username, presence }: Account) {
  const kind = owner === undefined ? { bot: true as const, bot_info_version: 1 } : { phone: owner.phone };
  const status = owner && presence && statusOf(presence);
  const limits = limitsOf(owner?.behaviour.limited);
  return {
    _: 'user',
    self: true,
    id,
    access_hash,
    first_name,
    last_name,
    username,
    ...kind,
    status,
    ...limits,
  } as const;
}

function limitsOf(text: string | undefined) {
  if (text === undefined) return {};
  const reason = { _: 'restrictionReason', platform: 'all', reason: 'terms', text } as const;
  return { restricted: true as const, restriction_reason: [reason] };
}

/** A client that stays online says so every few minutes. */
const ONLINE_S = 300;

function statusOf({ online, sinceMs }: Presence): Types<Current>['UserStatus'] {
  const since = Math.floor(sinceMs / 1000);
  return online ? { _: 'userStatusOnline', expires: since + ONLINE_S } : { _: 'userStatusOffline', was_online: since };
}

/** https://core.telegram.org/constructor/auth.authorization */
export function authorized({ account }: Authorization): Constructors<Current>['auth.authorization'] {
  return { _: 'auth.authorization', user: user(account) };
}

/** https://core.telegram.org/constructor/authorization. The client's own one has hash 0. */
export function authorizationOf(
  { world }: Sender,
  authorization: Authorization,
  own: boolean,
): Constructors<Current>['authorization'] {
  const { hash, device, createdMs, activeMs, allows } = authorization;
  return {
    _: 'authorization',
    ...(own && { current: true }),
    ...(!allows.secretChats && { encrypted_requests_disabled: true }),
    ...(!allows.calls && { call_requests_disabled: true }),
    ...(isAwaited(world, authorization) && { password_pending: true }),
    ...(isUnconfirmed(world, authorization) && { unconfirmed: true }),
    hash: own ? 0n : hash,
    device_model: device.device_model,
    platform: 'sandbox',
    system_version: device.system_version,
    api_id: device.api_id,
    app_name: `Application ${device.api_id}`,
    app_version: device.app_version,
    date_created: world.clock.date(createdMs),
    date_active: world.clock.date(activeMs),
    ip: '127.0.0.1',
    country: 'Loopback',
    region: '',
  };
}

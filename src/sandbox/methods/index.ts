/**
 * TL ↔ world: what each method of each layer means. No answer is canned: a handler reads its parameters, asks the world, and says
 * what it heard in the words of its layer. A method that has no handler is one that this server does not know.
 */
import type { Now } from '../../bytes.ts';
import type { currentText } from '../../tl/schema/current.ts';
import type { legacyText } from '../../tl/schema/legacy.ts';
import type { Answers, Methods, Types } from '../../tl/types.ts';
import { authorize } from '../rules/authorizations.ts';
import {
  cancelCode,
  checkPhone,
  type Issued,
  resendCode,
  sendCall,
  sendCode,
  sendSms,
  timeoutOf,
  wayOf,
} from '../rules/codes.ts';
import { CALLER, lengthOf, PHRASE, WORD } from '../rules/delivery-text.ts';
import type { Way } from '../rules/numbers.ts';
import { Refusal } from '../rules/refusal.ts';
import { signInKnown } from '../rules/sign-in.ts';
import type { Asker, World } from '../world.ts';
import { authorized } from './to-tl.ts';

type Current = typeof currentText;
type Legacy = typeof legacyText;

/** What a handler knows besides its parameters. */
export interface Context extends Asker {
  /** The data centre's clock. */
  readonly now: Now;
  readonly world: World;
  /** Where the DCs listen. */
  readonly dcs: readonly Address[];
  /** Lets the temporary key of this session stand for a permanent one. */
  readonly bind: (params: Binding) => boolean;
}

/** Parameters of auth.bindTempAuthKey, which are the same in all layers. */
export type Binding = Methods<Current>['auth.bindTempAuthKey'];

export interface Address {
  readonly id: number;
  readonly host: string;
  readonly port: number;
}

/** Handlers for some of the methods of a schema. */
export type Handlers<S extends string> = {
  readonly [M in keyof Methods<S> & keyof Answers<S> & string]?: (
    params: Methods<S>[M],
    context: Context,
  ) => Answers<S>[M];
};

/** Layers above 49: codes travel by `type` and `next_type`. */
export const modern = {
  'auth.sendCode': ({ phone_number, api_id, api_hash }, context) => {
    checkApplication(api_id, api_hash);
    const issued = sendCode(context.world, context, phone_number, () => true);
    if (issued.subscriber.behaviour.known !== true) return sentCode(issued);
    return { _: 'auth.sentCodeSuccess', authorization: authorized(signInKnown(context.world, context, issued)) };
  },
  'auth.resendCode': ({ phone_number, phone_code_hash }, context) =>
    sentCode(resendCode(context.world, context, phone_number, phone_code_hash)),
  'auth.cancelCode': ({ phone_number, phone_code_hash }, context) =>
    cancelCode(context.world, context, phone_number, phone_code_hash),
  'help.getConfig': (_, context) => ({
    _: 'config',
    ...commonConfig(context),
    dc_options: context.dcs.map((dc) => ({ _: 'dcOption', this_port_only: true, ...optionOf(dc) })),
    dc_txt_domain_name: '',
    revoke_time_limit: 172_800,
    revoke_pm_time_limit: 2_147_483_647,
    stickers_recent_limit: 200,
    rating_e_decay: 2_419_200,
    channels_read_media_period: 604_800,
    call_receive_timeout_ms: 20_000,
    call_ring_timeout_ms: 90_000,
    call_connect_timeout_ms: 30_000,
    call_packet_timeout_ms: 10_000,
    me_url_prefix: 'https://t.me/',
    caption_length_max: 1024,
    message_length_max: 4096,
    webfile_dc_id: context.dc,
  }),
  'help.getNearestDc': (_, context) => nearestDc(context),
  'auth.bindTempAuthKey': (params, { bind }) => bind(params),
} satisfies Handlers<Current>;

/** Layers up to 49: auth.sendCall and auth.sendSms name the way, and answer whether it could be gone. */
export const old = {
  'auth.checkPhone': ({ phone_number }, context) => ({
    _: 'auth.checkedPhone',
    phone_registered: checkPhone(context.world, context, phone_number),
  }),
  'auth.sendCode': ({ phone_number, api_id, api_hash }, context) => {
    checkApplication(api_id, api_hash);
    const issued = sendCode(context.world, context, phone_number, (way) => OLD_WAYS.has(way));
    return {
      _: wayOf(issued) === 'app' ? 'auth.sentAppCode' : 'auth.sentCode',
      phone_registered: issued.subscriber.behaviour.unregistered !== true,
      phone_code_hash: issued.phone_code_hash,
      send_call_timeout: timeoutOf(issued),
      is_password: false,
    };
  },
  'auth.sendCall': ({ phone_number, phone_code_hash }, context) =>
    sendCall(context.world, context, phone_number, phone_code_hash),
  'auth.sendSms': ({ phone_number, phone_code_hash }, context) =>
    sendSms(context.world, context, phone_number, phone_code_hash),
  'help.getConfig': (_, context) => ({
    _: 'config',
    ...commonConfig(context),
    dc_options: context.dcs.map((dc) => ({ _: 'dcOption', ...optionOf(dc) })),
    chat_big_size: 10,
    saved_gifs_limit: 200,
    disabled_features: [],
  }),
  'help.getNearestDc': (_, context) => nearestDc(context),
  'auth.bindTempAuthKey': (params, { bind }) => bind(params),
  'updates.getState': (_, context) => outgrown(context),
  'users.getUsers': (_, context) => outgrown(context),
} satisfies Handlers<Legacy>;

/** The same layers on a server that has left them behind: no way to sign in, and the methods of old are gone. */
export const dropped = {
  'auth.sendCode': () => {
    throw new Refusal(406, 'UPDATE_APP_TO_LOGIN');
  },
  'help.getConfig': old['help.getConfig'],
  'help.getNearestDc': old['help.getNearestDc'],
  'auth.bindTempAuthKey': old['auth.bindTempAuthKey'],
} satisfies Handlers<Legacy>;

const OLD_WAYS: ReadonlySet<Way> = new Set(['app', 'sms', 'call']);

/** What clients ask to find out whether they are signed in. Most ids of users are too long for the layers of old. */
function outgrown(context: Context): never {
  authorize(context.world, context);
  throw new Refusal(406, 'UPDATE_APP_TO_LOGIN');
}

/** The sandbox takes every application; only what is no application at all is refused. */
export function checkApplication(api_id: number, api_hash: string): void {
  if (api_id <= 0 || api_hash === '') throw new Refusal(400, 'API_ID_INVALID');
}

export function sentCode(issued: Issued): Types<Current>['auth.SentCode'] {
  const { phone_code_hash, route, at } = issued;
  const type = sentCodeType(wayOf(issued));
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
  const next = route[at + 1];
  const next_type = next === undefined ? undefined : NEXT_TYPE[next];
  const timeout = timeoutOf(issued) || undefined;
  return { _: 'auth.sentCode', type, phone_code_hash, next_type, timeout };
}

/** `undefined` for what is no way of a code but a demand for money. */
function sentCodeType(way: Way): Types<Current>['auth.SentCodeType'] | undefined {
  const length = lengthOf(way);
  switch (way) {
    case 'app':
      return { _: 'auth.sentCodeTypeApp', length };
    case 'sms':
      return { _: 'auth.sentCodeTypeSms', length };
    case 'call':
      return { _: 'auth.sentCodeTypeCall', length };
    case 'flash call':
      return { _: 'auth.sentCodeTypeFlashCall', pattern: `${CALLER}${'*'.repeat(length)}` };
    case 'missed call':
      return { _: 'auth.sentCodeTypeMissedCall', prefix: CALLER, length };
    case 'fragment':
      return { _: 'auth.sentCodeTypeFragmentSms', url: 'https://fragment.com/my/numbers', length };
    case 'email':
      return { _: 'auth.sentCodeTypeEmailCode', email_pattern: 's***@example.com', length };
    case 'sms word':
      return { _: 'auth.sentCodeTypeSmsWord', beginning: WORD.slice(0, 1) };
    case 'sms phrase':
      return { _: 'auth.sentCodeTypeSmsPhrase', beginning: PHRASE.slice(0, 7) };
    case 'firebase sms':
      return { _: 'auth.sentCodeTypeFirebaseSms', nonce: new Uint8Array(16), length };
    case 'email set-up':
      return { _: 'auth.sentCodeTypeSetUpEmailRequired' };
    case 'payment':
      return undefined;
  }
}

const NEXT_TYPE: Readonly<Partial<Record<Way, Types<Current>['auth.CodeType']>>> = {
  sms: { _: 'auth.codeTypeSms' },
  call: { _: 'auth.codeTypeCall' },
  'flash call': { _: 'auth.codeTypeFlashCall' },
  'missed call': { _: 'auth.codeTypeMissedCall' },
  fragment: { _: 'auth.codeTypeFragmentSms' },
};

function nearestDc({ dc }: Context): { _: 'nearestDc'; country: string; this_dc: number; nearest_dc: number } {
  return { _: 'nearestDc', country: 'ZZ', this_dc: dc, nearest_dc: dc };
}

function optionOf({ id, host, port }: Address): { ipv6?: true; id: number; ip_address: string; port: number } {
  return { ...(host.includes(':') && { ipv6: true }), id, ip_address: host, port };
}

/** What both layers' config has, with the numbers that Telegram's own gives. */
function commonConfig({ dc, now }: Context) {
  const date = Math.floor(now() / 1000);
  return {
    date,
    expires: date + 3600,
    test_mode: false,
    this_dc: dc,
    chat_size_max: 200,
    megagroup_size_max: 200_000,
    forwarded_count_max: 100,
    online_update_period_ms: 210_000,
    offline_blur_timeout_ms: 5000,
    offline_idle_timeout_ms: 30_000,
    online_cloud_timeout_ms: 300_000,
    notify_cloud_delay_ms: 30_000,
    notify_default_delay_ms: 1500,
    push_chat_period_ms: 60_000,
    push_chat_limit: 2,
    edit_time_limit: 172_800,
  };
}

/**
 * The help namespace: the configuration, with the numbers that Telegram's own servers send, and what clients ask at
 * their start.
 */
import type { Constructors } from '../../tl/types.ts';
import { authorize } from '../rules/authorizations.ts';
import type { Current, DcAddress, Handlers, Legacy, RequestContext } from './handler.ts';

export const currentHelp = {
  'help.getConfig': (_, context) => ({
    ...commonConfig(context),
    dc_options: context.dcs.map((dc) => ({ this_port_only: true as const, ...dcOption(dc) })),
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
    ...PAST_LIMITS,
  }),
  'help.getNearestDc': (_, context) => nearestDc(context),
  'help.getAppConfig': (params, context) => {
    const value = freeze(context);
    const hash = value.length === 0 ? CONFIG_HASH : FROZEN_HASH;
    return params.hash === hash
      ? { _: 'help.appConfigNotModified' }
      : { _: 'help.appConfig', hash, config: { _: 'jsonObject', value } };
  },
  'help.getAppUpdate': () => ({ _: 'help.noAppUpdate' }),
  'help.getCdnConfig': () => ({ _: 'cdnConfig', public_keys: [] }),
  'help.getCountriesList': () => ({ _: 'help.countriesList', countries: [COUNTRY], hash: 0 }),
  'help.getPeerColors': () => ({ _: 'help.peerColors', hash: 0, colors: [] }),
  'help.getPeerProfileColors': () => ({ _: 'help.peerColors', hash: 0, colors: [] }),
  'help.getTimezonesList': () => ({ _: 'help.timezonesList', timezones: [], hash: 0 }),
  'help.getPromoData': (_, context) => ({ _: 'help.promoDataEmpty', expires: nextHour(context) }),
  'help.getTermsOfServiceUpdate': (_, context) => ({ _: 'help.termsOfServiceUpdateEmpty', expires: nextHour(context) }),
} satisfies Handlers<Current>;

export const legacyHelp = {
  'help.getConfig': (_, context) => ({
    ...commonConfig(context),
    dc_options: context.dcs.map(dcOption),
    chat_big_size: 10,
    saved_gifs_limit: 200,
    disabled_features: [],
  }),
  'help.getNearestDc': (_, context) => nearestDc(context),
} satisfies Handlers<Legacy>;

const CONFIG_HASH = 1;
const FROZEN_HASH = 2;
const DAY_S = 24 * 60 * 60;

/** What the configuration says of a frozen account: frozen since a day before this sign-in, deleted a month later. */
function freeze({ world, auth_key_id }: RequestContext): Constructors<Current>['jsonObjectValue'][] {
  const { account, createdMs } = world.authorizations.get(world.signedIn.get(auth_key_id) ?? 0n) ?? {};
  if (createdMs === undefined || account?.owner?.behaviour.frozen !== true) return [];
  const since = world.clock.date(createdMs) - DAY_S;
  const number = (value: number) => ({ _: 'jsonNumber', value }) as const;
  return [
    { _: 'jsonObjectValue', key: 'freeze_since_date', value: number(since) },
    { _: 'jsonObjectValue', key: 'freeze_until_date', value: number(since + 30 * DAY_S) },
    { _: 'jsonObjectValue', key: 'freeze_appeal_url', value: { _: 'jsonString', value: 'https://t.me/spambot' } },
  ];
}

/** The country of `nearestDc`, whose numbers are the test numbers. */
const COUNTRY: Constructors<Current>['help.country'] = {
  _: 'help.country',
  iso2: 'ZZ',
  default_name: 'Loopback',
  country_codes: [{ _: 'help.countryCode', country_code: '999', prefixes: ['66'], patterns: ['66 X XXXX'] }],
};

/** Fields of `config` up to layer 153. */
const PAST_LIMITS = {
  saved_gifs_limit: 200,
  stickers_faved_limit: 5,
  pinned_dialogs_count_max: 5,
  pinned_infolder_count_max: 100,
};

function nextHour(context: RequestContext): number {
  authorize(context);
  return Math.floor(context.now() / 1000) + 3600;
}

function nearestDc({ dc }: RequestContext) {
  return { _: 'nearestDc', country: 'ZZ', this_dc: dc, nearest_dc: dc } as const;
}

function dcOption({ id, host, port }: DcAddress) {
  return { _: 'dcOption', ...(host.includes(':') && { ipv6: true as const }), id, ip_address: host, port } as const;
}

function commonConfig({ dc, now }: RequestContext) {
  const date = Math.floor(now() / 1000);
  return {
    _: 'config',
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
  } as const;
}

/** World → TL: accounts and authorizations in the words of the current layer. */
import type { currentText } from '../../tl/schema/current.ts';
import type { Constructors } from '../../tl/types.ts';
import type { Account } from '../rules/accounts.ts';
import type { Authorization } from '../rules/authorizations.ts';

type Current = typeof currentText;

/** https://core.telegram.org/constructor/user, as its owner sees it. */
export function user({ id, access_hash, subscriber, first_name, last_name, username }: Account) {
  const bot = subscriber === undefined ? { bot: true as const, bot_info_version: 1 } : { phone: subscriber.phone };
  return { _: 'user', self: true, id, access_hash, first_name, last_name, username, ...bot } as const;
}

/** https://core.telegram.org/constructor/auth.authorization */
export function authorized({ account }: Authorization): Constructors<Current>['auth.authorization'] {
  return { _: 'auth.authorization', user: user(account) };
}

/** https://core.telegram.org/constructor/authorization: the own one has hash 0. */
export function device(
  { hash, device, created, active }: Authorization,
  own: boolean,
): Constructors<Current>['authorization'] {
  return {
    _: 'authorization',
    ...(own && { current: true }),
    hash: own ? 0n : hash,
    device_model: device.device_model,
    platform: 'sandbox',
    system_version: device.system_version,
    api_id: device.api_id,
    app_name: `Application ${device.api_id}`,
    app_version: device.app_version,
    date_created: Math.floor(created / 1000),
    date_active: Math.floor(active / 1000),
    ip: '127.0.0.1',
    country: 'Loopback',
    region: '',
  };
}

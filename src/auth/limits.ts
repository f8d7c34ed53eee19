/**
 * Whether Telegram has limited or frozen an account. A user says that it is limited and why
 * (https://core.telegram.org/constructor/user); the configuration says since when it is frozen
 * (https://core.telegram.org/api/auth#frozen-accounts). Neither mentions a limit on messages to strangers.
 */
import { RpcError } from '../errors.ts';
import { type Caller, current } from '../tl/layer.ts';
import { isWhole } from '../tl/ranges.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Constructors, Types } from '../tl/types.ts';
import { selfOf } from './account.ts';
import { rpcResult } from './rpc-result.ts';
import { type User, userOf } from './user.ts';

type Schema = typeof currentText;

/** Why an account is limited, and for which apps: `all`, `android`, `ios`… */
export type Restriction = Omit<Constructors<Schema>['restrictionReason'], '_'>;

/** A frozen account can be read, but not used. Times are in unix seconds. */
export interface Freeze {
  readonly since?: number;
  /** When Telegram deletes the account. */
  readonly until?: number;
  /** The address for an appeal. */
  readonly appeal?: string;
}

export interface AccountLimits {
  readonly user: User;
  readonly deleted: boolean;
  readonly limited: boolean;
  readonly restrictions: readonly Restriction[];
  /** `null` if Telegram does not say it, as to bots. */
  readonly frozen: Freeze | false | null;
}

/** What Telegram says about the limits of this session's account. Throws `RpcError`. */
export async function accountLimits(caller: Caller): Promise<AccountLimits> {
  const self = await selfOf(caller);
  const user = userOf(self);
  const { deleted, restricted, restriction_reason = [] } = self._ === 'user' ? self : {};
  return {
    user,
    deleted: deleted === true,
    limited: restricted === true,
    restrictions: restriction_reason.map(({ _, ...reason }) => reason),
    frozen: user.bot ? null : await freezeOf(caller),
  };
}

async function freezeOf(caller: Caller): Promise<Freeze | false | null> {
  const answer = await rpcResult(caller.call(current, 'help.getAppConfig', { hash: 0 }, { repeatable: true }));
  if (answer instanceof RpcError) {
    if (answer.type === 'FROZEN_METHOD_INVALID') return {};
    throw answer;
  }
  if (answer._ !== 'help.appConfig' || answer.config._ !== 'jsonObject') return null;
  const fields = new Map(answer.config.value.map(({ key, value }) => [key, value]));
  const since = timeIn(fields.get('freeze_since_date'));
  if (since === undefined) return false;
  const until = timeIn(fields.get('freeze_until_date'));
  const appeal = fields.get('freeze_appeal_url');
  return {
    since,
    ...(until !== undefined && { until }),
    ...(appeal?._ === 'jsonString' && { appeal: appeal.value }),
  };
}

/** A time, which is 0 if there is none. */
function timeIn(value: Types<Schema>['JSONValue'] | undefined): number | undefined {
  return value?._ === 'jsonNumber' && isWhole(value.value, 1, 2 ** 32) ? value.value : undefined;
}

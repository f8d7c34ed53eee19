/** The users and updates namespaces: the user that is signed in, and the state of an account without updates. */
import type { Answers, Constructors, Types } from '../../tl/types.ts';
import { authorize, authorizePerson } from '../rules/authorizations.ts';
import { Refusal } from '../rules/refusal.ts';
import type { Account } from '../world.ts';
import type { Current, Handlers, RequestContext } from './handler.ts';
import { user } from './to-tl.ts';

export const users = {
  'users.getUsers': ({ id }, context) => {
    const { account } = authorize(context);
    return id.map((each) =>
      isSelf(each, account) ? user(account) : { _: 'userEmpty', id: 'user_id' in each ? each.user_id : 0n },
    );
  },
  'users.getFullUser': ({ id }, context) => {
    const { account } = authorize(context);
    if (!isSelf(id, account)) throw new Refusal(400, 'USER_ID_INVALID');
    return { _: 'users.userFull', full_user: userFull(account), chats: [], users: [user(account)] };
  },
  'account.updateStatus': ({ offline }, context) => {
    const { account } = authorizePerson(context);
    account.presence = { online: !offline, sinceMs: context.now() };
    return true;
  },
  'updates.getState': (_, context) => state(context),
  'updates.getDifference': (_, context) => {
    const { date, seq } = state(context);
    return { _: 'updates.differenceEmpty', date, seq };
  },
} satisfies Handlers<Current>;

/** The state of an account that never got an update. */
export function state(context: RequestContext): Answers<Current>['updates.getState'] {
  authorize(context);
  return { _: 'updates.state', pts: 1, qts: 0, date: Math.floor(context.now() / 1000), seq: 1, unread_count: 0 };
}

function isSelf(input: Types<Current>['InputUser'], { id, access_hash }: Account): boolean {
  if (input._ === 'inputUserSelf') return true;
  return input._ === 'inputUser' && input.user_id === id && input.access_hash === access_hash;
}

function userFull({ id }: Account): Constructors<Current>['userFull'] {
  return {
    _: 'userFull',
    id,
    settings: { _: 'peerSettings' },
    notify_settings: { _: 'peerNotifySettings' },
    common_chats_count: 0,
  };
}

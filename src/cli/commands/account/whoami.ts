/** `whoami`: prints the signed-in account in one line: id, name and phone, with tabs between them. */
import { whoAmI } from '../../../auth/account.ts';
import { showPhone } from '../../../auth/phone.ts';
import { nameOf } from '../../../auth/user.ts';
import { printable } from '../../../printable.ts';
import type { Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { keepUser, requireKey, userJson } from '../../signed-in.ts';

export async function run(ctx: Context): Promise<Result> {
  await requireKey(ctx, 'users.getUsers');
  ctx.out.busy('Asking Telegram');
  const user = await whoAmI(await ctx.client());
  await keepUser(ctx, user);
  const fields = [String(user.id), nameOf(user), user.phone === undefined ? '' : showPhone(printable(user.phone))];
  const json = { method: 'users.getUsers', result: String(user.id), ...(await userJson(ctx, user)) };
  return { text: fields.join('\t').trimEnd(), json };
}

/** `whoami`: who is signed in, in one line: id, name, phone, with tabs between them. */
import { showPhone } from '../../auth/phone.ts';
import { printable } from '../../printable.ts';
import type { Command } from '../command.ts';

export const whoami: Command = {
  name: 'whoami',
  summary: 'Print who is signed in: id, name and phone',
  examples: ['tg-auth whoami', 'tg-auth whoami | cut -f1', 'tg-auth whoami --session work --json'],
  async run(ctx) {
    const { requireKey } = await import('../tell/signed-in.ts');
    await requireKey(ctx, 'users.getUsers');
    const { whoAmI } = await import('../../auth/account.ts');
    const { nameOf } = await import('../../auth/user.ts');
    const { keepUser, userJson } = await import('../tell/signed-in.ts');
    ctx.out.busy('Asking Telegram');
    const user = await whoAmI(await ctx.client());
    await keepUser(ctx, user);
    const fields = [String(user.id), nameOf(user), user.phone === undefined ? '' : showPhone(printable(user.phone))];
    const json = { method: 'users.getUsers', result: String(user.id), ...(await userJson(ctx, user)) };
    return { text: fields.join('\t').trimEnd(), json };
  },
};

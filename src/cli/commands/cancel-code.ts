/** `cancel-code`: voids a code that was asked for, here and at the server. */
import { showPhone } from '../../auth/phone.ts';
import type { Command } from '../command.ts';
import { codeMeant, HASH, PHONE } from '../pending-code.ts';

export const cancelCode: Command = {
  name: 'cancel-code',
  summary: 'Void a code that was asked for, and print true or false',
  args: [PHONE],
  options: [HASH],
  examples: ['tg-auth cancel-code +79991234567'],
  async run(ctx, input) {
    const { phone, hash, dc, code } = await codeMeant(ctx, input);
    ctx.api_id(); // says at once if there is none
    const { cancelCode } = await import('../../auth/code.ts');
    const client = await ctx.client(dc);
    ctx.out.busy(`Cancelling the code for ${showPhone(phone)}`);
    const result = await cancelCode(client, { phone, phone_code_hash: hash });
    if (code !== undefined) {
      const session = await ctx.session();
      const { [phone]: _, ...pending } = session.value.pending;
      await session.change({ pending });
    }
    ctx.out.idle();
    if (result) ctx.out.success(`The code for ${showPhone(phone)} is void.`);
    else ctx.out.warn('Telegram says no: there was nothing to cancel.');
    const json = { method: 'auth.cancelCode', result, phone, dc: client.state.dc };
    return { text: String(result), no: !result, json };
  },
};

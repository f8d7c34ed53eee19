/** `resend-code`: asks for the code again, in the way that the server named as the next, and prints its hash, which may be a new one. */
import { showPhone } from '../../auth/phone.ts';
import { printable } from '../../printable.ts';
import type { Command } from '../command.ts';
import { awaitTurn, codeMeant, HASH, keep, PHONE, WAIT } from '../pending-code.ts';
import { deliveryJson, requireSent, tellDelivery } from '../tell/delivery.ts';

export const resendCode: Command = {
  name: 'resend-code',
  summary: 'Ask for the code again, in the next way, and print its phone_code_hash',
  args: [PHONE],
  options: [HASH, WAIT],
  examples: ['tg-auth resend-code +79991234567 --wait', 'hash=$(tg-auth resend-code +79991234567 --hash "$hash")'],
  async run(ctx, input) {
    const meant = await codeMeant(ctx, input);
    const { phone, hash } = meant;
    ctx.api_id(); // says at once if there is none
    await awaitTurn(ctx, input, meant);
    const { resendCode } = await import('../../auth/code.ts');
    const client = await ctx.client(meant.dc);
    ctx.out.busy(`Asking for the code for ${showPhone(phone)} again`);
    const sent = requireSent(await resendCode(client, { phone, phone_code_hash: hash }));
    await keep(ctx, phone, sent);
    ctx.out.idle();
    tellDelivery(ctx.out, sent, phone);
    const fresh = sent.phone_code_hash;
    return {
      text: printable(fresh),
      json: { method: 'auth.resendCode', result: fresh, phone, dc: client.state.dc, ...deliveryJson(sent) },
    };
  },
};

/** `send-code`: asks for a code, keeps what is needed to go on from it, then prints its hash. */
import { showPhone } from '../../auth/phone.ts';
import { printable } from '../../printable.ts';
import type { Command } from '../command.ts';
import { keep, PHONE, phoneOf } from '../pending-code.ts';
import { beginSignIn } from '../settings/session-string.ts';
import { deliveryJson, requireSent, tellDelivery } from '../tell/delivery.ts';

export const sendCode: Command = {
  name: 'send-code',
  summary: 'Ask for a login code and print its phone_code_hash',
  args: [PHONE],
  examples: [
    'tg-auth send-code +79991234567',
    'hash=$(tg-auth send-code +79991234567)',
    'tg-auth send-code +9996620000 --sandbox --json',
  ],
  async run(ctx, input) {
    const phone = await phoneOf(ctx, input);
    const credentials = ctx.credentials();
    await beginSignIn(ctx);
    const { sendCode } = await import('../../auth/code.ts');
    const client = await ctx.client();
    ctx.out.busy(`Asking for a code for ${showPhone(phone)}`);
    const answer = await sendCode(client, { phone, ...credentials });
    if (answer.kind === 'signedIn') {
      const { keepUser } = await import('../tell/signed-in.ts');
      await keepUser(ctx, answer.user, phone);
    }
    const sent = requireSent(answer);
    await keep(ctx, phone, sent);
    ctx.out.idle();
    tellDelivery(ctx.out, sent, phone);
    const hash = sent.phone_code_hash;
    return {
      text: printable(hash),
      json: { method: 'auth.sendCode', result: hash, phone, dc: client.state.dc, ...deliveryJson(sent) },
    };
  },
};

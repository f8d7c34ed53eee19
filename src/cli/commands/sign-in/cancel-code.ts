/** `cancel-code`: cancels a code at the server and in the session. */
import { cancelCode } from '../../../auth/code.ts';
import { showPhone } from '../../../auth/phone.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { dropCode, resolveCode } from '../../pending-code.ts';

export async function run(ctx: Context, input: Input): Promise<Result> {
  const { phone, phone_code_hash, dc, pending } = await resolveCode(ctx, input);
  const client = await ctx.client(dc);
  ctx.out.busy(`Cancelling the code for ${showPhone(phone)}`);
  const result = await cancelCode(client, { phone, phone_code_hash });
  if (pending !== undefined) await dropCode(ctx, phone);
  ctx.out.idle();
  if (result) ctx.out.success(`Cancelled the code for ${showPhone(phone)}.`);
  else ctx.out.warn('There was no code to cancel.');
  ctx.out.hint({ say: 'Ask for a new one', run: `tg-auth send-code ${showPhone(phone)}` });
  const json = { method: 'auth.cancelCode', result, phone: showPhone(phone), dc: client.state.dc };
  return { text: String(result), no: !result, json };
}

/** `resend-code`: asks for the code by the next delivery method, and prints its hash, which may be a new one. */
import { resendCode } from '../../../auth/code.ts';
import { showPhone } from '../../../auth/phone.ts';
import { codeSent, hashResult } from '../../code-sent.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { resolveCode, waitUntilDue } from '../../pending-code.ts';

export async function run(ctx: Context, input: Input): Promise<Result> {
  const code = await resolveCode(ctx, input);
  const { phone, phone_code_hash } = code;
  await waitUntilDue(ctx, input, code);
  const client = await ctx.client(code.dc);
  ctx.out.busy(`Asking for the code for ${showPhone(phone)} again`);
  const answer = await resendCode(client, { phone, phone_code_hash });
  return hashResult(ctx, 'auth.resendCode', phone, await codeSent(ctx, phone, answer));
}

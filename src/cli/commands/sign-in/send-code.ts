/** `send-code`: asks for a code, stores it, then prints its hash. Sets the login e-mail address, if one is required. */
import { sendCode } from '../../../auth/code.ts';
import { showPhone } from '../../../auth/phone.ts';
import { codeSent, hashResult } from '../../code-sent.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { setEmail, withEmail } from '../../login/email.ts';
import { phoneOf } from '../../pending-code.ts';
import { beginSignIn } from '../../settings/session-string.ts';
import { keepUser } from '../../signed-in.ts';

export async function run(ctx: Context, input: Input): Promise<Result> {
  const phone = await phoneOf(ctx, input);
  const credentials = ctx.credentials();
  await beginSignIn(ctx);
  const emailed = await setEmail(ctx, input, phone);
  if (emailed !== undefined) return emailed;
  const client = await ctx.client();
  ctx.out.busy(`Asking for a code for ${showPhone(phone)}`);
  const answer = await sendCode(client, { phone, ...credentials });
  if (answer.kind === 'signedIn') await keepUser(ctx, answer.user, phone);
  ctx.out.idle();
  return hashResult(ctx, 'auth.sendCode', phone, await codeSent(ctx, phone, await withEmail(ctx, phone, answer)));
}

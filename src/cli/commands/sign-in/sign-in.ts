/**
 * `sign-in`: signs in with a code, then with the password, or with a name for a new account. Prints the user id.
 *
 * That a code was correct is stored if the password is missing: the next `sign-in` then sends only the password, even
 * if it names the code again.
 */
import { DIES_IN_CHATS, parseCode } from '../../../auth/login-code.ts';
import { type SignIn, signIn } from '../../../auth/sign-in.ts';
import { RpcError } from '../../../errors.ts';
import type { Client } from '../../../net/client.ts';
import { knownSecret, type Secret } from '../../ask/secret.ts';
import { signInStep } from '../../code-sent.ts';
import type { Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import { completeSignIn } from '../../login/complete.ts';
import { PASSWORD_NEEDED, type ResolvedCode, resolveCode } from '../../pending-code.ts';
import { requireStored } from '../../settings/session-string.ts';
import { reportSignedIn } from '../../signed-in.ts';

const CODE: Secret = {
  message: 'Code',
  option: 'code',
  flag: '--code CODE, or --code - for stdin,',
  variable: 'TG_AUTH_CODE',
  plain: true, // works once, briefly, and only with the key of this session
  note: DIES_IN_CHATS,
  check: parseCode,
};

/** Wrong codes at the prompt before the command ends. */
const TRIES = 5;

export async function run(ctx: Context, input: Input): Promise<Result> {
  requireStored(ctx);
  const code = await resolveCode(ctx, input);
  if (code.pending === undefined) {
    const again = [signInStep(code.phone, code.phone_code_hash)];
    for (const type of ['PHONE_CODE_INVALID', 'PHONE_CODE_EMPTY']) ctx.steps.set(type, again);
  }
  const text = await knownSecret(ctx, input, CODE);
  const needsPassword = code.pending?.type === PASSWORD_NEEDED;
  const client = await ctx.client(code.dc);
  const answer = needsPassword ? ({ kind: 'passwordNeeded' } as const) : await enterCode(ctx, client, code, text);
  const { method, user, phone } = await completeSignIn(ctx, input, code, answer);
  return reportSignedIn(ctx, method, user, phone);
}

/** A wait of more seconds than a code lives: real codes live a few minutes. */
const LONG_WAIT = 240;

/** Sends the code. A code from the prompt can be corrected. */
async function enterCode(
  ctx: Context,
  client: Client,
  { phone, phone_code_hash, pending }: ResolvedCode,
  text: string | undefined,
): Promise<SignIn> {
  const check = (typed: string) => parseCode(typed, pending);
  for (let tries = 1; ; tries++) {
    const typed = check(text ?? (await ctx.ask({ ...CODE, check })));
    ctx.out.busy('Signing in');
    try {
      return await signIn(client, { phone, phone_code_hash, code: typed, byEmail: pending?.type === 'emailCode' });
    } catch (error) {
      if (error instanceof RpcError && (error.retryAfter ?? 0) > LONG_WAIT)
        ctx.steps.set(error.type, [{ say: 'After the wait, ask for a new code', run: 'tg-auth send-code {phone}' }]);
      const wrong = error instanceof RpcError && error.type === 'PHONE_CODE_INVALID';
      if (!wrong || text !== undefined || tries === TRIES) throw error;
      ctx.out.idle();
      ctx.out.warn(error.message);
    }
  }
}

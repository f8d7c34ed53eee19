/**
 * `sign-in`: gives the code, and whatever is asked for behind it: the password, or a name for a new account. Prints the user id.
 *
 * A code whose password is still missing is kept as such, so that the next `sign-in` goes straight on to the password.
 */
import type { SignIn } from '../../auth/sign-in.ts';
import { RpcError } from '../../errors.ts';
import type { Client } from '../../net/client.ts';
import type { Command, Ending, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { awaitPassword, codeMeant, HASH, type Meant, PASSWORD_AWAITED, PHONE } from '../pending-code.ts';
import { requireStored } from '../settings/session-string.ts';
import { CODE, CODE_WORD, PASSWORD_WORD, SIGN_UP_WORDS } from '../tell/sign-in.ts';

/** A person may be wrong so often before the command ends. */
const TRIES = 5;

export const signIn: Command = {
  name: 'sign-in',
  summary: 'Sign in with a code, and print the user id',
  args: [PHONE],
  options: [HASH, CODE_WORD, PASSWORD_WORD, ...SIGN_UP_WORDS],
  examples: [
    'tg-auth sign-in +79991234567',
    'echo "$code" | tg-auth sign-in +79991234567 --code -',
    'TG_AUTH_PASSWORD=$(pass telegram) tg-auth sign-in +79991234567 --code "$code"',
    'tg-auth sign-in +79991234567 --code "$code" --first-name Ada --accept-terms',
  ],
  async run(ctx, input) {
    requireStored(ctx);
    const meant = await codeMeant(ctx, input);
    ctx.api_id(); // says at once if there is none
    const { given } = await import('../ask/secret.ts');
    const code = await given(ctx, input, CODE);
    const client = await ctx.client(meant.dc);
    const awaited = code === undefined && meant.code?.type === PASSWORD_AWAITED;
    const end = awaited ? ({ kind: 'passwordNeeded' } as const) : await enter(ctx, client, meant, code);
    return finish(ctx, input, meant, end);
  },
};

/** Gives the code; one that a person typed may be typed again. */
async function enter(ctx: Context, client: Client, meant: Meant, given: string | undefined): Promise<SignIn> {
  const { signIn } = await import('../../auth/sign-in.ts');
  const { parseCode } = await import('../../auth/login-code.ts');
  const { phone, hash, code } = meant;
  for (let tries = 1; ; tries++) {
    const typed = parseCode(given ?? (await ctx.ask(CODE)));
    ctx.out.busy('Signing in');
    try {
      return await signIn(client, {
        phone,
        phone_code_hash: hash,
        code: typed,
        byEmail: code?.type === 'emailCode',
      });
    } catch (error) {
      const wrong = error instanceof RpcError && error.type === 'PHONE_CODE_INVALID';
      if (!wrong || given !== undefined || tries === TRIES) throw error;
      ctx.out.idle();
      ctx.out.warn(error.message);
    }
  }
}

async function finish(ctx: Context, input: Input, { phone, hash }: Meant, end: SignIn): Promise<Ending> {
  const { signedIn } = await import('../tell/signed-in.ts');
  if (end.kind === 'signedIn') return signedIn(ctx, 'auth.signIn', end.user, phone);
  if (end.kind === 'signUpNeeded') {
    const { signUpNew } = await import('../ask/sign-up.ts');
    return signedIn(ctx, 'auth.signUp', await signUpNew(ctx, input, { ...end, phone, hash }), phone);
  }
  await awaitPassword(ctx, phone);
  const { provePassword } = await import('../ask/password.ts');
  return signedIn(ctx, 'auth.checkPassword', await provePassword(ctx, input), phone);
}

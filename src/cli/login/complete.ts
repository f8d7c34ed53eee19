/** The end of a sign-in with a code: the account, the password, or a new account. */
import type { IssuedCode } from '../../auth/code.ts';
import type { SignIn } from '../../auth/sign-in.ts';
import type { User } from '../../auth/user.ts';
import { EXIT } from '../../catalogue.ts';
import { RpcError } from '../../errors.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { dropCode, storePasswordNeeded } from '../pending-code.ts';

/** Who is signed in, and the TL method that answered so. */
export interface SignedIn {
  readonly method: string;
  readonly user: User;
  readonly phone?: string;
}

export async function completeSignIn(ctx: Context, input: Input, code: IssuedCode, answer: SignIn): Promise<SignedIn> {
  const { phone, phone_code_hash: hash } = code;
  if (answer.kind === 'signedIn') return { method: 'auth.signIn', user: answer.user, phone };
  if (answer.kind === 'signUpNeeded') {
    const { signUpNew } = await import('../ask/sign-up.ts');
    return { method: 'auth.signUp', user: await signUpNew(ctx, input, { ...answer, phone, hash }), phone };
  }
  await storePasswordNeeded(ctx, code);
  const { provePassword } = await import('../ask/password.ts');
  try {
    return { method: 'auth.checkPassword', user: await provePassword(ctx, input), phone };
  } catch (error) {
    if (error instanceof RpcError && error.exit === EXIT.signedOut) await dropCode(ctx, phone); // the server forgot it
    throw error;
  }
}

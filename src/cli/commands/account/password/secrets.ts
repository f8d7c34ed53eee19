/** The new password, and the code from an e-mail. */
import { parseCode } from '../../../../auth/login-code.ts';
import { EXIT } from '../../../../catalogue.ts';
import { RpcError, UsageError } from '../../../../errors.ts';
import type { Secret } from '../../../ask/secret.ts';
import type { Context } from '../../../context.ts';

/** A new password, which the hint must not give away. */
export function newPasswordWith(hint: string): Secret {
  return {
    message: 'New password',
    option: 'new-password',
    flag: '--new-password -',
    variable: 'TG_AUTH_NEW_PASSWORD',
    secret: true,
    check(text) {
      if (text === '') throw new UsageError('The new password is empty.');
      if (hint.trim() !== '' && comparable(text) === comparable(hint))
        throw new UsageError('The hint must not be the password.');
    },
  };
}

function comparable(text: string): string {
  return text.trim().toLowerCase();
}

/** Asks for a new password twice. */
export async function typedTwice(ctx: Context, secret: Secret): Promise<string> {
  const password = await ctx.ask(secret);
  const check = (text: string) => {
    if (text !== password) throw new UsageError('The passwords differ.');
  };
  await ctx.ask({ ...secret, message: 'New password again', check });
  return password;
}

export const EMAIL_CODE: Secret = {
  message: 'Code from the e-mail',
  option: 'code',
  flag: '--code CODE, or --code - for stdin,',
  variable: 'TG_AUTH_CODE',
  plain: true,
  check(text) {
    if (text.trim() === '') throw new UsageError('The code from the e-mail is empty.', { exit: EXIT.codeInvalid });
  },
};

/** Wrong codes at the prompt before the command ends. */
const MAX_TRIES = 5;

interface CodeUse<T> {
  /** The code, if no prompt is needed. */
  readonly known?: string | undefined;
  readonly length?: number | undefined;
  readonly use: (code: string) => Promise<T>;
}

/** Uses the code that is known, or codes from a prompt until one is right. */
export async function withEmailCode<T>(ctx: Context, { known, length, use }: CodeUse<T>): Promise<T> {
  const check = (text: string) => parseCode(text, { length });
  for (let tries = 1; ; tries++) {
    const code = known === undefined ? check(await ctx.ask({ ...EMAIL_CODE, check })) : parseCode(known);
    ctx.out.busy('Checking the code');
    try {
      return await use(code);
    } catch (error) {
      const isWrong = error instanceof RpcError && error.exit === EXIT.codeInvalid;
      if (!isWrong || known !== undefined || tries === MAX_TRIES) throw error;
      ctx.out.idle();
      ctx.out.warn(error.message);
    }
  }
}

/** Creates an account for a new number: asks for a name, and shows the terms of service to accept. */
import { signUp, type Terms } from '../../auth/sign-in.ts';
import type { User } from '../../auth/user.ts';
import { UsageError, usageErrorOf } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import type { Question } from './question.ts';

/** Longest terms of service that are shown. */
const MAX_LINES = 200;

interface NewNumber {
  readonly phone: string;
  readonly hash: string;
  readonly terms?: Terms;
}

/** Throws `UsageError` (exit 10) if there is neither a name nor a prompt. */
export async function signUpNew(ctx: Context, input: Input, { phone, hash, terms }: NewNumber): Promise<User> {
  const named = async (option: string) => {
    const text = input.text(option);
    return text === '-' ? ctx.line(option.replace('-', ' ')) : text;
  };
  const first = await named('first-name');
  if (first === undefined && !ctx.canAsk) throw usageErrorOf('SIGN_UP_NEEDED');
  if (first === undefined) ctx.out.say('This phone number has no account yet. Enter a name to create one.');
  const first_name = first ?? (await ctx.ask(NAME));
  const last_name = (await named('last-name')) ?? (first === undefined ? await ctx.ask(LAST_NAME) : '');
  if (terms !== undefined) await accept(ctx, input, terms);
  ctx.out.busy('Signing up');
  const account = { phone, phone_code_hash: hash, first_name, last_name, ...(terms !== undefined && { terms }) };
  return signUp(await ctx.client(), account);
}

async function accept(ctx: Context, input: Input, { text, min_age }: Terms): Promise<void> {
  const lines = text.split('\n', MAX_LINES).map((line) => `  ${printable(line)}`);
  ctx.out.say(["Telegram's terms of service:", ...lines].join('\n'));
  if (input.has('accept-terms')) return;
  const age = min_age === undefined ? '' : ` and confirm that you are ${min_age} or older`;
  if (!(await ctx.confirm(`Do you accept them${age}?`, '--accept-terms')))
    throw new UsageError('You must accept the terms of service to create an account.');
}

const NAME: Question = {
  message: 'First name',
  flag: '--first-name NAME',
  check(text) {
    if (text.trim() === '') throw new UsageError('First name required.');
  },
};

const LAST_NAME: Question = { message: 'Last name (Enter for none)', flag: '--last-name NAME', check: () => {} };

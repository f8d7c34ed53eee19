/**
 * `login` with a phone number: number, code, password, and what else the server may want in between. A person is there throughout: what is
 * wrong is told and asked for again, and only what nobody can mend here ends the command.
 *
 * The code is kept in the session whenever it changes, so that `sign-in` can go on from where this was left.
 */
import { sendCall } from '../../auth/call.ts';
import { type CodeSent, cancelCode, resendCode, type SentCode, sendCode } from '../../auth/code.ts';
import { describeSent, NEXT } from '../../auth/delivery.ts';
import { confirmEmail, proposeEmail } from '../../auth/email.ts';
import { DIES_IN_CHATS, parseCode } from '../../auth/login-code.ts';
import { showPhone } from '../../auth/phone.ts';
import { type SignIn, signIn } from '../../auth/sign-in.ts';
import type { User } from '../../auth/user.ts';
import { duration, EXIT } from '../../catalogue.ts';
import { DeliveryError, RpcError, UsageError } from '../../errors.ts';
import type { Client } from '../../net/client.ts';
import { printable } from '../../printable.ts';
import type { CodeKey } from '../ask/code-prompt.ts';
import { provePassword } from '../ask/password.ts';
import { signUpNew } from '../ask/sign-up.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { ASK_PHONE, awaitPassword, keep, numberFrom, phoneOf } from '../pending-code.ts';
import { requireSent } from '../tell/delivery.ts';

/** Who came in, and how. */
export interface Entered {
  readonly method: string;
  readonly user: User;
  readonly phone: string;
}

export async function byCode(ctx: Context, input: Input): Promise<Entered> {
  const credentials = ctx.credentials();
  let phone = await phoneOf(ctx, input);
  for (;;) {
    const client = await ctx.client();
    ctx.out.busy(`Asking for a code for ${showPhone(phone)}`);
    const answer = await sendCode(client, { phone, ...credentials });
    ctx.out.idle();
    if (answer.kind === 'signedIn') return { method: 'auth.sendCode', user: answer.user, phone };
    const code = new Code(ctx, client, phone, await settled(ctx, client, phone, answer));
    const end = await code.enter();
    if (end === 'other number') phone = numberFrom(ctx, await ctx.ask(ASK_PHONE));
    else if (end !== 'again') return finish(ctx, input, code, end);
  }
}

async function finish(ctx: Context, input: Input, { phone, sent }: Code, end: SignIn): Promise<Entered> {
  switch (end.kind) {
    case 'signedIn':
      return { method: 'auth.signIn', user: end.user, phone };
    case 'signUpNeeded':
      return {
        method: 'auth.signUp',
        user: await signUpNew(ctx, input, { ...end, phone, hash: sent.phone_code_hash }),
        phone,
      };
    case 'passwordNeeded':
      await awaitPassword(ctx, phone);
      return { method: 'auth.checkPassword', user: await provePassword(ctx, input), phone };
  }
}

/** Sees to it that a code is on its way: some accounts must set a login e-mail before. */
async function settled(ctx: Context, client: Client, phone: string, answer: SentCode): Promise<CodeSent> {
  if (answer.kind !== 'sent' || answer.type !== 'setUpEmailRequired') return requireSent(answer);
  const issued = { phone, phone_code_hash: answer.phone_code_hash };
  ctx.out.say('Telegram wants an e-mail address for the logins of this account. Codes may come there from now on.');
  for (;;) {
    try {
      const { email_pattern, length } = await proposeEmail(client, issued, await ctx.ask(EMAIL));
      ctx.out.success(`Telegram says that it sent a code (${length} characters) to ${printable(email_pattern)}.`);
      return requireSent(await confirmEmail(client, issued, (await ctx.ask(EMAIL_CODE)).trim()));
    } catch (error) {
      if (!(error instanceof RpcError) || !/^(EMAIL_|CODE_)/.test(error.type)) throw error;
      ctx.out.warn(error.message);
    }
  }
}

const EMAIL = {
  message: 'E-mail address',
  flag: 'it at a terminal',
  check(text: string) {
    if (!/^\S+@\S+$/.test(text.trim())) throw new UsageError('That is no e-mail address.');
  },
};

const EMAIL_CODE = {
  message: 'Code from the e-mail',
  flag: 'it at a terminal',
  check(text: string) {
    if (text.trim() === '') throw new UsageError('The code is empty.');
  },
};

/** Letters are keys where a code has digits, and digits where it is a word. */
const KEYS = { letters: { call: 'c', way: 'w', number: 'n' }, digits: { call: '1', way: '2', number: '3' } } as const;

/** What ends nothing: the code is still good, only this did not work. */
const HARMLESS: readonly number[] = [EXIT.delivery, EXIT.wait, EXIT.outdated, EXIT.rpc];

/** One code that was sent, until it is used, void or given up. */
class Code {
  readonly phone: string;
  sent: CodeSent;
  readonly #ctx: Context;
  readonly #client: Client;
  /** When the next way opens, in ms. */
  #opens = 0;

  constructor(ctx: Context, client: Client, phone: string, sent: CodeSent) {
    this.#ctx = ctx;
    this.#client = client;
    this.phone = phone;
    this.sent = sent;
  }

  async enter(): Promise<SignIn | 'other number' | 'again'> {
    await this.#take(this.sent);
    this.#ctx.out.hint(DIES_IN_CHATS);
    for (;;) {
      const answer = await this.#ctx.askCode({ message: 'Code', keys: this.#keys(), check: parseCode });
      try {
        if ('code' in answer) return await this.#give(parseCode(answer.code));
        if (answer.key === this.#names.number) return await this.#giveUp();
        await (answer.key === this.#names.call ? this.#call() : this.#resend());
      } catch (error) {
        this.#ctx.out.idle();
        if (!(error instanceof RpcError || error instanceof DeliveryError)) throw error;
        const { exit } = error;
        if (exit !== EXIT.codeInvalid && exit !== EXIT.codeExpired && !HARMLESS.includes(exit)) throw error;
        this.#ctx.out.warn(error.message);
        for (const line of error.why.slice(0, 1)) this.#ctx.out.hint(line);
        if (exit === EXIT.codeExpired) return 'again';
      }
    }
  }

  get #names() {
    return this.sent.type === 'smsWord' || this.sent.type === 'smsPhrase' ? KEYS.digits : KEYS.letters;
  }

  #keys(): CodeKey[] {
    const { call, way, number } = this.#names;
    const { next_type } = this.sent;
    const other =
      next_type === undefined ? [] : [{ key: way, label: () => `another way: ${NEXT[next_type]}${this.#wait()}` }];
    return [{ key: call, label: () => 'call me' }, ...other, { key: number, label: () => 'different number' }];
  }

  #wait(): string {
    const left = Math.ceil((this.#opens - this.#ctx.outside.now()) / 1000);
    return left > 0 ? `, in ${duration(left)}` : '';
  }

  #give(code: string): Promise<SignIn> {
    this.#ctx.out.busy('Signing in');
    return signIn(this.#client, { ...this.#issued, code, byEmail: this.sent.type === 'emailCode' });
  }

  async #call(): Promise<void> {
    const { out } = this.#ctx;
    const session = await this.#ctx.session();
    out.busy(`Asking for a call to ${showPhone(this.phone)}`);
    const { dropped } = session.value;
    const request = {
      ...this.#issued,
      method: 'auto' as const,
      dropped,
      onFallback: async (_: RpcError, gone: boolean) => {
        if (gone) await session.change({ dropped: [...dropped, 'auth.sendCall'] });
      },
    };
    const called = await sendCall(this.#client, request);
    out.idle();
    if ('sent' in called) await this.#take(requireSent(called.sent));
    else if (called.result)
      out.success(`Telegram says that it is calling ${showPhone(this.phone)}: a voice reads out the code.`);
    else out.warn('Telegram says no: it places no call to this number.');
  }

  async #resend(): Promise<void> {
    const wait = this.#wait();
    if (wait !== '') this.#ctx.out.warn(`The next way opens${wait.slice(1)}; asking now all the same.`);
    this.#ctx.out.busy('Asking for the code again');
    await this.#take(requireSent(await resendCode(this.#client, this.#issued)));
  }

  /** A courtesy to the server, which forgets the code by itself in time: what it says to it changes nothing. */
  async #giveUp(): Promise<'other number'> {
    try {
      await cancelCode(this.#client, this.#issued);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#ctx.out.trace(`auth.cancelCode: ${error.message}`);
    }
    return 'other number';
  }

  /** The code as it travels now. */
  async #take(sent: CodeSent): Promise<void> {
    this.sent = sent;
    this.#opens = this.#ctx.outside.now() + 1000 * (sent.timeout ?? 0);
    await keep(this.#ctx, this.phone, sent);
    const [first = '', ...rest] = describeSent(sent, this.phone);
    this.#ctx.out.idle();
    this.#ctx.out.success(first);
    for (const line of rest) if (line !== DIES_IN_CHATS) this.#ctx.out.hint(line);
  }

  get #issued() {
    return { phone: this.phone, phone_code_hash: this.sent.phone_code_hash };
  }
}

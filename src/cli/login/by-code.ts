/**
 * `login` with a phone number: asks for the number, the code, the password, and whatever else the server requires.
 * Wrong answers are asked again. The code is stored whenever it changes, so that another `login` or `sign-in` can go
 * on.
 */
import {
  type CodeSent,
  cancelCode,
  type IssuedCode,
  type NextType,
  resendCode,
  type SentCode,
  sendCode,
} from '../../auth/code.ts';
import { describeSent, NEXT } from '../../auth/delivery.ts';
import { DIES_IN_CHATS, parseCode } from '../../auth/login-code.ts';
import { showPhone } from '../../auth/phone.ts';
import { type SignIn, signIn } from '../../auth/sign-in.ts';
import { duration, EXIT } from '../../catalogue.ts';
import { DeliveryError, RpcError } from '../../errors.ts';
import type { Client } from '../../net/client.ts';
import { type PendingCode, secondsLeft } from '../../session/session.ts';
import type { CodeKey } from '../ask/code-prompt.ts';
import { codeSent, requireSent } from '../code-sent.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import { ASK_PHONE, PASSWORD_NEEDED, pendingOf, phoneOf, usePhone } from '../pending-code.ts';
import { failureOf } from '../tell/failure.ts';
import { completeSignIn, type SignedIn } from './complete.ts';
import { withEmail } from './email.ts';

/** `known`: the digits of the number, if the command line names one. */
export async function byCode(ctx: Context, input: Input, known: string | undefined): Promise<SignedIn> {
  const credentials = ctx.credentials();
  let phone = known ?? (await phoneOf(ctx, input));
  for (let isFirst = true; ; isFirst = false) {
    const pending = isFirst ? await pendingOf(ctx, phone) : undefined;
    if (pending?.type === PASSWORD_NEEDED) {
      const done = await withPassword(ctx, input, { phone, phone_code_hash: pending.phone_code_hash });
      if (done !== 'forgotten') return done;
    }
    const client = await ctx.client();
    const known = pending !== undefined && mayStillWork(ctx, pending) ? pending : undefined;
    if (known === undefined) ctx.out.busy(`Asking for a code for ${showPhone(phone)}`);
    const answer = known ?? (await sendCode(client, { phone, ...credentials }));
    ctx.out.idle();
    if ('kind' in answer && answer.kind === 'signedIn') return { method: 'auth.sendCode', user: answer.user, phone };
    const sent = 'kind' in answer ? requireSent(await withEmail(ctx, phone, answer)) : answer;
    const code = new CodeDialog(ctx, client, phone, sent);
    const end = await code.enter();
    if (end === 'other number') phone = await usePhone(ctx, await ctx.ask(ASK_PHONE));
    else if (end !== 'expired') return completeSignIn(ctx, input, code.issued, end);
  }
}

/** Goes on after a code that was accepted. The server forgets that some time; a person then gets another code. */
async function withPassword(ctx: Context, input: Input, code: IssuedCode): Promise<SignedIn | 'forgotten'> {
  try {
    return await completeSignIn(ctx, input, code, { kind: 'passwordNeeded' });
  } catch (error) {
    if (!(error instanceof RpcError) || error.exit !== EXIT.signedOut || !ctx.canAsk) throw error;
    return 'forgotten';
  }
}

/** Seconds in which a code that an earlier command requested is not requested again. */
const LIFETIME = 300;

function mayStillWork({ outside }: Context, { asked, type }: PendingCode): boolean {
  const left = secondsLeft({ asked, seconds: LIFETIME }, outside.now());
  return left > 0 && type !== PASSWORD_NEEDED && type !== 'setUpEmailRequired';
}

/** Keys are letters for a code of digits, and digits for a code that is a word. */
const KEYS = {
  letters: { call: 'c', resend: 'r', number: 'n' },
  digits: { call: '1', resend: '2', number: '3' },
} as const;

/** Exit codes of errors after which the code is still valid. */
const HARMLESS: readonly number[] = [EXIT.delivery, EXIT.wait, EXIT.outdated, EXIT.rpc];

/** The prompt for one code, until the code is accepted, expires or is cancelled. */
class CodeDialog {
  readonly #phone: string;
  readonly #ctx: Context;
  readonly #client: Client;
  #sent: CodeSent | PendingCode;
  /** The next delivery method, as long as the server has not refused it. */
  #next: NextType | undefined;
  /** When the next delivery method is due, in seconds of process.uptime(), which no change of the clock moves. */
  #due = 0;

  constructor(ctx: Context, client: Client, phone: string, sent: CodeSent | PendingCode) {
    this.#ctx = ctx;
    this.#client = client;
    this.#phone = phone;
    this.#sent = sent;
  }

  get issued(): IssuedCode {
    return { phone: this.#phone, phone_code_hash: this.#sent.phone_code_hash };
  }

  async enter(): Promise<SignIn | 'other number' | 'expired'> {
    if ('kind' in this.#sent) await this.#update(this.#sent);
    else this.#resume(this.#sent);
    this.#ctx.out.hint(DIES_IN_CHATS);
    for (;;) {
      const answer = await this.#ctx.askCode({ message: 'Code', keys: this.#prompts(), check: this.#parse });
      try {
        if ('code' in answer) return await this.#submit(this.#parse(answer.code));
        if (answer.key === this.#keys.number) return await this.#cancel();
        await this.#resend();
      } catch (error) {
        this.#ctx.out.idle();
        if (!(error instanceof RpcError || error instanceof DeliveryError)) throw error;
        const { exit } = error;
        if (exit !== EXIT.codeInvalid && exit !== EXIT.codeExpired && !HARMLESS.includes(exit)) throw error;
        const { facts, causes, outside, out } = this.#ctx;
        out.warn(error.message);
        const [why] = error.why.length === 0 ? [] : failureOf(error, facts, causes, outside.now()).why;
        if (why !== undefined) out.hint(why);
        if (exit === EXIT.codeExpired) return 'expired';
        if (exit === EXIT.delivery) this.#next = undefined;
      }
    }
  }

  readonly #parse = (text: string) => parseCode(text, this.#sent);

  get #keys() {
    return this.#sent.type === 'smsWord' || this.#sent.type === 'smsPhrase' ? KEYS.digits : KEYS.letters;
  }

  #prompts(): CodeKey[] {
    const { call, resend, number } = this.#keys;
    const type = this.#next;
    const wait = () => (this.#secondsLeft > 0 ? ` (in ${duration(this.#secondsLeft)})` : '');
    const other = { key: number, label: () => 'different number' };
    if (type === undefined) return [other];
    if (type === 'call') return [{ key: call, label: () => `call me${wait()}` }, other];
    return [{ key: resend, label: () => `resend as ${NEXT[type]}${wait()}` }, other];
  }

  get #secondsLeft(): number {
    return Math.ceil(this.#due - process.uptime());
  }

  #submit(code: string): Promise<SignIn> {
    this.#ctx.out.busy('Signing in');
    return signIn(this.#client, { ...this.issued, code, byEmail: this.#sent.type === 'emailCode' });
  }

  async #resend(): Promise<void> {
    if (this.#secondsLeft > 0)
      this.#ctx.out.warn(`The next delivery method is due in ${duration(this.#secondsLeft)}. Asking now.`);
    this.#ctx.out.busy('Asking for the code again');
    await this.#update(await resendCode(this.#client, this.issued));
  }

  /** Cancels the code as a courtesy: the server forgets it anyway, and its answer does not matter. */
  async #cancel(): Promise<'other number'> {
    try {
      await cancelCode(this.#client, this.issued);
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      this.#ctx.out.trace(`auth.cancelCode: ${error.message}`);
    }
    return 'other number';
  }

  /** Reports a code that an earlier command requested. */
  #resume({ asked, deadline = asked, next_type }: PendingCode): void {
    const nowMs = this.#ctx.outside.now();
    const ago = duration(Math.max(1, nowMs / 1000 - asked));
    this.#ctx.out.success(`Telegram sent a code for ${showPhone(this.#phone)} ${ago} ago.`);
    this.#next = isNextType(next_type) ? next_type : undefined;
    this.#due = process.uptime() + secondsLeft({ asked, seconds: deadline - asked }, nowMs);
  }

  /** Stores and reports the latest delivery of the code. */
  async #update(answer: SentCode): Promise<void> {
    const where = (sent: CodeSent, phone: string) => describeSent(sent, phone).filter((line) => line !== DIES_IN_CHATS);
    const sent = await codeSent(this.#ctx, this.#phone, answer, where);
    this.#sent = sent;
    this.#next = sent.next_type;
    this.#due = process.uptime() + (sent.timeout ?? 0);
  }
}

function isNextType(name: string | undefined): name is NextType {
  return name !== undefined && Object.hasOwn(NEXT, name);
}

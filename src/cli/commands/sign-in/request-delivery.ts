/**
 * `send-call` and `send-sms`: request one delivery method, and print whether the code comes by that method. `auth/`
 * chooses the TL method; this file reports the answer, and remembers which methods the server has dropped.
 */
import { type DeliveryResult, type LegacyMethod, requestDelivery } from '../../../auth/call.ts';
import { showPhone } from '../../../auth/phone.ts';
import { fill } from '../../../catalogue.ts';
import { printable } from '../../../printable.ts';
import { current, legacy } from '../../../tl/layer.ts';
import { codeSent, deliveryJson, hintNext, requireSent, signInStep } from '../../code-sent.ts';
import type { CommandCode, Input, Result } from '../../command.ts';
import type { Context } from '../../context.ts';
import {
  hashOf,
  pendingOf,
  phoneOf,
  type ResolvedCode,
  resolveCode,
  waitUntilDue,
  warnIfCallUnlikely,
} from '../../pending-code.ts';
import { oneOf, parseValue } from '../../settings/setting.ts';
import { toWords } from '../../tell/tl-words.ts';

/** The words of one delivery method. */
interface DeliveryWords<Method extends LegacyMethod = LegacyMethod> {
  readonly method: Method;
  /** Shown during the request, before the phone number. */
  readonly asking: string;
  readonly yes: (phone: string) => string;
  readonly no: (phone: string) => string;
  /** Shown if the server chose another delivery method. */
  readonly other: string;
}

export function deliveryCommand<Method extends LegacyMethod>(words: DeliveryWords<Method>): CommandCode['run'] {
  return async (ctx, input) => {
    const allowed = oneOf<'auto' | 'resendCode' | Method>('auto', words.method, 'resendCode');
    const method = parseValue(allowed, input.text('method') ?? 'auto', '--method');
    if (input.has('dry-run')) return dryRun(ctx, input, method === 'resendCode' ? method : words.method);
    const code = await resolveCode(ctx, input);
    const { phone, phone_code_hash } = code;
    if (words.method === 'sendCall') warnIfCallUnlikely(ctx, code);
    await waitUntilDue(ctx, input, code);

    const client = await ctx.client(code.dc);
    const session = await ctx.session();
    const { dropped } = session.value;
    ctx.out.busy(`${words.asking} ${showPhone(phone)}`);
    const answer = await requestDelivery<Method>(client, words.method, {
      phone,
      phone_code_hash,
      method,
      dropped,
      async onFallback({ code, text }, gone) {
        const refusal = `${code} ${printable(text)}`;
        ctx.out.idle();
        ctx.out.warn(`This server no longer has auth.${words.method} (${refusal}). Asked auth.resendCode instead.`);
        if (gone) await session.change({ dropped: [...dropped, `auth.${words.method}`] });
      },
    });
    ctx.out.idle();
    return report(ctx, words, code, answer);
  };
}

async function report(ctx: Context, words: DeliveryWords, code: ResolvedCode, answer: DeliveryResult): Promise<Result> {
  const { phone, phone_code_hash, pending } = code;
  const { method, result } = answer;
  const { dc } = (await ctx.client()).state;
  const json = { method, result, phone: showPhone(phone), dc };
  if (!('sent' in answer)) {
    if (result) ctx.out.success(words.yes(showPhone(phone)));
    else ctx.out.warn(words.no(showPhone(phone)));
    if (ctx.options.network.kind !== 'sandbox')
      ctx.out.hint(signInStep(phone, pending === undefined ? phone_code_hash : undefined));
    return { text: String(result), no: !result, json };
  }
  const sent = requireSent(answer.sent);
  if (!result) ctx.out.warn(words.other);
  await codeSent(ctx, phone, sent);
  hintNext(ctx, phone, sent);
  return {
    text: String(result),
    no: !result,
    json: { ...json, hash: sent.phone_code_hash, ...deliveryJson(sent) },
  };
}

/** The query that would be sent, as 32-bit words. */
async function dryRun(ctx: Context, input: Input, method: LegacyMethod | 'resendCode'): Promise<Result> {
  const phone = await phoneOf(ctx, input);
  const phone_code_hash = await hashOf(ctx, input, () => pendingOf(ctx, phone));
  const params = { phone_number: phone, phone_code_hash };
  const query =
    method === 'resendCode'
      ? current.codec.encodeCall('auth.resendCode', params)
      : legacy.codec.encodeCall(`auth.${method}`, params);
  const result = toWords(query).join(' ');
  const again = String(ctx.facts.again).replace(' --dry-run', '');
  const send = { say: 'Send it', run: fill(again, { phone: showPhone(phone) }) };
  const { number: layer } = method === 'resendCode' ? current : legacy;
  return {
    text: result,
    exact: true,
    next: [ctx.out.step(send)],
    json: { method: `auth.${method}`, result, phone: showPhone(phone), layer, dryRun: true },
  };
}

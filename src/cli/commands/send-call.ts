/**
 * `send-call`: asks for a voice call that reads out a code, and prints whether it comes. Which method asks for it, and what to do where the
 * server has dropped auth.sendCall, is the business of `auth/`; here it is only told and remembered.
 */
import type { CallResult } from '../../auth/call.ts';
import { showPhone } from '../../auth/phone.ts';
import type { RpcError } from '../../errors.ts';
import type { Command, Ending, Input } from '../command.ts';
import type { Context } from '../context.ts';
import { deliveryJson, requireSent, tellDelivery } from '../delivery.ts';
import { awaitTurn, codeMeant, HASH, hashOf, keep, PHONE, pendingOf, phoneOf, WAIT, warnOfNext } from '../pending.ts';
import { oneOf, read } from '../setting.ts';

const METHODS = oneOf('auto', 'sendCall', 'resendCode');

export const sendCall: Command = {
  name: 'send-call',
  summary: 'Ask for a voice call that reads the code out, and print true or false',
  args: [PHONE],
  options: [
    HASH,
    {
      name: '--method <name>',
      help: 'auto, sendCall or resendCode (default: auto, auth.sendCall unless the server has dropped it)',
    },
    WAIT,
    { name: '--dry-run', help: 'connect to nothing and print the query as 32-bit words in hex' },
  ],
  examples: [
    'tg-auth send-call +79991234567',
    'tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --sandbox',
    'tg-auth send-call +79991234567 --wait --json',
    'tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --dry-run',
  ],
  async run(ctx, input) {
    const method = read(METHODS, input.text('method') ?? 'auto', '--method');
    if (input.has('dry-run')) return dryRun(ctx, input, method);
    const meant = await codeMeant(ctx, input);
    const { phone, hash } = meant;
    ctx.api_id(); // says at once if there is none
    warnOfNext(ctx, meant);
    await awaitTurn(ctx, input, meant);

    const { sendCall } = await import('../../auth/call.ts');
    const client = await ctx.client(meant.dc);
    const session = await ctx.session();
    ctx.out.busy(`Asking for a call to ${showPhone(phone)}`);
    const call = await sendCall(client, {
      phone,
      phone_code_hash: hash,
      method,
      dropped: session.value.dropped,
      async onFallback(refusal, gone) {
        tellFallback(ctx, refusal);
        if (gone) await session.change({ dropped: [...session.value.dropped, 'auth.sendCall'] });
      },
    });
    ctx.out.idle();
    return answer(ctx, phone, client.state.dc, call);
  },
};

async function dryRun(ctx: Context, input: Input, method: ReturnType<typeof METHODS>): Promise<Ending> {
  const { current, legacy } = await import('../../tl/layer.ts');
  const { toWords } = await import('../../tl/words.ts');
  const phone_number = await phoneOf(ctx, input);
  const phone_code_hash = await hashOf(ctx, input, () => pendingOf(ctx, phone_number));
  const params = { phone_number, phone_code_hash };
  const resend = method === 'resendCode';
  const query = resend
    ? current.codec.encodeCall('auth.resendCode', params)
    : legacy.codec.encodeCall('auth.sendCall', params);
  const words = toWords(query).join(' ');
  const layer = resend ? current.number : legacy.number;
  return {
    text: words,
    json: {
      method: resend ? 'auth.resendCode' : 'auth.sendCall',
      result: words,
      phone: phone_number,
      layer,
      dryRun: true,
    },
  };
}

function tellFallback({ out }: Context, refusal: RpcError): void {
  out.idle();
  out.warn(
    `This server has no auth.sendCall any more (${refusal.code} ${refusal.text}); asked auth.resendCode instead.`,
  );
}

async function answer(ctx: Context, phone: string, dc: number, call: CallResult): Promise<Ending> {
  const { method, result } = call;
  const json = { method, result, phone, dc };
  const ending = { text: String(result), no: !result };
  if (call.method === 'auth.sendCall') {
    if (result) ctx.out.success(`Telegram says that it is calling ${showPhone(phone)}: a voice reads out the code.`);
    else ctx.out.warn(`Telegram says no: it places no call to ${showPhone(phone)}.`);
    return { ...ending, json };
  }
  const sent = requireSent(call.sent);
  await keep(ctx, phone, sent);
  if (!result) ctx.out.warn('No call: the server chose another way for the code.');
  tellDelivery(ctx.out, sent, phone);
  return { ...ending, json: { ...json, hash: sent.phone_code_hash, ...deliveryJson(sent) } };
}

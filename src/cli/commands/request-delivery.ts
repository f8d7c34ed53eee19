/**
 * `send-call` and `send-sms`: they ask for one way of a code outright, and print whether it goes that way. Which method asks for it, and what to
 * do where the server has dropped the old one, is the business of `auth/`; here it is only told and remembered.
 */
import type { OldMethod, OldResult } from '../../auth/call.ts';
import { showPhone } from '../../auth/phone.ts';
import type { RpcError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Ending, Input, Word } from '../command.ts';
import type { Context } from '../context.ts';
import { awaitTurn, codeMeant, HASH, hashOf, keep, pendingOf, phoneOf, WAIT, warnOfNext } from '../pending-code.ts';
import { oneOf, parseValue } from '../settings/setting.ts';
import { deliveryJson, requireSent, tellDelivery } from '../tell/delivery.ts';

/** The words of one way. */
export interface Manner<W extends OldMethod> {
  readonly way: W;
  readonly method: `auth.${W}`;
  /** While it is asked for. */
  readonly busy: string;
  readonly yes: (phone: string) => string;
  readonly no: (phone: string) => string;
  /** The server chose another way. */
  readonly other: string;
}

export function optionsOf(way: OldMethod): readonly Word[] {
  return [
    HASH,
    {
      name: '--method <name>',
      help: `auto, ${way} or resendCode (default: auto, auth.${way} unless the server has dropped it)`,
      values: ['auto', way, 'resendCode'],
    },
    WAIT,
    { name: '--dry-run', help: 'connect to nothing and print the query as 32-bit words in hex' },
  ];
}

export async function run<W extends OldMethod>(ctx: Context, input: Input, manner: Manner<W>): Promise<Ending> {
  const { way } = manner;
  const method = parseValue(
    oneOf<'auto' | 'resendCode' | W>('auto', way, 'resendCode'),
    input.text('method') ?? 'auto',
    '--method',
  );
  if (input.has('dry-run')) return dryRun(ctx, input, manner, method === 'resendCode');
  const meant = await codeMeant(ctx, input);
  const { phone, hash } = meant;
  ctx.api_id(); // says at once if there is none
  if (way === 'sendCall') warnOfNext(ctx, meant);
  await awaitTurn(ctx, input, meant);

  const { ask } = await import('../../auth/call.ts');
  const client = await ctx.client(meant.dc);
  const session = await ctx.session();
  ctx.out.busy(`${manner.busy} ${showPhone(phone)}`);
  const result = await ask<W>(client, way, {
    phone,
    phone_code_hash: hash,
    method,
    dropped: session.value.dropped,
    async onFallback(refusal, gone) {
      tellFallback(ctx, manner, refusal);
      if (gone) await session.change({ dropped: [...session.value.dropped, manner.method] });
    },
  });
  ctx.out.idle();
  return answer(ctx, manner, phone, client.state.dc, result);
}

async function dryRun(ctx: Context, input: Input, { method }: Manner<OldMethod>, resend: boolean): Promise<Ending> {
  const { current, legacy } = await import('../../tl/layer.ts');
  const { toWords } = await import('../tell/tl-words.ts');
  const phone_number = await phoneOf(ctx, input);
  const phone_code_hash = await hashOf(ctx, input, () => pendingOf(ctx, phone_number));
  const params = { phone_number, phone_code_hash };
  const query = resend ? current.codec.encodeCall('auth.resendCode', params) : legacy.codec.encodeCall(method, params);
  const words = toWords(query).join(' ');
  return {
    text: words,
    exact: true,
    json: {
      method: resend ? 'auth.resendCode' : method,
      result: words,
      phone: phone_number,
      layer: resend ? current.number : legacy.number,
      dryRun: true,
    },
  };
}

function tellFallback({ out }: Context, { method }: Manner<OldMethod>, refusal: RpcError): void {
  out.idle();
  out.warn(
    `This server has no ${method} any more (${refusal.code} ${printable(refusal.text)}); asked auth.resendCode instead.`,
  );
}

async function answer(
  ctx: Context,
  manner: Manner<OldMethod>,
  phone: string,
  dc: number,
  given: OldResult,
): Promise<Ending> {
  const { method, result } = given;
  const json = { method, result, phone, dc };
  const ending = { text: String(result), no: !result };
  if (!('sent' in given)) {
    if (result) ctx.out.success(manner.yes(showPhone(phone)));
    else ctx.out.warn(manner.no(showPhone(phone)));
    return { ...ending, json };
  }
  const sent = requireSent(given.sent);
  await keep(ctx, phone, sent);
  if (!result) ctx.out.warn(manner.other);
  tellDelivery(ctx.out, sent, phone);
  return { ...ending, json: { ...json, hash: sent.phone_code_hash, ...deliveryJson(sent) } };
}

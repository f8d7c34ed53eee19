/**
 * The types that the compiler derives from the schema text. Nothing here runs: `npm run typecheck` is the test, and
 * every `@ts-expect-error` fails it if the line below becomes legal.
 */
import type { Caller } from '../../src/tl/layer.ts';
import { current, legacy } from '../../src/tl/layer.ts';
import type { currentText } from '../../src/tl/schema/current.ts';
import type { mtprotoText } from '../../src/tl/schema/mtproto.ts';
import type { Answers, Constructors, Methods, Types } from '../../src/tl/types.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<T extends true>(): T | undefined {
  return undefined;
}

type C = typeof currentText;
type M = typeof mtprotoText;

holds<Same<Answers<C>['auth.cancelCode'], boolean>>();
holds<
  Same<Answers<C>['auth.sendCode']['_'], 'auth.sentCode' | 'auth.sentCodeSuccess' | 'auth.sentCodePaymentRequired'>
>();
holds<Same<Constructors<C>['auth.sentCode']['timeout'], number | undefined>>();
holds<Same<Constructors<C>['auth.sentCode']['type']['_'], Types<C>['auth.SentCodeType']['_']>>();
holds<Same<Constructors<C>['codeSettings']['logout_tokens'], Uint8Array[] | undefined>>();
holds<Same<Constructors<C>['codeSettings']['allow_flashcall'], true | undefined>>();
holds<Same<Answers<C>['users.getUsers'], Types<C>['User'][]>>();
holds<Same<Methods<C>['invokeWithLayer'], { layer: number; query: Uint8Array }>>();
holds<Same<Answers<C>['invokeWithLayer'], Uint8Array>>();
holds<Same<Constructors<M>['future_salts']['salts'][number]['salt'], bigint>>();
holds<Same<Constructors<M>['msg_container']['messages'][number]['body'], Uint8Array>>();
holds<Same<Types<M>['Set_client_DH_params_answer']['_'], 'dh_gen_ok' | 'dh_gen_retry' | 'dh_gen_fail'>>();
// @ts-expect-error: no such thing as a false assertion that passes
holds<Same<Answers<C>['auth.cancelCode'], string>>();

export async function journeys(caller: Caller): Promise<void> {
  const called: boolean = await caller.call(legacy, 'auth.sendCall', { phone_number: '7', phone_code_hash: '2' });
  // @ts-expect-error: auth.sendCall exists only in the legacy text
  await caller.call(current, 'auth.sendCall', { phone_number: '7', phone_code_hash: '2' });
  // @ts-expect-error: a misspelt parameter
  await caller.call(legacy, 'auth.sendCall', { phone_nmber: '7', phone_code_hash: '2' });
  // @ts-expect-error: a missing parameter
  await caller.call(current, 'auth.resendCode', { phone_number: '7' });
  // @ts-expect-error: an answer of another type
  const wrong: string = await caller.call(current, 'auth.cancelCode', { phone_number: '7', phone_code_hash: '2' });
  const sent = await caller.call(current, 'auth.resendCode', { phone_number: '7', phone_code_hash: '2' });
  // @ts-expect-error: the union has to be narrowed first
  sent.type;
  if (sent._ === 'auth.sentCode' && sent.type._ === 'auth.sentCodeTypeCall')
    holds<Same<typeof sent.type.length, number>>();
  return void [called, wrong];
}

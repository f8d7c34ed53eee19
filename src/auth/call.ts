/**
 * Asking for a code by a voice call, or by SMS, outright.
 *
 * auth.sendCall, which this tool is named for, and auth.sendSms are in the schema up to layer 49 only, and a server may have dropped them: then
 * auth.resendCode is the one way left, and it goes where the server chooses (https://core.telegram.org/api/auth).
 */
import { RpcError } from '../errors.ts';
import { type Caller, legacy } from '../tl/layer.ts';
import { type IssuedCode, resendCode, type SentCode } from './code.ts';
import { settle } from './rpc-result.ts';

/** The methods of old, by the word that asks for them on a command line. */
const METHODS = { sendCall: 'auth.sendCall', sendSms: 'auth.sendSms' } as const;

/** The types of auth.resendCode's answer by which the code travels as it was wanted. */
const WANTED = { sendCall: ['call'], sendSms: ['sms', 'smsWord', 'smsPhrase'] } as const satisfies Record<
  OldWay,
  string[]
>;

export type OldWay = keyof typeof METHODS;

export interface OldRequest<W extends OldWay = OldWay> extends IssuedCode {
  readonly method: 'auto' | 'resendCode' | W;
  /** Methods that this server is known to have dropped. */
  readonly dropped: readonly string[];
  /**
   * `auto` got this refusal of the old method and has asked auth.resendCode instead. It is awaited before that one's answer comes out, be it a
   * result or an `RpcError`. `gone`: the old method belongs into `dropped` from now on.
   */
  readonly onFallback?: (refusal: RpcError, gone: boolean) => void | Promise<void>;
}

/** `result`: the call, or the SMS, is on its way. */
export type OldResult<W extends OldWay = OldWay> =
  | { readonly method: (typeof METHODS)[W]; readonly result: boolean }
  | {
      readonly method: 'auth.resendCode';
      readonly result: boolean;
      readonly sent: SentCode;
      /** What the old method was refused with, if it was asked first. */
      readonly fellBackFrom?: RpcError;
    };

export type CallRequest = OldRequest<'sendCall'>;
export type CallResult = OldResult<'sendCall'>;

/**
 * Asks for a voice call: `auto` by auth.sendCall, unless that was dropped, and by auth.resendCode where the answer means that the method or its
 * layer is gone. Throws `RpcError` with every other answer, and with that one too if the method was prescribed.
 */
export function sendCall(caller: Caller, request: CallRequest): Promise<CallResult> {
  return ask(caller, 'sendCall', request);
}

/** Asks for an SMS, by the same rules: auth.sendSms, else auth.resendCode. */
export function sendSms(caller: Caller, request: OldRequest<'sendSms'>): Promise<OldResult<'sendSms'>> {
  return ask(caller, 'sendSms', request);
}

/** Either of the two. */
export async function ask<W extends OldWay>(caller: Caller, way: W, request: OldRequest<W>): Promise<OldResult<W>> {
  const { phone, phone_code_hash, method, dropped, onFallback } = request;
  if (method === 'resendCode' || (method === 'auto' && dropped.includes(METHODS[way])))
    return resent(way, await resendCode(caller, request));

  const called = await settle(caller.call(legacy, METHODS[way], { phone_number: phone, phone_code_hash }));
  if (!(called instanceof RpcError)) return { method: METHODS[way], result: called };
  if (method === way || !meansGone(called)) throw called;

  const sent = await settle(resendCode(caller, request));
  // A current layer that is refused in the same words shows that neither the method nor its layer was the reason.
  await onFallback?.(called, !(sent instanceof RpcError && meansGone(sent)));
  if (sent instanceof RpcError) throw sent;
  return { ...resent(way, sent), fellBackFrom: called };
}

function resent(way: OldWay, sent: SentCode) {
  const wanted: readonly string[] = WANTED[way];
  return { method: 'auth.resendCode', result: sent.kind === 'sent' && wanted.includes(sent.type), sent } as const;
}

/**
 * Answers by which a server says "not here any more": of the method, or of layer 49 as a whole. AUTH_KEY_UNREGISTERED is among them as it
 * is the answer to every method that may not be called before the login, and those of old are no longer listed as ones that may.
 */
const GONE =
  /^(INPUT_METHOD_INVALID.*|INPUT_CONSTRUCTOR_INVALID.*|INPUT_LAYER_INVALID|CONNECTION_LAYER_INVALID|UPDATE_APP_TO_LOGIN|AUTH_KEY_UNREGISTERED)$/;

function meansGone({ code, type }: RpcError): boolean {
  return code === 404 || GONE.test(type);
}

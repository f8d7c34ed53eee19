/**
 * Asking for a code by voice call or by SMS.
 *
 * auth.sendCall and auth.sendSms exist only up to layer 49, and a server may have dropped them. Then only
 * auth.resendCode is left, for which the server chooses the delivery method (https://core.telegram.org/api/auth).
 */
import { RpcError } from '../errors.ts';
import { type Caller, legacy } from '../tl/layer.ts';
import { type IssuedCode, resendCode, type SentCode } from './code.ts';
import { settle } from './rpc-result.ts';

/** The legacy methods, by their names on the command line. */
const METHODS = { sendCall: 'auth.sendCall', sendSms: 'auth.sendSms' } as const;

/** The types in the answer of auth.resendCode that mean the wanted delivery. */
const WANTED = { sendCall: ['call'], sendSms: ['sms', 'smsWord', 'smsPhrase'] } as const satisfies Record<
  OldWay,
  string[]
>;

export type OldWay = keyof typeof METHODS;

export interface OldRequest<W extends OldWay = OldWay> extends IssuedCode {
  readonly method: 'auto' | 'resendCode' | W;
  /** Methods that this server has dropped. */
  readonly dropped: readonly string[];
  /**
   * Called when `auto` got this error from the legacy method and has called auth.resendCode instead; awaited before the
   * outcome is returned or thrown. `gone`: add the legacy method to `dropped`.
   */
  readonly onFallback?: (refusal: RpcError, gone: boolean) => void | Promise<void>;
}

/** `result`: whether the call or SMS will come. */
export type OldResult<W extends OldWay = OldWay> =
  | { readonly method: (typeof METHODS)[W]; readonly result: boolean }
  | {
      readonly method: 'auth.resendCode';
      readonly result: boolean;
      readonly sent: SentCode;
      /** The error of the legacy method, if it was called first. */
      readonly fellBackFrom?: RpcError;
    };

export type CallRequest = OldRequest<'sendCall'>;
export type CallResult = OldResult<'sendCall'>;

/**
 * Asks for a voice call. `auto` calls auth.sendCall unless it was dropped, and auth.resendCode if the error means that
 * the method or its layer is gone. Throws every other `RpcError`, and that one too if the caller chose the method.
 */
export function sendCall(caller: Caller, request: CallRequest): Promise<CallResult> {
  return ask(caller, 'sendCall', request);
}

/** Asks for an SMS, by the same rules: auth.sendSms, else auth.resendCode. */
export function sendSms(caller: Caller, request: OldRequest<'sendSms'>): Promise<OldResult<'sendSms'>> {
  return ask(caller, 'sendSms', request);
}

/** Asks for either of the two. */
export async function ask<W extends OldWay>(caller: Caller, way: W, request: OldRequest<W>): Promise<OldResult<W>> {
  const { phone, phone_code_hash, method, dropped, onFallback } = request;
  if (method === 'resendCode' || (method === 'auto' && dropped.includes(METHODS[way])))
    return resent(way, await resendCode(caller, request));

  const called = await settle(caller.call(legacy, METHODS[way], { phone_number: phone, phone_code_hash }));
  if (!(called instanceof RpcError)) return { method: METHODS[way], result: called };
  if (method === way || !meansGone(called)) throw called;

  const sent = await settle(resendCode(caller, request));
  // If the current layer gets the same kind of error, neither the legacy method nor its layer was the cause.
  await onFallback?.(called, !(sent instanceof RpcError && meansGone(sent)));
  if (sent instanceof RpcError) throw sent;
  return { ...resent(way, sent), fellBackFrom: called };
}

function resent(way: OldWay, sent: SentCode) {
  const wanted: readonly string[] = WANTED[way];
  return { method: 'auth.resendCode', result: sent.kind === 'sent' && wanted.includes(sent.type), sent } as const;
}

/**
 * Errors that mean the method, or all of layer 49, is gone. AUTH_KEY_UNREGISTERED is one of them: it answers methods
 * that need a login, and the legacy methods are no longer listed as callable without one.
 */
const GONE =
  /^(INPUT_METHOD_INVALID.*|INPUT_CONSTRUCTOR_INVALID.*|INPUT_LAYER_INVALID|CONNECTION_LAYER_INVALID|UPDATE_APP_TO_LOGIN|AUTH_KEY_UNREGISTERED)$/;

function meansGone({ code, type }: RpcError): boolean {
  return code === 404 || GONE.test(type);
}

/**
 * Requests a voice call or an SMS for a code.
 *
 * auth.sendCall and auth.sendSms exist only up to layer 49, and a server may have dropped them. That leaves
 * auth.resendCode, and the server then chooses the delivery method (https://core.telegram.org/api/auth).
 */
import { RpcError } from '../errors.ts';
import { type Caller, legacy } from '../tl/layer.ts';
import { type IssuedCode, resendCode, type SentCode } from './code.ts';
import { rpcResult } from './rpc-result.ts';

/** The methods of layer 49, by their names for `--method`. */
const METHODS = { sendCall: 'auth.sendCall', sendSms: 'auth.sendSms' } as const;

/** The delivery types of auth.resendCode that are a call or an SMS. */
const WANTED = { sendCall: ['call'], sendSms: ['sms', 'smsWord', 'smsPhrase'] } as const satisfies Record<
  LegacyMethod,
  string[]
>;

export type LegacyMethod = keyof typeof METHODS;

export interface DeliveryRequest<W extends LegacyMethod = LegacyMethod> extends IssuedCode {
  readonly method: 'auto' | 'resendCode' | W;
  /** Methods that this server no longer supports. */
  readonly dropped: readonly string[];
  /**
   * Called when `auto` used auth.resendCode because of this error, before `sendCall` returns or throws. `gone`: add the
   * method to `dropped` from now on.
   */
  readonly onFallback?: (refusal: RpcError, gone: boolean) => void | Promise<void>;
}

/** `result`: whether a call or an SMS follows. */
export type DeliveryResult<W extends LegacyMethod = LegacyMethod> =
  | { readonly method: (typeof METHODS)[W]; readonly result: boolean }
  | {
      readonly method: 'auth.resendCode';
      readonly result: boolean;
      readonly sent: SentCode;
      /** The error of the first method, if it was called. */
      readonly fellBackFrom?: RpcError;
    };

export type CallRequest = DeliveryRequest<'sendCall'>;
export type CallResult = DeliveryResult<'sendCall'>;

/**
 * Requests a voice call. `auto` calls auth.sendCall unless it is in `dropped`, and auth.resendCode if the error means
 * that the method or its layer is gone. Throws `RpcError`.
 */
export function sendCall(caller: Caller, request: CallRequest): Promise<CallResult> {
  return requestDelivery(caller, 'sendCall', request);
}

/** Like `sendCall`, for an SMS: calls auth.sendSms or auth.resendCode. */
export function sendSms(caller: Caller, request: DeliveryRequest<'sendSms'>): Promise<DeliveryResult<'sendSms'>> {
  return requestDelivery(caller, 'sendSms', request);
}

/** Requests a call or an SMS. */
export async function requestDelivery<W extends LegacyMethod>(
  caller: Caller,
  name: W,
  request: DeliveryRequest<W>,
): Promise<DeliveryResult<W>> {
  const { phone, phone_code_hash, method, dropped, onFallback } = request;
  if (method === 'resendCode' || (method === 'auto' && dropped.includes(METHODS[name])))
    return resent(name, await resendCode(caller, request));

  const called = await rpcResult(caller.call(legacy, METHODS[name], { phone_number: phone, phone_code_hash }));
  if (!(called instanceof RpcError)) return { method: METHODS[name], result: called };
  if (method === name || !meansGone(called)) throw called;

  const sent = await rpcResult(resendCode(caller, request));
  // If the current layer is refused for the same reason, the method and its layer were not the reason.
  await onFallback?.(called, !(sent instanceof RpcError && meansGone(sent)));
  if (sent instanceof RpcError) throw sent;
  return { ...resent(name, sent), fellBackFrom: called };
}

function resent(name: LegacyMethod, sent: SentCode) {
  const wanted: readonly string[] = WANTED[name];
  return { method: 'auth.resendCode', result: sent.kind === 'sent' && wanted.includes(sent.type), sent } as const;
}

/**
 * Errors that mean that a method, or layer 49, is gone. AUTH_KEY_UNREGISTERED is one of them: a server that has dropped
 * these methods may treat them like any method that requires a login.
 */
const GONE =
  /^(INPUT_METHOD_INVALID.*|INPUT_CONSTRUCTOR_INVALID.*|INPUT_LAYER_INVALID|CONNECTION_LAYER_INVALID|UPDATE_APP_TO_LOGIN|AUTH_KEY_UNREGISTERED)$/;

function meansGone({ code, type }: RpcError): boolean {
  return code === 404 || GONE.test(type);
}

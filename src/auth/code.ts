/**
 * Asking for a code, and for a call that reads it out (https://core.telegram.org/api/auth).
 *
 * auth.sendCode starts a login: the server chooses how the code travels and names the way it would try next. auth.resendCode goes on to that
 * way. auth.sendCall, which this tool is named for, asked for a voice call outright; the schema has had it up to layer 49 only, and a server may
 * have dropped it: then auth.resendCode is the one way left to a call.
 */
import { RpcError } from '../errors.ts';
import { type Caller, current, legacy } from '../tl/layer.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Answers, Constructors, Types } from '../tl/types.ts';

type Schema = typeof currentText;

/**
 * How a code travels, by the name of its auth.sentCodeType…. `length`: characters of the code. `pattern`: the calling number, which is the code
 * itself, with `*` for what is not told. `prefix`: how the calling number begins, whose last `length` digits are the code.
 */
export type Delivery =
  | { readonly type: 'app' | 'sms' | 'call' | 'firebaseSms'; readonly length: number }
  | { readonly type: 'flashCall'; readonly pattern: string }
  | { readonly type: 'missedCall'; readonly prefix: string; readonly length: number }
  | { readonly type: 'emailCode'; readonly email_pattern: string; readonly length: number }
  | { readonly type: 'setUpEmailRequired' }
  | { readonly type: 'fragmentSms'; readonly url: string; readonly length: number }
  | { readonly type: 'smsWord' | 'smsPhrase'; readonly beginning: string | undefined };

/** What auth.resendCode would do, by the name of its auth.codeType…. */
export type NextType = 'sms' | 'call' | 'flashCall' | 'missedCall' | 'fragmentSms';

export type CodeSent = Delivery & {
  readonly kind: 'sent';
  readonly phone_code_hash: string;
  /** Absent: there is no other way. */
  readonly next_type?: NextType;
  /** Seconds until `next_type` is due. */
  readonly timeout?: number;
};

/** The answer to auth.sendCode and auth.resendCode. */
export type SentCode =
  | CodeSent
  | ({ readonly kind: 'paymentRequired' } & Omit<Constructors<Schema>['auth.sentCodePaymentRequired'], '_'>)
  | { readonly kind: 'signedIn'; readonly authorization: Types<Schema>['auth.Authorization'] };

/** One code that was asked for. */
export interface IssuedCode {
  /** Digits alone. */
  readonly phone: string;
  readonly phone_code_hash: string;
}

/** The server lost the login and wants a new auth.sendCode. Asking for ever would be a loop. */
const RESTARTS = 2;

/** Asks for a code. Throws `RpcError`; AUTH_RESTART only after it has come again and again. */
export async function sendCode(
  caller: Caller,
  { phone, api_id, api_hash }: { readonly phone: string; readonly api_id: number; readonly api_hash: string },
): Promise<SentCode> {
  // No flag fits a program that has no SIM card: it cannot answer, reject or read a call, nor receive an SMS or a push message.
  const params = { phone_number: phone, api_id, api_hash, settings: { _: 'codeSettings' as const } };
  for (let restarts = 0; ; restarts++) {
    const answer = await settle(caller.call(current, 'auth.sendCode', params, { startsAnew: true }));
    if (!(answer instanceof RpcError)) return sentCode(answer);
    if (!/^AUTH_RESTART(_X)?$/.test(answer.type) || restarts === RESTARTS) throw answer;
  }
}

/** Asks for the code again, in the way that was named as the next. Its hash may be a new one, which replaces the old. Throws `RpcError`. */
export async function resendCode(caller: Caller, { phone, phone_code_hash }: IssuedCode): Promise<SentCode> {
  return sentCode(await caller.call(current, 'auth.resendCode', { phone_number: phone, phone_code_hash }));
}

export interface CallRequest extends IssuedCode {
  readonly method: 'auto' | 'sendCall' | 'resendCode';
  /** Methods that this server is known to have dropped. */
  readonly dropped: readonly string[];
  /**
   * `auto` got this refusal of auth.sendCall and has asked auth.resendCode instead. It is awaited before that one's answer comes out, be it a
   * result or an `RpcError`. `gone`: auth.sendCall belongs into `dropped` from now on.
   */
  readonly onFallback?: (refusal: RpcError, gone: boolean) => void | Promise<void>;
}

/** `result`: a voice call is on its way. */
export type CallResult =
  | { readonly method: 'auth.sendCall'; readonly result: boolean }
  | {
      readonly method: 'auth.resendCode';
      readonly result: boolean;
      readonly sent: SentCode;
      /** What auth.sendCall was refused with, if it was asked first. */
      readonly fellBackFrom?: RpcError;
    };

/**
 * Asks for a voice call: `auto` by auth.sendCall, unless that was dropped, and by auth.resendCode where the answer means that the method or its
 * layer is gone. Throws `RpcError` with every other answer, and with that one too if the method was prescribed.
 */
export async function sendCall(caller: Caller, request: CallRequest): Promise<CallResult> {
  const { phone, phone_code_hash, method, dropped, onFallback } = request;
  if (method === 'resendCode' || (method === 'auto' && dropped.includes('auth.sendCall')))
    return resent(await resendCode(caller, request));

  const called = await settle(caller.call(legacy, 'auth.sendCall', { phone_number: phone, phone_code_hash }));
  if (!(called instanceof RpcError)) return { method: 'auth.sendCall', result: called };
  if (method === 'sendCall' || !meansGone(called)) throw called;

  const sent = await settle(resendCode(caller, request));
  // A current layer that is refused in the same words shows that neither the method nor its layer was the reason.
  await onFallback?.(called, !(sent instanceof RpcError && meansGone(sent)));
  if (sent instanceof RpcError) throw sent;
  return { ...resent(sent), fellBackFrom: called };
}

function resent(sent: SentCode) {
  return { method: 'auth.resendCode', result: sent.kind === 'sent' && sent.type === 'call', sent } as const;
}

/**
 * Answers to auth.sendCall by which a server says "not here any more": of the method, or of layer 49 as a whole. AUTH_KEY_UNREGISTERED is
 * among them as it is the answer to every method that may not be called before the login, and auth.sendCall is no longer listed as one that may.
 */
const GONE =
  /^(INPUT_METHOD_INVALID.*|INPUT_CONSTRUCTOR_INVALID.*|INPUT_LAYER_INVALID|CONNECTION_LAYER_INVALID|UPDATE_APP_TO_LOGIN|AUTH_KEY_UNREGISTERED)$/;

function meansGone({ code, type }: RpcError): boolean {
  return code === 404 || GONE.test(type);
}

/** An answer either way: what the server sent, or its refusal. Other errors are none, and are thrown. */
async function settle<T>(call: Promise<T>): Promise<T | RpcError> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
}

function sentCode(answer: Answers<Schema>['auth.sendCode']): SentCode {
  switch (answer._) {
    case 'auth.sentCode': {
      const { phone_code_hash, next_type, timeout } = answer;
      return {
        kind: 'sent',
        ...delivery(answer.type),
        phone_code_hash,
        ...(next_type && { next_type: NEXT_TYPES[next_type._] }),
        ...(timeout !== undefined && { timeout }),
      };
    }
    case 'auth.sentCodePaymentRequired': {
      const { _, ...payment } = answer;
      return { kind: 'paymentRequired', ...payment };
    }
    case 'auth.sentCodeSuccess':
      return { kind: 'signedIn', authorization: answer.authorization };
  }
}

const NEXT_TYPES = {
  'auth.codeTypeSms': 'sms',
  'auth.codeTypeCall': 'call',
  'auth.codeTypeFlashCall': 'flashCall',
  'auth.codeTypeMissedCall': 'missedCall',
  'auth.codeTypeFragmentSms': 'fragmentSms',
} as const satisfies Record<Types<Schema>['auth.CodeType']['_'], NextType>;

function delivery(type: Types<Schema>['auth.SentCodeType']): Delivery {
  switch (type._) {
    case 'auth.sentCodeTypeApp':
      return { type: 'app', length: type.length };
    case 'auth.sentCodeTypeSms':
      return { type: 'sms', length: type.length };
    case 'auth.sentCodeTypeCall':
      return { type: 'call', length: type.length };
    case 'auth.sentCodeTypeFlashCall':
      return { type: 'flashCall', pattern: type.pattern };
    case 'auth.sentCodeTypeMissedCall':
      return { type: 'missedCall', prefix: type.prefix, length: type.length };
    case 'auth.sentCodeTypeEmailCode':
      return { type: 'emailCode', email_pattern: type.email_pattern, length: type.length };
    case 'auth.sentCodeTypeSetUpEmailRequired':
      return { type: 'setUpEmailRequired' };
    case 'auth.sentCodeTypeFragmentSms':
      return { type: 'fragmentSms', url: type.url, length: type.length };
    case 'auth.sentCodeTypeFirebaseSms':
      return { type: 'firebaseSms', length: type.length };
    case 'auth.sentCodeTypeSmsWord':
      return { type: 'smsWord', beginning: type.beginning };
    case 'auth.sentCodeTypeSmsPhrase':
      return { type: 'smsPhrase', beginning: type.beginning };
  }
}

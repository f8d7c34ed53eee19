/**
 * Requests a code (https://core.telegram.org/api/auth).
 *
 * auth.sendCode starts a login: the server chooses the delivery method and names the next one. auth.resendCode uses
 * that next method, and auth.cancelCode cancels the code.
 */
import { RpcError } from '../errors.ts';
import { type Caller, current } from '../tl/layer.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Answers, Constructors, Types } from '../tl/types.ts';
import { isHash } from './hash.ts';
import { rpcResult } from './rpc-result.ts';
import { type User, userIn } from './user.ts';
import { codeLength, inRange, malformed } from './valid-answer.ts';

type Schema = typeof currentText;

/**
 * How a code was sent: the name of its auth.sentCodeType…. `length`: characters of the code. `pattern`: the calling
 * number, which is the code, with `*` for hidden digits. `prefix`: the start of the calling number, whose last `length`
 * digits are the code.
 */
export type Delivery =
  | { readonly type: 'app' | 'sms' | 'call' | 'firebaseSms'; readonly length: number }
  | { readonly type: 'flashCall'; readonly pattern: string }
  | { readonly type: 'missedCall'; readonly prefix: string; readonly length: number }
  | { readonly type: 'emailCode'; readonly email_pattern: string; readonly length: number }
  | { readonly type: 'setUpEmailRequired' }
  | { readonly type: 'fragmentSms'; readonly url: string; readonly length: number }
  | { readonly type: 'smsWord' | 'smsPhrase'; readonly beginning: string | undefined };

/** The next delivery method: the name of its auth.codeType…. */
export type NextType = 'sms' | 'call' | 'flashCall' | 'missedCall' | 'fragmentSms';

export type CodeSent = Delivery & {
  readonly kind: 'sent';
  readonly phone_code_hash: string;
  /** Absent: there is no other delivery method. */
  readonly next_type?: NextType;
  /** Seconds until `next_type` is due. */
  readonly timeout?: number;
};

/** The answer to auth.sendCode and auth.resendCode. */
export type SentCode =
  | CodeSent
  | ({ readonly kind: 'paymentRequired' } & Omit<Constructors<Schema>['auth.sentCodePaymentRequired'], '_'>)
  /** No code is needed: the server recognised this client from an earlier login. */
  | { readonly kind: 'signedIn'; readonly user: User };

/** A code that was requested. */
export interface IssuedCode {
  /** Digits only. */
  readonly phone: string;
  readonly phone_code_hash: string;
}

/** The maximum `timeout` in seconds, eleven days: a timer cannot run much longer. */
const LONGEST = 1_000_000;

/** How often AUTH_RESTART is answered with a new auth.sendCode. */
const RESTARTS = 2;

/** Requests a code. Throws `RpcError`; AUTH_RESTART only after several attempts. */
export async function sendCode(
  caller: Caller,
  { phone, api_id, api_hash }: { readonly phone: string; readonly api_id: number; readonly api_hash: string },
): Promise<SentCode> {
  // No flag is set: a program without a SIM card cannot handle a call, an SMS or a push message.
  const params = { phone_number: phone, api_id, api_hash, settings: { _: 'codeSettings' as const } };
  for (let restarts = 0; ; restarts++) {
    const answer = await rpcResult(caller.call(current, 'auth.sendCode', params, { startsAnew: true }));
    if (!(answer instanceof RpcError)) return sentCode(answer);
    if (!/^AUTH_RESTART(_X)?$/.test(answer.type) || restarts === RESTARTS) throw answer;
  }
}

/** Cancels a code. Throws `RpcError`. */
export function cancelCode(caller: Caller, { phone, phone_code_hash }: IssuedCode): Promise<boolean> {
  return caller.call(current, 'auth.cancelCode', { phone_number: phone, phone_code_hash });
}

/** Requests the code again by the next delivery method. A new hash replaces the old one. Throws `RpcError`. */
export async function resendCode(caller: Caller, { phone, phone_code_hash }: IssuedCode): Promise<SentCode> {
  return sentCode(await caller.call(current, 'auth.resendCode', { phone_number: phone, phone_code_hash }));
}

/** Checks and converts an auth.SentCode. Throws `NetworkError` for invalid values. */
export function sentCode(answer: Answers<Schema>['auth.sendCode']): SentCode {
  switch (answer._) {
    case 'auth.sentCode': {
      const { phone_code_hash, next_type, timeout } = answer;
      if (!isHash(phone_code_hash)) malformed('the phone_code_hash is not a word');
      return {
        kind: 'sent',
        ...delivery(answer.type),
        phone_code_hash,
        ...(next_type && { next_type: NEXT_TYPES[next_type._] }),
        ...(timeout !== undefined && { timeout: inRange(timeout, 0, LONGEST, 'the timeout') }),
      };
    }
    case 'auth.sentCodePaymentRequired': {
      const { _, ...payment } = answer;
      return { kind: 'paymentRequired', ...payment };
    }
    case 'auth.sentCodeSuccess':
      return { kind: 'signedIn', user: userIn(answer.authorization) };
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
      return { type: 'app', length: codeLength(type.length) };
    case 'auth.sentCodeTypeSms':
      return { type: 'sms', length: codeLength(type.length) };
    case 'auth.sentCodeTypeCall':
      return { type: 'call', length: codeLength(type.length) };
    case 'auth.sentCodeTypeFlashCall':
      return { type: 'flashCall', pattern: type.pattern };
    case 'auth.sentCodeTypeMissedCall':
      return { type: 'missedCall', prefix: type.prefix, length: codeLength(type.length) };
    case 'auth.sentCodeTypeEmailCode':
      return { type: 'emailCode', email_pattern: type.email_pattern, length: codeLength(type.length) };
    case 'auth.sentCodeTypeSetUpEmailRequired':
      return { type: 'setUpEmailRequired' };
    case 'auth.sentCodeTypeFragmentSms':
      return { type: 'fragmentSms', url: type.url, length: codeLength(type.length) };
    case 'auth.sentCodeTypeFirebaseSms':
      return { type: 'firebaseSms', length: codeLength(type.length) };
    case 'auth.sentCodeTypeSmsWord':
      return { type: 'smsWord', beginning: type.beginning };
    case 'auth.sentCodeTypeSmsPhrase':
      return { type: 'smsPhrase', beginning: type.beginning };
  }
}

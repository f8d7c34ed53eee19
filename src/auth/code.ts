/**
 * Asking for a code (https://core.telegram.org/api/auth).
 *
 * auth.sendCode starts a login: the server chooses how the code travels and names the way it would try next. auth.resendCode goes on to that
 * way, and auth.cancelCode ends it.
 */
import { RpcError } from '../errors.ts';
import { type Caller, current } from '../tl/layer.ts';
import type { currentText } from '../tl/schema/current.ts';
import type { Answers, Constructors, Types } from '../tl/types.ts';
import { isHash } from './hash.ts';
import { codeLength, malformed, within } from './range.ts';
import { settle } from './rpc-result.ts';
import { type User, userIn } from './user.ts';

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
  /** No code is needed: the server knows this client from an earlier login. */
  | { readonly kind: 'signedIn'; readonly user: User };

/** One code that was asked for. */
export interface IssuedCode {
  /** Digits alone. */
  readonly phone: string;
  readonly phone_code_hash: string;
}

/** Seconds until the next delivery method opens, eleven days: more than any timer has to run. */
const LONGEST = 1_000_000;

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

/** Voids a code. Throws `RpcError`. */
export function cancelCode(caller: Caller, { phone, phone_code_hash }: IssuedCode): Promise<boolean> {
  return caller.call(current, 'auth.cancelCode', { phone_number: phone, phone_code_hash });
}

/** Asks for the code again, in the way that was named as the next. Its hash may be a new one, which replaces the old. Throws `RpcError`. */
export async function resendCode(caller: Caller, { phone, phone_code_hash }: IssuedCode): Promise<SentCode> {
  return sentCode(await caller.call(current, 'auth.resendCode', { phone_number: phone, phone_code_hash }));
}

/** What an auth.SentCode says. */
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
        ...(timeout !== undefined && { timeout: within(timeout, 0, LONGEST, 'the timeout') }),
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

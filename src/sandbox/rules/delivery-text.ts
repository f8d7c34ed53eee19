/** What reaches the owner of a number: the text of an SMS or a voice call, or the calling number. */
import type { Delivery } from '../world.ts';
import type { DeliveryMethod } from './numbers.ts';

export const WORD = 'sandbox';
export const PHRASE = 'the sea is calm today';
/** Flash calls and missed calls come from this number followed by the digits of the code. */
export const CALLER = '80055';

const LENGTH: Readonly<Partial<Record<DeliveryMethod, number>>> = { 'missed call': 4, email: 6, 'firebase sms': 6 };

/** The number of digits in a code sent by this method. */
export function lengthOf(method: DeliveryMethod): number {
  return LENGTH[method] ?? 5;
}

/** What the owner receives; `undefined` if this method delivers no code. */
export function delivery(phone: string, method: DeliveryMethod, digits: string): Delivery | undefined {
  const code = codeFor(method, digits);
  const text = TEXTS[method]?.(code);
  return text === undefined ? undefined : { phone, delivery: method, code, text };
}

/** The code that auth.signIn expects: digits, a word, or the whole number of a flash call. */
export function codeFor(method: DeliveryMethod, digits: string): string {
  if (method === 'sms word') return WORD;
  if (method === 'sms phrase') return PHRASE;
  const code = digits.slice(0, lengthOf(method));
  return method === 'flash call' ? CALLER + code : code;
}

const TEXTS: Readonly<Partial<Record<DeliveryMethod, (code: string) => string>>> = {
  app: (code) => `Message in the app: "Login code: ${code}."`,
  sms: (code) => `SMS: "Code ${code}"`,
  call: (code) => `Voice call: "Your code is ${spelt(code)}. Again: ${spelt(code)}."`,
  'flash call': (code) => `Flash call from +${code}`,
  'missed call': (code) => `Missed call from +${CALLER}${code}`,
  fragment: (code) => `Shown on fragment.com: ${code}`,
  email: (code) => `E-mail: "Your code is ${code}."`,
  'sms word': (code) => `SMS: "Your code word is ${code}"`,
  'sms phrase': (code) => `SMS: "Your code phrase is: ${code}"`,
  'firebase sms': (code) => `Firebase SMS: "Code ${code}"`,
};

/** `sandbox@example.com` → `s***@example.com`. */
export function hideEmail(address: string): string {
  return address.replace(/^(.)[^@]*/, '$1***');
}

function spelt(code: string): string {
  return [...code].join(' ');
}

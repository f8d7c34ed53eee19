/** What reaches the owner of a number: the robot's words, the SMS, the number that rings. In the sandbox it is said aloud instead. */
import type { Way } from './numbers.ts';

export interface Spoken {
  /** Digits alone. */
  readonly phone: string;
  readonly way: Way;
  /** One line for a person. */
  readonly text: string;
  /** What auth.signIn wants to hear. */
  readonly code: string;
}

export const WORD = 'sandbox';
export const PHRASE = 'the sea is calm today';
/** Flash calls and missed calls come from this number and the digits of the code. */
export const CALLER = '80055';

const LENGTH: Readonly<Partial<Record<Way, number>>> = { 'missed call': 4, email: 6, 'firebase sms': 6 };

/** How many digits a code has when it travels this way. */
export function lengthOf(way: Way): number {
  return LENGTH[way] ?? 5;
}

/** What arrives when a code goes this way; nothing if the way is none. */
export function spoken(phone: string, way: Way, digits: string): Spoken | undefined {
  const code = codeFor(way, digits);
  const text = WORDS[way]?.(code);
  return text === undefined ? undefined : { phone, way, code, text };
}

/** The code as auth.signIn wants it: digits, a word, or for a flash call the whole number that rang. */
export function codeFor(way: Way, digits: string): string {
  if (way === 'sms word') return WORD;
  if (way === 'sms phrase') return PHRASE;
  const cut = digits.slice(0, lengthOf(way));
  return way === 'flash call' ? CALLER + cut : cut;
}

const WORDS: Readonly<Partial<Record<Way, (code: string) => string>>> = {
  app: (code) => `A message in the app: "Login code: ${code}."`,
  sms: (code) => `An SMS: "Code ${code}"`,
  call: (code) => `The phone rings, and a robot says: "Your code is ${spelt(code)}. Once more: ${spelt(code)}."`,
  'flash call': (code) => `The phone rings once: +${code}.`,
  'missed call': (code) => `A missed call from +${CALLER}${code}.`,
  fragment: (code) => `fragment.com shows: ${code}`,
  email: (code) => `An e-mail: "Your code is ${code}."`,
  'sms word': (code) => `An SMS: "Your code word is ${code}"`,
  'sms phrase': (code) => `An SMS: "Your code phrase is: ${code}"`,
  'firebase sms': (code) => `An SMS by way of Firebase: "Code ${code}"`,
};

/** `sandbox@example.com` → `s***@example.com`. */
export function hideEmail(address: string): string {
  return address.replace(/^(.)[^@]*/, '$1***');
}

function spelt(code: string): string {
  return [...code].join(' ');
}

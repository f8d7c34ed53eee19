/**
 * Tells the user where a code went.
 *
 * Promises only what the server's answer says. Since 2023 Telegram sends most codes of third-party applications to its
 * own apps, so a call or an SMS is mentioned only if the answer names it.
 */
import { printable } from '../printable.ts';
import type { CodeSent, Delivery, NextType } from './code.ts';
import { DIES_IN_CHATS } from './login-code.ts';
import { showPhone } from './phone.ts';

/** Lines to show: where the code went, then what can be asked for next, when, and with which command. */
export function describeDelivery(sent: CodeSent, phone: string): string[] {
  return [...describeWay(sent, phone), ...describeNext(sent, showPhone(phone))];
}

/** A warning before asking for a call that Telegram did not announce as the next delivery method. */
export function callOutlook(next_type: string | undefined): string | undefined {
  if (next_type === 'call') return undefined;
  const offer = next_type === undefined ? 'no other delivery method' : 'a different delivery method next';
  return `A call is unlikely: Telegram offers ${offer}. Asking anyway. To sign in without a code:  tg-auth login --qr`;
}

/** Lines to show: where the code went. */
export function describeWay(sent: Delivery, phone: string): string[] {
  const number = showPhone(phone);
  const code = 'length' in sent ? `the code (${sent.length} characters)` : 'the code';
  switch (sent.type) {
    case 'app':
      return [`Telegram sent ${code} to your signed-in Telegram apps.`, DIES_IN_CHATS];
    case 'sms':
      return [`Telegram sent ${code} to ${number} by SMS.`];
    case 'call':
      return [`Telegram is calling ${number}. A voice will read out the code (${sent.length} digits).`];
    case 'flashCall':
      return [
        `Telegram is calling ${number}. Do not answer: the caller's number is the code. It looks like ${printable(sent.pattern)}.`,
      ];
    case 'missedCall':
      return [
        `Telegram is calling ${number}. Do not answer: the caller's number begins with ${printable(sent.prefix)}, and its last ${sent.length} digits are the code.`,
      ];
    case 'emailCode':
      return [`Telegram sent ${code} by e-mail to ${printable(sent.email_pattern)}.`];
    case 'setUpEmailRequired':
      return [
        "No code was sent: this account needs a login e-mail address first. Telegram's own apps ask for it when you sign in.",
      ];
    case 'fragmentSms':
      return [`This number was bought on Fragment. See ${code} at ${printable(sent.url)}.`];
    case 'firebaseSms':
      return ['Telegram offers an SMS that only its own apps can request (through Firebase). Do not wait for it.'];
    case 'smsWord':
    case 'smsPhrase': {
      const what = sent.type === 'smsWord' ? 'a word' : 'a phrase';
      const start = sent.beginning === undefined ? '' : ` that begins with "${printable(sent.beginning)}"`;
      return [`Telegram sent an SMS to ${number}. The code is ${what}${start}.`];
    }
  }
}

function describeNext({ type, next_type, timeout = 0 }: CodeSent, number: string): string[] {
  if (type === 'setUpEmailRequired') return [];
  if (next_type === undefined)
    return ['Telegram offers no other delivery method for this code. A call or an SMS is unlikely.'];
  const when = timeout > 0 ? ` in ${timeout} seconds` : '';
  const command = next_type === 'call' ? 'send-call' : 'resend-code';
  return [`No code? You can ask for ${NEXT[next_type]}${when}:  tg-auth ${command} ${number}`];
}

/** The next delivery method in words. */
export const NEXT: Readonly<Record<NextType, string>> = {
  sms: 'an SMS',
  call: 'a voice call',
  flashCall: 'a call from a number that is the code',
  missedCall: 'a missed call from a number that ends in the code',
  fragmentSms: 'a message on fragment.com',
};

/**
 * Where a code went, in words for the one who waits for it.
 *
 * Nothing is promised that the server did not say. Since 2023 it sends most codes of third-party applications inside Telegram and keeps SMS and
 * calls for its own, so "an SMS is on its way" is said only where the answer's type says it, and as what Telegram says.
 */
import { printable } from '../printable.ts';
import type { CodeSent, Delivery, NextType } from './code.ts';
import { DIES_IN_CHATS } from './login-code.ts';
import { showPhone } from './phone.ts';

/** Sentences, one a line: where the code went, what comes next and when, with the command that asks for it. */
export function describeDelivery(sent: CodeSent, phone: string): string[] {
  return [...wayOf(sent, showPhone(phone)), ...nextOf(sent, showPhone(phone))];
}

/** What a person should know before asking for a call, by what was announced as next; undefined if that is a call. */
export function callOutlook(next_type: string | undefined): string | undefined {
  if (next_type === 'call') return undefined;
  const announced = next_type === undefined ? 'no other way' : 'another way than a call';
  return `Telegram announced ${announced} for this code, so a call is unlikely. It is asked for all the same. To sign in without a code:  tg-auth login --qr`;
}

/** Only where the code went. */
export function describeWay(sent: Delivery, phone: string): string[] {
  return wayOf(sent, showPhone(phone));
}

function wayOf(sent: Delivery, number: string): string[] {
  switch (sent.type) {
    case 'app':
      return [
        `Telegram says that the code (${sent.length} characters) is in a message from Telegram, in the apps that are signed in with this number.`,
        DIES_IN_CHATS,
      ];
    case 'sms':
      return [`Telegram says that it sent the code (${sent.length} characters) to ${number} by SMS.`];
    case 'call':
      return [`Telegram says that it is calling ${number}: a voice reads out the code (${sent.length} digits).`];
    case 'flashCall':
      return [
        `Telegram says that it is calling ${number}. Do not answer: the number that calls is the code. It looks like ${printable(sent.pattern)}.`,
      ];
    case 'missedCall':
      return [
        `Telegram says that it is calling ${number}. Do not answer: the number that calls begins with ${printable(sent.prefix)}, and its last ${sent.length} digits are the code.`,
      ];
    case 'emailCode':
      return [
        `Telegram says that it sent the code (${sent.length} characters) by e-mail to ${printable(sent.email_pattern)}.`,
      ];
    case 'setUpEmailRequired':
      return [
        'No code was sent: Telegram wants an e-mail address for the logins of this account first. Its own apps ask for one when you sign in there.',
      ];
    case 'fragmentSms':
      return [
        `The number is one of Fragment's: the code (${sent.length} characters) is shown at ${printable(sent.url)}.`,
      ];
    case 'firebaseSms':
      return [
        'Telegram offers the code by an SMS that only its own apps can set off (through Firebase). Do not wait for it.',
      ];
    case 'smsWord':
    case 'smsPhrase': {
      const what = sent.type === 'smsWord' ? 'a word' : 'a phrase';
      const start = sent.beginning === undefined ? '' : ` that begins with "${printable(sent.beginning)}"`;
      return [`Telegram says that it sent an SMS to ${number}: the code is ${what}${start}.`];
    }
  }
}

function nextOf({ type, next_type, timeout = 0 }: CodeSent, number: string): string[] {
  if (type === 'setUpEmailRequired') return [];
  if (next_type === undefined)
    return ['Telegram announces no other way for this code: neither a call nor an SMS is likely to follow.'];
  const when = timeout > 0 ? `, in ${timeout} seconds` : '';
  const command = next_type === 'call' ? 'send-call' : 'resend-code';
  return [`If it does not come, ${NEXT[next_type]} is next${when}:  tg-auth ${command} ${number}`];
}

/** In words: an SMS, a voice call… */
export const NEXT: Readonly<Record<NextType, string>> = {
  sms: 'an SMS',
  call: 'a voice call',
  flashCall: 'a call whose number is the code',
  missedCall: 'a missed call, whose number ends in the code,',
  fragmentSms: 'a message on fragment.com',
};

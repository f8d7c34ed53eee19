/**
 * Describes where a code was sent, for the person who waits for it.
 *
 * Since 2023 Telegram sends most codes of third-party applications inside Telegram, and uses SMS and calls mainly for
 * its own apps. So these texts promise nothing that the server did not say.
 */
import { lineOfStep, type NextStep } from '../catalogue.ts';
import { counted, printable } from '../printable.ts';
import type { CodeSent, Delivery, NextType } from './code.ts';
import { DIES_IN_CHATS } from './login-code.ts';
import { showPhone } from './phone.ts';

/** Returns sentences, one a line: where the code was sent, and the next delivery method with its command. */
export function describeDelivery(sent: CodeSent, phone: string): string[] {
  return [
    ...describeSent(sent, phone),
    ...describeNext(sent, phone).map((each) => (typeof each === 'string' ? each : lineOfStep(each))),
  ];
}

/** A warning before requesting a call, if another delivery method than a call is next; else `undefined`. */
export function callOutlook(next_type: string | undefined): string | undefined {
  if (next_type === 'call') return undefined;
  const announced = next_type === undefined ? 'no other delivery method' : 'a delivery method other than a call';
  return `Telegram announced ${announced} for this code, so a call is unlikely. The request is still sent.`;
}

/** Returns sentences, one a line: only where the code was sent. */
export function describeSent(sent: Delivery, phone: string): string[] {
  const number = showPhone(phone);
  switch (sent.type) {
    case 'app':
      return [
        `Telegram sent the code (${counted(sent.length, 'digit')}) to your signed-in Telegram apps.`,
        DIES_IN_CHATS,
      ];
    case 'sms':
      return [`Telegram sent the code (${counted(sent.length, 'digit')}) to ${number} by SMS.`];
    case 'call':
      return [`Telegram is calling ${number}. A voice will read out the code (${counted(sent.length, 'digit')}).`];
    case 'flashCall':
      return [
        `Telegram is calling ${number}. Do not answer: the calling number is the code. It looks like ${printable(sent.pattern)}.`,
      ];
    case 'missedCall':
      return [
        `Telegram is calling ${number}. Do not answer: the calling number begins with ${printable(sent.prefix)}, and the code is its last ${counted(sent.length, 'digit')}.`,
      ];
    case 'emailCode':
      return [
        `Telegram sent the code (${counted(sent.length, 'character')}) to the e-mail address ${printable(sent.email_pattern)}.`,
      ];
    case 'setUpEmailRequired':
      return [
        'Telegram sent no code: this account needs a login e-mail address first. Sign in with a Telegram app to set one.',
      ];
    case 'fragmentSms':
      return [
        `This number is from Fragment. The code (${counted(sent.length, 'digit')}) is shown at ${printable(sent.url)}.`,
      ];
    case 'firebaseSms':
      return ["Telegram offers the code by an SMS that only Telegram's own apps can request. Do not wait for it."];
    case 'smsWord':
    case 'smsPhrase': {
      const what = sent.type === 'smsWord' ? 'a word' : 'a phrase';
      const start = sent.beginning === undefined ? '' : ` that begins with "${printable(sent.beginning)}"`;
      return [`Telegram sent an SMS to ${number}. The code is ${what}${start}.`];
    }
  }
}

/** Returns the next delivery method as a step, or that there is none. */
export function describeNext({ type, next_type, timeout = 0 }: CodeSent, phone: string): (string | NextStep)[] {
  if (type === 'setUpEmailRequired') return [];
  if (next_type === undefined) return ['No other delivery method is available for this code.'];
  const when = timeout > 0 ? ` in ${counted(timeout, 'second')}` : '';
  const command = next_type === 'call' ? 'send-call' : 'resend-code';
  return [{ say: `No code? You can ask for ${NEXT[next_type]}${when}`, run: `tg-auth ${command} ${showPhone(phone)}` }];
}

/** The next delivery methods in words. */
export const NEXT: Readonly<Record<NextType, string>> = {
  sms: 'an SMS',
  call: 'a voice call',
  flashCall: 'a call from a number that is the code',
  missedCall: 'a missed call from a number that ends in the code',
  fragmentSms: 'a message on fragment.com',
};

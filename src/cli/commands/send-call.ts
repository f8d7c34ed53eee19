/** `send-call`: asks for a voice call that reads out a code, and prints whether it comes. */
import type { Command } from '../command.ts';
import { PHONE } from '../pending-code.ts';
import { optionsOf, run } from './request-delivery.ts';

export const sendCall: Command = {
  name: 'send-call',
  summary: 'Ask for a voice call that reads the code out, and print true or false',
  args: [PHONE],
  options: optionsOf('sendCall'),
  examples: [
    'tg-auth send-call +79991234567',
    'tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --sandbox',
    'tg-auth send-call +79991234567 --wait --json',
    'tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --dry-run',
  ],
  run: (ctx, input) =>
    run(ctx, input, {
      way: 'sendCall',
      method: 'auth.sendCall',
      busy: 'Asking for a call to',
      yes: (phone) => `Telegram says that it is calling ${phone}: a voice reads out the code.`,
      no: (phone) => `Telegram says no: it places no call to ${phone}.`,
      other: 'No call: the server chose another way for the code.',
    }),
};

/** `send-sms`: asks for the code by SMS, and prints whether it comes that way. */
import type { Command } from '../command.ts';
import { PHONE } from '../pending-code.ts';
import { optionsOf, run } from './request-delivery.ts';

export const sendSms: Command = {
  name: 'send-sms',
  summary: 'Ask for the code by SMS, and print true or false',
  args: [PHONE],
  options: optionsOf('sendSms'),
  examples: ['tg-auth send-sms +79991234567', 'tg-auth send-sms +79991234567 --wait --json'],
  run: (ctx, input) =>
    run(ctx, input, {
      way: 'sendSms',
      method: 'auth.sendSms',
      busy: 'Asking for an SMS to',
      yes: (phone) => `Telegram says that it sent the code to ${phone} by SMS.`,
      no: (phone) => `Telegram says no: it sends no SMS to ${phone}.`,
      other: 'No SMS: the server chose another way for the code.',
    }),
};

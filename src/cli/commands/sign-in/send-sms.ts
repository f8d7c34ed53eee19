/** `send-sms`: asks for the code by SMS. */
import { deliveryCommand } from './request-delivery.ts';

export const run = deliveryCommand({
  method: 'sendSms',
  asking: 'Asking for an SMS to',
  yes: (phone) => `Telegram sent the code to ${phone} by SMS.`,
  no: (phone) => `Telegram declined to send an SMS to ${phone}.`,
  other: 'No SMS: Telegram chose another delivery method.',
});

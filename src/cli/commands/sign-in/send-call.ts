/** `send-call`: asks for a voice call that reads out the code. */
import { deliveryCommand } from './request-delivery.ts';

export const run = deliveryCommand({
  method: 'sendCall',
  asking: 'Asking for a call to',
  yes: (phone) => `Telegram is calling ${phone}. A voice will read out the code.`,
  no: (phone) => `Telegram declined to call ${phone}.`,
  other: 'No call: Telegram chose another delivery method.',
});

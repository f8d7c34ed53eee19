/** A delivery on its way out: told on stderr, put into JSON, or refused as an error where no code is under way. */
import type { CodeSent, SentCode } from '../../auth/code.ts';
import { describeDelivery } from '../../auth/delivery.ts';
import { DeliveryError } from '../../errors.ts';
import type { Json, Output } from './output.ts';

export function tellDelivery(out: Output, sent: CodeSent, phone: string): void {
  const [first = '', ...rest] = describeDelivery(sent, phone);
  out.success(first);
  for (const line of rest) out.hint(line);
}

/** The names are in the style of the other keys. */
export function deliveryJson(sent: CodeSent): { readonly [key: string]: Json } {
  const { type, next_type, timeout } = sent;
  return { type, length: 'length' in sent ? sent.length : null, nextType: next_type ?? null, timeout: timeout ?? null };
}

/** Throws `DeliveryError` for an answer by which no code is under way. */
export function requireSent(sent: SentCode): CodeSent {
  if (sent.kind === 'paymentRequired') throw new DeliveryError('PAYMENT_REQUIRED');
  if (sent.kind === 'signedIn') throw new DeliveryError('NO_CODE_NEEDED');
  if (sent.type === 'setUpEmailRequired') throw new DeliveryError('EMAIL_SETUP_REQUIRED');
  return sent;
}

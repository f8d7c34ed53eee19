/**
 * Bad numbers in the challenge of a password check (https://core.telegram.org/api/srp). They are patched into the
 * plaintext of account.password, in which g, p and srp_B follow each other in every layer:
 *
 *     g (4)  fe 00 01 00  p (256)  fe 00 01 00  srp_B (256)
 */
import { fromHex, fromLe32, toHex } from '../../bytes.ts';
import { KNOWN_PRIME } from '../../crypto/dh.ts';
import { type FaultArgument, type FaultKind, oneOf, onPayload } from './fault.ts';
import { resealed } from './sealed.ts';
import { badPrime } from './weak-dh.ts';

const HEADER = 4;
const SIZE = 256;
const ZERO = '00'.repeat(SIZE);

export const SRP_FAULTS: Readonly<Record<string, FaultKind>> = {
  'srp-prime': inChallenge('sends a bad p', oneOf('composite', 'unsafe'), 0, badPrime),
  'srp-g': inChallenge('sends this g', { name: 'G', default: '2', pattern: /^\d{1,9}$/ }, -HEADER - 4, (text) =>
    fromLe32(Number(text)),
  ),
  'srp-b': inChallenge('sends a bad srp_B', oneOf('zero', 'prime'), SIZE + HEADER, (name) =>
    name === 'zero' ? fromHex(ZERO) : KNOWN_PRIME,
  ),
};

/** `offset`: where the number is, counted from p. */
function inChallenge(
  does: string,
  argument: FaultArgument,
  offset: number,
  numberFor: (argument: string) => Uint8Array,
): FaultKind {
  const kind = onPayload(
    `${does} in account.password`,
    (payload, next, context) => {
      const patch = (text: Uint8Array) => {
        const at = toHex(text).indexOf(toHex(KNOWN_PRIME)) / 2;
        const out = text.slice();
        if (at > 0) out.set(numberFor(context.argument), at + offset);
        return out;
      };
      next.send(resealed(payload, context, patch));
    },
    argument,
  );
  return { ...kind, moment: 'account.getPassword' };
}

/** The passphrase of a sealed session: TG_AUTH_PASSPHRASE, else a prompt with three tries. */
import { StoreError, UsageError } from '../../errors.ts';
import type { Asker } from './asker.ts';
import type { Question } from './question.ts';

const TRIES = 3;

export const PASSPHRASE: Question = {
  message: 'Session passphrase',
  flag: 'it in TG_AUTH_PASSPHRASE',
  secret: true,
  check(text) {
    if (text === '') throw new UsageError('The passphrase must not be empty.');
  },
};

/** Returns the passphrase for try number `tries`. Throws `StoreError` when no try is left. */
export async function passphraseOf(asker: Asker, tries: number, path: string): Promise<string> {
  const known = asker.variable('TG_AUTH_PASSPHRASE', PASSPHRASE);
  const wrong = new StoreError('STORE_PASSPHRASE_WRONG', { path });
  if (known !== undefined) {
    if (tries > 1) throw wrong;
    return known;
  }
  if (!asker.canAsk) throw new StoreError('STORE_SEALED', { path });
  if (tries > TRIES) throw wrong;
  if (tries > 1) asker.out.warn('Wrong passphrase.');
  return asker.ask(PASSPHRASE);
}

/** The passphrase of a sealed session: TG_AUTH_PASSPHRASE, else a person, who may try three times. */
import { StoreError, UsageError } from '../../errors.ts';
import type { Context } from '../context.ts';
import type { Question } from './question.ts';

const TRIES = 3;

export const PASSPHRASE: Question = {
  message: 'Passphrase of the session',
  flag: 'it in TG_AUTH_PASSPHRASE',
  secret: true,
  check(text) {
    if (text === '') throw new UsageError('A passphrase is not empty.');
  },
};

/** `tries`: which one this is. Throws `StoreError` when there is nothing left to try. */
export async function passphraseOf(ctx: Context, tries: number, path: string): Promise<string> {
  const { TG_AUTH_PASSPHRASE: known } = ctx.outside.env;
  const wrong = new StoreError('STORE_PASSPHRASE_WRONG', { path });
  if (known !== undefined && known !== '') {
    if (tries > 1) throw wrong;
    return known;
  }
  if (!ctx.canAsk) throw new StoreError('STORE_SEALED', { path });
  if (tries > TRIES) throw wrong;
  if (tries > 1) ctx.out.warn('That is not it.');
  return ctx.ask(PASSPHRASE);
}

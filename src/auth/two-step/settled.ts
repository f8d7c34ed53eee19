/** A change whose answer may be lost on the way. */
import { InterruptedError, NetworkError, RpcError, TlError } from '../../errors.ts';
import type { Caller } from '../../tl/layer.ts';
import { type PasswordQuestion, passwordQuestion } from '../password.ts';

/** Returns the answer that was lost, or `undefined` if the change was not made. */
type IsDone<T> = (now: PasswordQuestion) => T | undefined | Promise<T | undefined>;

/** Refusals that also come if the client repeats a change after a server error, and the change was made at first. */
const AFTER_A_CHANGE: ReadonlySet<string> = new Set([
  ...['SRP_ID_INVALID', 'SRP_PASSWORD_CHANGED', 'PASSWORD_HASH_INVALID'],
  ...['EMAIL_HASH_EXPIRED', 'RESET_REQUEST_MISSING', 'PASSWORD_EMPTY'],
]);
/** Failures of a call that was not sent. */
const NOT_SENT: ReadonlySet<string> = new Set(['KEY_IMPORTED', 'KEY_UNKNOWN']);

/**
 * Sends a change. If it may have been made although the answer does not say so, asks what the account has now. Throws
 * `NetworkError`: CHANGE_NOT_MADE, or CHANGE_UNKNOWN if the server cannot be asked.
 */
export async function settled<T>(caller: Caller, send: () => Promise<T>, isDone: IsDone<T>): Promise<T> {
  try {
    return await send();
  } catch (cause) {
    if (!mayBeMade(cause)) throw cause;
    const found = await lookAgain(caller, cause, isDone);
    if (found !== undefined) return found;
    if (cause instanceof RpcError) throw cause;
    throw new NetworkError('CHANGE_NOT_MADE', { reason: reasonOf(cause) }, { cause });
  }
}

function mayBeMade(error: unknown): boolean {
  if (error instanceof RpcError) return error.code >= 500 || error.code < 0 || AFTER_A_CHANGE.has(error.type);
  return error instanceof TlError || (error instanceof NetworkError && !NOT_SENT.has(error.type));
}

async function lookAgain<T>(caller: Caller, cause: unknown, isDone: IsDone<T>): Promise<T | undefined> {
  try {
    return await isDone(await passwordQuestion(caller));
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    throw new NetworkError('CHANGE_UNKNOWN', { reason: reasonOf(cause) }, { cause });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}

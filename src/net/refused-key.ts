/**
 * What -404 in answer to a permanent key means. Anyone on the way can send a transport error, so the server is asked under encryption: a
 * temporary key is made with its RSA key, and auth.bindTempAuthKey tells whether it knows the permanent one
 * (https://core.telegram.org/api/pfs). A bind replaces an earlier one, so the caller holds the lock of the session.
 */
import { type NetworkError, SecurityError } from '../errors.ts';
import { throwIfAborted } from './abort.ts';
import { type EstablishOptions, establish, type Known } from './connect.ts';
import { isKeyUnknown, messageOf } from './routes/retry.ts';

/** Seconds that the temporary key lives. */
const LIFE = 300;

/** KEY_UNKNOWN if the server said so, a failed check if there was one, else `refusal` itself. Throws the signal's reason. */
export async function refusalOf(
  refusal: NetworkError,
  options: EstablishOptions,
  known: Known,
): Promise<NetworkError | SecurityError> {
  options.trace('asking under a temporary key whether the server knows the key of this session');
  try {
    const { pipe } = await establish({ ...options, pfs: LIFE }, { ...known, temporary: undefined });
    pipe.close();
    return refusal;
  } catch (error) {
    throwIfAborted(options.signal);
    options.trace(`the answer: ${messageOf(error)}`);
    return isKeyUnknown(error) || error instanceof SecurityError ? error : refusal;
  }
}

/**
 * What transport error -404 in answer to the permanent key means. Anyone on the network can send it, so the server is
 * asked under encryption: auth.bindTempAuthKey, under a temporary key, shows whether it knows the permanent one
 * (https://core.telegram.org/api/pfs). A bind replaces an earlier one, so the caller must hold the session's lock.
 */
import { type NetworkError, SecurityError } from '../errors.ts';
import { throwIfAborted } from './abort.ts';
import { connectToDc, type DcConnectOptions, type Known } from './connect.ts';
import { isKeyUnknown, messageOf } from './routes/retry.ts';

/** Seconds that the temporary key lives. */
const EXPIRES_IN = 300;

/** Returns KEY_UNKNOWN if the server confirms it, a failed check if there was one, else `refusal`. */
export async function refusalOf(
  refusal: NetworkError,
  options: DcConnectOptions,
  known: Known,
): Promise<NetworkError | SecurityError> {
  options.trace('asking under a temporary key whether the server knows the key of this session');
  try {
    const { stream } = await connectToDc({ ...options, pfs: EXPIRES_IN }, { ...known, temporary: undefined });
    stream.close();
    return refusal;
  } catch (error) {
    throwIfAborted(options.signal);
    options.trace(`the answer: ${messageOf(error)}`);
    return isKeyUnknown(error) || error instanceof SecurityError ? error : refusal;
  }
}

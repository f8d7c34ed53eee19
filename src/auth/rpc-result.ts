/** Returns the result of a call or the server's `RpcError`. Throws other errors. */
import { RpcError } from '../errors.ts';

export async function settle<T>(call: Promise<T>): Promise<T | RpcError> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
}

/** A call's answer either way: what the server sent, or its refusal. Other errors are no answer, and are thrown. */
import { RpcError } from '../errors.ts';

export async function settle<T>(call: Promise<T>): Promise<T | RpcError> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
}

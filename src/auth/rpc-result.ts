/** The result of a call, as in rpc_result: its answer or an `RpcError`. Other errors are thrown. */
import { RpcError } from '../errors.ts';

export async function rpcResult<T>(call: Promise<T>): Promise<T | RpcError> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
}

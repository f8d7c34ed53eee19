/** Reads stdin as a value. */
import type { Readable } from 'node:stream';
import { concat } from '../../bytes.ts';
import { StoreError, UsageError } from '../../errors.ts';
import { decodeText } from '../../session/file.ts';
import { codeOf, reasonOf } from '../../session/system.ts';

/** In bytes, far more than any value needs. */
const MAX_BYTES = 1 << 20;

/**
 * All of stdin as text, without the last newline. Throws `UsageError` above 1 MiB, `StoreError`
 * if it cannot be read, and the signal's reason on an abort.
 */
export async function readAll(stdin: Readable, signal: AbortSignal): Promise<string> {
  const parts: Uint8Array[] = [];
  let left = MAX_BYTES;
  signal.addEventListener('abort', () => stdin.destroy(signal.reason), { once: true });
  try {
    for await (const part of stdin) {
      left -= part.length;
      if (left < 0) throw new UsageError('stdin is larger than 1 MiB.');
      parts.push(part);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (codeOf(error) === undefined) throw error;
    throw new StoreError('STREAM_UNREADABLE', { stream: 'stdin', reason: reasonOf(error) }, { cause: error });
  }
  return decodeStdin(concat(...parts)).replace(/\r?\n$/, '');
}

function decodeStdin(bytes: Uint8Array): string {
  try {
    return decodeText(bytes, 'stdin');
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    throw new StoreError('STREAM_UNREADABLE', { stream: 'stdin', reason: String(cause.values.reason) }, { cause });
  }
}

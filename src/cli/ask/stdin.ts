/** stdin as a value. */
import type { Readable } from 'node:stream';
import { concat } from '../../bytes.ts';
import { UsageError } from '../../errors.ts';

/** In bytes. No value that a command takes is near it. */
const MOST_READ = 1 << 20;

/** All of stdin as text, without the newline at its end. Throws `UsageError` if it has more than 1 MiB, and the signal's reason on an abort. */
export async function readAll(stdin: Readable, signal: AbortSignal): Promise<string> {
  const parts: Uint8Array[] = [];
  let left = MOST_READ;
  signal.addEventListener('abort', () => stdin.destroy(signal.reason), { once: true });
  try {
    for await (const part of stdin) {
      left -= part.length;
      if (left < 0) throw new UsageError('stdin is larger than 1 MiB.');
      parts.push(part);
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
  return new TextDecoder().decode(concat(...parts)).replace(/\r?\n$/, '');
}

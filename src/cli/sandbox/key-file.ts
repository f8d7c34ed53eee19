/** The file of `sandbox --key-file`: the public key as PEM. */
import { closeSync, constants, openSync, statSync, writeFileSync } from 'node:fs';
import { StoreError, TgAuthError, UsageError } from '../../errors.ts';
import { reasonOf } from '../../session/system.ts';
import { headOf } from '../ask/secret-file.ts';

const PUBLIC_KEY = /^-----BEGIN (?:RSA )?PUBLIC KEY-----/;

/** Does not wait for a reader of a pipe. */
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NONBLOCK ?? 0);

/** Throws `StoreError` if it cannot be written, `UsageError` if it holds anything but a public key. */
export function writeKeyFile(file: string, pem: string): void {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() === true && stats.size > 0 && !PUBLIC_KEY.test(headOf(file)))
      throw new UsageError(`${file} exists and is not a public key.`, { why: ['Choose another name for --key-file.'] });
    const opened = openSync(file, WRITE, 0o644);
    try {
      writeFileSync(opened, pem);
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    if (cause instanceof TgAuthError) throw cause;
    const reason =
      cause instanceof Error && 'code' in cause && cause.code === 'ENXIO' ? 'no process reads it' : reasonOf(cause);
    throw new StoreError('FILE_UNWRITABLE', { file, reason }, { cause });
  }
}

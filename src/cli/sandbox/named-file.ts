/** Files that an option names: the public key of `sandbox --key-file`, the report of `sandbox audit --junit`. */
import { closeSync, constants, openSync, statSync, writeFileSync } from 'node:fs';
import { StoreError, TgAuthError, UsageError } from '../../errors.ts';
import { writeReasonOf } from '../../session/system.ts';
import { headOf } from '../ask/secret-file.ts';

interface Kind {
  readonly option: string;
  /** What an existing file must be to be overwritten. */
  readonly what: string;
  readonly start: RegExp;
}

const PUBLIC_KEY: Kind = {
  option: '--key-file',
  what: 'a public key',
  start: /^-----BEGIN (?:RSA )?PUBLIC KEY-----/,
};

const JUNIT: Kind = { option: '--junit', what: 'an XML file', start: /^<\?xml/ };

/** Does not wait for a reader of a pipe. */
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NONBLOCK ?? 0);

export function writeKeyFile(file: string, pem: string): void {
  write(file, pem, PUBLIC_KEY);
}

export function writeReport(file: string, xml: string): void {
  write(file, xml, JUNIT);
}

/** Throws `StoreError` if it cannot be written, `UsageError` if it holds anything else. */
function write(file: string, text: string, { option, what, start }: Kind): void {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() === true && stats.size > 0 && !start.test(headOf(file)))
      throw new UsageError(`${file} exists and is not ${what}.`, { why: [`Choose another name for ${option}.`] });
    const opened = openSync(file, WRITE, 0o644);
    try {
      writeFileSync(opened, text);
    } finally {
      closeSync(opened);
    }
  } catch (cause) {
    if (cause instanceof TgAuthError) throw cause;
    throw new StoreError('FILE_UNWRITABLE', { file, reason: writeReasonOf(cause) }, { cause });
  }
}

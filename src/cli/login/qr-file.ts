/**
 * `login --qr-file`: the QR code as a picture, in a file that only its owner can read. Each code replaces the last one
 * atomically. The file is gone when the command ends, however it ends.
 */
import { lstatSync, rmSync, type Stats } from 'node:fs';
import type { Random } from '../../bytes.ts';
import { StoreError, UsageError } from '../../errors.ts';
import { createPrivate, replacePrivate } from '../../session/file.ts';
import { reasonOf } from '../../session/system.ts';
import { qrPicture } from '../tell/qr-picture.ts';
import { shellQuote } from '../tell/shell-quote.ts';

export class QrFile {
  readonly #path: string;
  readonly #random: Random;
  readonly #kind: 'svg' | 'png';
  /** Identifies the empty file that was there before, as mktemp makes one, or the last one that was written. */
  #known: string | undefined;
  #isWritten = false;

  /** The path ends in .png or .svg. Throws `UsageError` for a file that exists, which would be lost. */
  constructor(path: string, random: Random) {
    this.#path = path;
    this.#random = random;
    this.#kind = /png$/i.test(path) ? 'png' : 'svg';
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (!stat.isFile() || stat.size > 0)
      throw new UsageError(`${path} already exists.`, {
        why: ['The file of --qr-file is deleted at the end.'],
        ...(stat.isFile() && { next: { say: 'Delete it', run: `rm ${shellQuote(path)}` } }),
      });
    this.#known = identity(stat);
  }

  /** Returns whether the file is new or replaces the last one. Throws `StoreError`. */
  write(link: string): 'new' | 'replaced' {
    const data = qrPicture(link, this.#kind);
    const wasWritten = this.#isWritten;
    if (!wasWritten) process.once('exit', this.remove); // a second Ctrl-C ends the program at once
    this.#isWritten = true;
    try {
      if (this.#known === undefined) createPrivate(this.#path, data);
      else replacePrivate(this.#path, data, this.#random);
      this.#known = identity(lstatSync(this.#path));
    } catch (cause) {
      const reason = cause instanceof Error ? reasonOf(cause) : String(cause);
      throw new StoreError('FILE_UNWRITABLE', { file: this.#path, reason }, { cause });
    }
    return wasWritten ? 'replaced' : 'new';
  }

  /** Deletes the file, unless another has taken its place. */
  readonly remove = (): void => {
    process.off('exit', this.remove);
    const stat = lstatSync(this.#path, { throwIfNoEntry: false });
    if (this.#isWritten && stat !== undefined && identity(stat) === this.#known) rmSync(this.#path, { force: true });
  };
}

/** An inode alone may soon be that of another file. */
function identity({ ino, size, mtimeMs }: Stats): string {
  return [ino, size, mtimeMs].join(' ');
}

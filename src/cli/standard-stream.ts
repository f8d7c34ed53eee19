/**
 * stdout or stderr, without the streams of Node.js while they are not needed: to load them takes three milliseconds.
 *
 * A file takes text at once. So does a pipe that has space. On Linux it is opened again, without blocking: while a full
 * pipe blocked the program, it would see no signals. All else goes to the stream of Node.js: terminals, other systems,
 * and what could not be written, so that the stream waits for space or reports the error.
 */
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import type { Sink } from './tell/output.ts';

const FDS = { stdout: 1, stderr: 2 } as const;

interface Kind {
  readonly mayBeTerminal: boolean;
  /** The descriptor to write to; absent for what only a stream can write to. */
  readonly descriptor?: number;
}

function kindOf(fd: number): Kind {
  try {
    const stat = fstatSync(fd);
    if (stat.isFile()) return { mayBeTerminal: false, descriptor: fd };
    if (process.platform === 'win32' || stat.isCharacterDevice()) return { mayBeTerminal: true };
    if (!stat.isFIFO() || process.platform !== 'linux') return { mayBeTerminal: false };
    const descriptor = openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
    return { mayBeTerminal: false, descriptor };
  } catch {
    return { mayBeTerminal: true }; // the stream finds out why
  }
}

export type Streams = Readonly<Record<'stdout' | 'stderr', StandardStream>>;

export class StandardStream implements Sink {
  readonly #name: 'stdout' | 'stderr';
  readonly #onError: (error: NodeJS.ErrnoException) => void;
  readonly #mayBeTerminal: boolean;
  #descriptor: number | undefined;
  #stream: NodeJS.WriteStream | undefined;

  constructor(name: 'stdout' | 'stderr', onError: (error: NodeJS.ErrnoException) => void) {
    this.#name = name;
    this.#onError = onError;
    const { mayBeTerminal, descriptor } = kindOf(FDS[name]);
    this.#mayBeTerminal = mayBeTerminal;
    this.#descriptor = descriptor;
  }

  /** The stream of Node.js, which does all writing from now on. */
  get stream(): NodeJS.WriteStream {
    this.#descriptor = undefined;
    this.#stream ??= process[this.#name].on('error', this.#onError);
    return this.#stream;
  }

  get isTTY(): boolean {
    return this.#mayBeTerminal && this.stream.isTTY === true;
  }

  /** Width of a terminal. */
  get columns(): number | undefined {
    return this.#mayBeTerminal ? this.stream.columns : undefined;
  }

  write(text: string): void {
    const left = this.#writeNow(Buffer.from(text));
    if (left.length > 0) this.stream.write(left);
  }

  /** Returns what could not be written. */
  #writeNow(bytes: Uint8Array): Uint8Array {
    let written = 0;
    try {
      while (this.#descriptor !== undefined && written < bytes.length)
        written += writeSync(this.#descriptor, bytes, written);
    } catch {
      // The stream meets the same error, and reports it if waiting does not help.
    }
    return bytes.subarray(written);
  }

  async flushed(): Promise<boolean> {
    const stream = this.#stream;
    return stream === undefined || new Promise((resolve) => stream.write('', (error) => resolve(!error)));
  }
}

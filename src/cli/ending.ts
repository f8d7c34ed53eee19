/**
 * What ends a command from outside: a signal, a terminal that is closed, or a stream that cannot be written.
 *
 * A signal aborts the command, which cleans up; a second one ends the program at once. A reader that closes stdout
 * (`| head -0`) is not an error.
 */
import { closeSync, createReadStream, fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { EXIT } from '../catalogue.ts';
import { InterruptedError, StoreError } from '../errors.ts';
import { reasonOf } from '../session/system.ts';
import type { Outside } from './outside.ts';
import { StandardStream, type Streams } from './standard-stream.ts';

const SIGNALS = [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', EXIT.terminated],
  ['SIGHUP', EXIT.hungUp],
] as const;

/** Returns the exit code for the signal that interrupted the command, if one did. */
export function signalCode(error: unknown): number | undefined {
  const signal = error instanceof InterruptedError ? error.signal : undefined;
  return SIGNALS.find(([name]) => name === signal)?.[1];
}

/** Closes the streams of a closed terminal: Node.js aborts if it cannot restore the modes of one that is open. */
function closeStreams(): void {
  for (const fd of [0, 1, 2]) closeSync(fd);
}

export class Ending {
  readonly #controller = new AbortController();
  /** The exit code of the first signal. */
  #signalled: number | undefined;
  #failure: StoreError | undefined;
  #terminal: typeof process.stdin | undefined;
  #listener: ((signal: NodeJS.Signals) => void) | undefined;
  readonly streams: Streams = {
    stdout: new StandardStream('stdout', (error) => this.#onWriteError('stdout', error)),
    stderr: new StandardStream('stderr', (error) => this.#onWriteError('stderr', error)),
  };

  constructor() {
    for (const [signal, code] of SIGNALS)
      process.on(signal, () => {
        if (this.#listener !== undefined) this.#listener(signal);
        else if (this.#signalled === undefined) this.#interrupt(code, signal);
        else if (signal !== 'SIGHUP') process.exit(code); // a closed terminal may send several
      });
  }

  get isHungUp(): boolean {
    return this.#signalled === EXIT.hungUp;
  }

  get interrupted(): AbortSignal {
    return this.#controller.signal;
  }

  takeSignals(listener: (signal: NodeJS.Signals) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  /** Returns stdin, and finds out if it is a terminal that is closed. */
  openStdin(): Outside['stdin'] {
    // Node.js takes a folder for empty, without an error.
    if (process.platform !== 'win32' && fstatSync(0).isDirectory()) return createReadStream('', { fd: 0 });
    const { stdin } = process;
    if (this.#terminal === undefined && stdin.isTTY)
      this.#terminal = stdin.prependListener('error', this.#hangUp).prependListener('end', this.#onEnd);
    return stdin;
  }

  /** Returns the exit code of the program, after everything is written. `isJson`: its failure was not on stderr. */
  async codeOf(code: number, isJson: boolean): Promise<number> {
    const { stdout, stderr } = this.streams;
    for (const stream of [stdout, stderr]) await stream.flushed();
    if (this.#signalled !== undefined) return code === EXIT.interrupted ? this.#signalled : code;
    if (this.#failure === undefined) return code;
    if (code !== EXIT.store || isJson) stderr.write(`✖ ${this.#failure.message}\n`);
    return EXIT.store;
  }

  /** Ctrl-D ends stdin too, at a plain prompt; the terminal is then still there. */
  readonly #onEnd = () => {
    if (!isatty(0)) this.#hangUp();
  };

  readonly #hangUp = () => this.#interrupt(EXIT.hungUp, 'SIGHUP');

  #interrupt(code: number, signal: string): void {
    if (code === EXIT.hungUp && !this.isHungUp) {
      process.once('exit', closeStreams);
      // An open prompt would throw an error of the terminal that is gone.
      this.#terminal?.removeAllListeners('error').on('error', () => {});
    }
    this.#signalled ??= code;
    this.#controller.abort(new InterruptedError({ signal }));
  }

  #onWriteError(stream: 'stdout' | 'stderr', cause: NodeJS.ErrnoException): void {
    if (cause.code === 'EPIPE' || this.#signalled !== undefined) return;
    if (this.streams[stream].isTTY) this.#hangUp();
    else this.#failure ??= new StoreError('STREAM_UNWRITABLE', { stream, reason: reasonOf(cause) }, { cause });
    if (stream === 'stdout') this.#controller.abort(this.#failure); // the answer can go nowhere
  }
}

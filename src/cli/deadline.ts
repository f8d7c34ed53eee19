/**
 * The one deadline of a command. Its signal ends everything: with NetworkError('TIMEOUT') when the time is up, with the interrupt's own
 * reason on Ctrl-C. Time does not run while a person is being asked, nor during a wait that was asked for (--wait, --wait-flood).
 */
import { NetworkError } from '../errors.ts';

export class Deadline {
  readonly #seconds: number;
  readonly #controller = new AbortController();
  #left: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `seconds` 0: none. */
  constructor(seconds: number, interrupted: AbortSignal) {
    this.#seconds = seconds;
    this.#left = 1000 * seconds;
    const interrupt = () => this.#controller.abort(interrupted.reason);
    if (interrupted.aborted) interrupt();
    else interrupted.addEventListener('abort', interrupt, { once: true });
    this.resume();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  pause(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left -= 1000 * (process.uptime() - this.#since);
  }

  resume(): void {
    if (this.#seconds === 0 || this.#timer !== undefined) return;
    this.#since = process.uptime(); // `performance` takes a millisecond to load
    const timeout = () => this.#controller.abort(new NetworkError('TIMEOUT', { seconds: this.#seconds }));
    this.#timer = setTimeout(timeout, Math.max(0, this.#left));
  }

  /** A wait of this many seconds begins: the deadline moves by as much. */
  extend(seconds: number): void {
    this.pause();
    this.#left += 1000 * seconds;
    this.resume();
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * The one deadline of a command. Its signal ends everything: with NetworkError('TIMEOUT') when the time is up, with the interrupt's own
 * reason on Ctrl-C. Time does not run while a person is being asked. A wait that was asked for (--wait, --wait-flood) comes
 * on top of the default, and has to end within a deadline that somebody set.
 */
import { setMaxListeners } from 'node:events';
import { NetworkError } from '../../errors.ts';

/** Milliseconds; a timer of more would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export class Deadline {
  readonly #seconds: number;
  readonly #controller = new AbortController();
  #left: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  readonly #isSet: boolean;

  /** `seconds` 0: none. `isSet`: by the user, not by default. */
  constructor(seconds: number, interrupted: AbortSignal, { isSet = true } = {}) {
    setMaxListeners(0, this.#controller.signal); // the doctor tries dozens of addresses at once
    this.#seconds = seconds;
    this.#isSet = isSet;
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
    const step = Math.min(Math.max(0, this.#left), LONGEST_TIMER);
    this.#timer = setTimeout(() => {
      this.pause();
      if (step === LONGEST_TIMER) this.resume();
      else this.#controller.abort(new NetworkError('TIMEOUT', { seconds: this.#seconds }));
    }, step);
  }

  /** Whether a wait of this many seconds, about to begin, ends before the deadline. One that nobody set moves by as much. */
  allow(seconds: number): boolean {
    if (this.#seconds === 0) return true;
    this.pause();
    if (!this.#isSet) this.#left += 1000 * seconds;
    const isEnough = this.#left > 1000 * seconds;
    this.resume();
    return isEnough;
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/**
 * The deadline of a command. Its signal aborts everything: with NetworkError('TIMEOUT') when the time is up, with the
 * interrupt's reason on Ctrl-C. Time at a prompt does not count. A wait that the user asked for (--wait,
 * --wait-flood) extends the default deadline, and must fit into one that the user set.
 */
import { setMaxListeners } from 'node:events';
import { NetworkError } from '../../errors.ts';

/** A timer of more than this fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Deadline {
  readonly #seconds: number;
  readonly #isSet: boolean;
  readonly #controller = new AbortController();
  #leftMs: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `seconds` 0: no deadline. `isSet`: the user set it. */
  constructor(seconds: number, interrupted: AbortSignal, { isSet = true } = {}) {
    setMaxListeners(0, this.#controller.signal); // the doctor tries dozens of addresses at once
    this.#seconds = seconds;
    this.#isSet = isSet;
    this.#leftMs = 1000 * seconds;
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
    this.#leftMs -= 1000 * (process.uptime() - this.#since);
  }

  resume(): void {
    if (this.#seconds === 0 || this.#timer !== undefined) return;
    this.#since = process.uptime(); // `performance` takes a millisecond to load
    const stepMs = Math.min(Math.max(0, this.#leftMs), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => {
      this.pause();
      if (stepMs === LONGEST_TIMER_MS) this.resume();
      else this.#controller.abort(new NetworkError('TIMEOUT', { seconds: this.#seconds }));
    }, stepMs);
  }

  /** Whether a wait that starts now ends before the deadline. The default deadline moves by its length. */
  allow(seconds: number): boolean {
    if (this.#seconds === 0) return true;
    this.pause();
    if (!this.#isSet) this.#leftMs += 1000 * seconds;
    const isEnough = this.#leftMs > 1000 * seconds;
    this.resume();
    return isEnough;
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

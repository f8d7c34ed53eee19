/** Notices a connection that has gone quiet while something is waited for: pings it first, then gives it up. */

/** Milliseconds of silence before the ping, and after it. */
const PATIENT = { quiet: 10_000, dead: 5_000 };
const HURRIED = { quiet: 2_000, dead: 2_000 };

interface Listener {
  onQuiet(): void;
  /** `seconds`: how long nothing was heard. */
  onDead(seconds: number): void;
}

export class Watchdog {
  readonly #on: Listener;
  #timer: NodeJS.Timeout | undefined;
  #patience = PATIENT;

  constructor(on: Listener) {
    this.#on = on;
  }

  /** Something is waited for. If whoever waits gives up, the silence is measured on: the next one shall not begin with it anew. */
  expect(): void {
    this.#timer ??= this.#start();
  }

  /** There are other routes, and this one has not proven itself: no long wait. */
  hurry(hurried: boolean): void {
    this.#patience = hurried ? HURRIED : PATIENT;
  }

  /** The other side was heard. */
  alive(): void {
    this.stop();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #start(): NodeJS.Timeout {
    const { quiet, dead } = this.#patience;
    return setTimeout(() => {
      this.#timer = setTimeout(() => this.#on.onDead((quiet + dead) / 1000), dead).unref();
      this.#on.onQuiet();
    }, quiet).unref();
  }
}

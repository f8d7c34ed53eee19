/** Notices a connection that has gone quiet while something is waited for: pings it first, then gives it up. */

/** Milliseconds of silence before the ping, and after it. */
const PATIENT = { quiet: 10_000, dead: 5_000 };
const HURRIED = { quiet: 2_000, dead: 2_000 };

export class Watchdog {
  readonly #on: { onQuiet(): void; onDead(): void };
  #timer: NodeJS.Timeout | undefined;
  #patience = PATIENT;

  constructor(on: { onQuiet(): void; onDead(): void }) {
    this.#on = on;
  }

  /** Something is waited for, or nothing any more. */
  expect(something: boolean): void {
    if (!something) this.stop();
    else this.#timer ??= this.#start();
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
    return setTimeout(() => {
      this.#timer = setTimeout(() => this.#on.onDead(), this.#patience.dead);
      this.#on.onQuiet();
    }, this.#patience.quiet);
  }
}

/** Notices a connection that has gone quiet while something is waited for: pings it first, then gives it up. */

/** Milliseconds of silence before the ping, and after it. */
const QUIET = 10_000;
const DEAD = 5_000;

export class Watchdog {
  readonly #on: { onQuiet(): void; onDead(): void };
  #timer: NodeJS.Timeout | undefined;

  constructor(on: { onQuiet(): void; onDead(): void }) {
    this.#on = on;
  }

  /** Something is waited for, or nothing any more. */
  expect(something: boolean): void {
    if (!something) this.stop();
    else this.#timer ??= this.#start();
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
      this.#timer = setTimeout(() => this.#on.onDead(), DEAD);
      this.#on.onQuiet();
    }, QUIET);
  }
}

/** Notices a silent connection while an answer is due: pings first, then gives up. */

/** Milliseconds of silence before the ping, and after it. */
const PATIENT = { quiet: 10_000, dead: 5_000 };
/** While another route may be better, until something has arrived on this one. */
const HURRIED = { quiet: 2_000, dead: 2_000 };

interface KeepaliveOptions {
  readonly hurried: boolean;
  readonly ping: () => void;
  /** Called with the seconds of silence. */
  readonly giveUp: (seconds: number) => void;
}

export class Keepalive {
  readonly #options: KeepaliveOptions;
  #timer: NodeJS.Timeout | undefined;
  #limits: typeof PATIENT;

  constructor(options: KeepaliveOptions) {
    this.#options = options;
    this.#limits = options.hurried ? HURRIED : PATIENT;
  }

  /** An answer is due. A later call does not restart the time, so that short calls cannot keep a dead connection. */
  expect(): void {
    this.#timer ??= this.#start();
  }

  /** Something was received. */
  received(): void {
    this.stop();
    this.#limits = PATIENT;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #start(): NodeJS.Timeout {
    const { quiet, dead } = this.#limits;
    return setTimeout(() => {
      this.#timer = setTimeout(() => this.#options.giveUp((quiet + dead) / 1000), dead).unref();
      this.#options.ping();
    }, quiet).unref();
  }
}

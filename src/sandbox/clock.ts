/**
 * The clock of the rules. The deadlines of codes, waits and login tokens are times of this clock, which a test can move
 * and run faster. The protocol (msg_id, server_time, salts, temporary keys) keeps to the real clock, because clients
 * refuse messages of another time.
 *
 * Clients wait in real time, so the seconds and dates that they are sent are real ones. They are rounded up: a client
 * that waits that long has waited long enough.
 */
import type { Now } from '../bytes.ts';
import { UsageError } from '../errors.ts';

/** An hour in a second. */
const MAX_SPEED = 3600;
/** The end of the year 9999. A larger number of seconds is probably one of milliseconds. */
const MAX_SECONDS = 253_402_300_799;
const MAX_INT32 = 2 ** 31 - 1;

/** How to move the clock: by some seconds, or to a time in seconds since 1970. */
export type ClockChange = { readonly advance: number } | { readonly now: number };

export class Clock {
  readonly #real: Now;
  readonly #speed: number;
  #startMs: number;
  #movedMs = 0;

  /** Throws `UsageError` for an invalid speed. */
  constructor(real: Now, speed = 1) {
    if (!(speed >= 1 && speed <= MAX_SPEED))
      throw new UsageError(`The speed must be a number from 1 to ${MAX_SPEED}, not ${speed}.`);
    this.#real = real;
    this.#speed = speed;
    this.#startMs = real();
  }

  /** The time of the rules, in ms since 1970. */
  now(): number {
    return this.#startMs + (this.#real() - this.#startMs) * this.#speed + this.#movedMs;
  }

  /** Moves the clock. Throws `UsageError` for a time that no clock has. */
  move(change: ClockChange): void {
    const now = this.now();
    if ('advance' in change && !(change.advance >= 0))
      throw new UsageError(`The clock can advance by 0 seconds or more, not by ${change.advance}.`);
    const timeMs = Math.round('now' in change ? change.now * 1000 : now + change.advance * 1000);
    if (!(timeMs >= 0 && timeMs <= MAX_SECONDS * 1000))
      throw new UsageError(`The clock can show 0 to ${MAX_SECONDS} seconds since 1970, not ${timeMs / 1000}.`);
    this.#movedMs += timeMs - now;
  }

  /** Shows the real time again. */
  reset(): void {
    this.#startMs = this.#real();
    this.#movedMs = 0;
  }

  /** Converts a wait of the rules to real seconds. */
  seconds(waitMs: number): number {
    return Math.ceil(waitMs / this.#speed / 1000);
  }

  /** Converts a time of the rules to a real date in seconds since 1970. Past times are rounded down. */
  date(timeMs: number): number {
    const leftMs = timeMs - this.now();
    const seconds = Math.round(this.#real() + leftMs / this.#speed) / 1000;
    return Math.min(Math.max(leftMs > 0 ? Math.ceil(seconds) : Math.floor(seconds), 0), MAX_INT32);
  }
}

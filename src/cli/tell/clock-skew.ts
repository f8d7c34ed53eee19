/** The error of this machine's clock. `offset`: seconds by which the server's clock is ahead. */
import { duration } from '../../catalogue.ts';

/** Seconds. A smaller error is not worth a warning. */
const NOTABLE = 60;

export function isNotable(offset: number): boolean {
  return Math.abs(offset) > NOTABLE;
}

/** `2 min slow`, `2 min fast` */
export function skewOf(offset: number): string {
  return `${duration(Math.abs(offset))} ${offset > 0 ? 'slow' : 'fast'}`;
}

/** How far this machine's clock is off, in words. `offset`: seconds that the server's is ahead. */
import { duration } from '../../catalogue.ts';

/** Seconds by which a clock may be wrong without a word. */
const NOTABLE = 60;

export function isNotable(offset: number): boolean {
  return Math.abs(offset) > NOTABLE;
}

/** `2 min slow`, `2 min fast` */
export function skewOf(offset: number): string {
  return `${duration(Math.abs(offset))} ${offset > 0 ? 'slow' : 'fast'}`;
}

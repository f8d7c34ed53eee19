/** Waiting: between attempts, and for what a server asks. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../bytes.ts';
import { interruption } from '../abort.ts';

const FIRST = 150;
const LONGEST = 5000;
/** A timer of more milliseconds would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Milliseconds before the attempt that follows so many failures (from 1): 150, doubling up to 5000, and up to a half less by chance. */
export function backoff(failures: number, random: Random): number {
  const most = Math.min(FIRST * 2 ** (failures - 1), LONGEST);
  return most * (1 - (random(1)[0] ?? 0) / 512);
}

/** Sleeps for so many milliseconds. On an abort it throws the signal's reason if that is a `TgAuthError`, else `InterruptedError`. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    for (let left = ms; left > 0; left -= LONGEST_TIMER)
      await delay(Math.min(left, LONGEST_TIMER), undefined, { signal });
  } catch (error) {
    throw signal.aborted ? interruption(signal) : error;
  }
}

/** Pauses between attempts, and the waits that a server asks for. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../bytes.ts';
import { abortError } from '../abort.ts';

const FIRST_MS = 150;
const LONGEST_MS = 5000;
/** A longer timer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Returns milliseconds until the next attempt: doubles with each failure (from 1), less up to a random half. */
export function backoff(failures: number, random: Random): number {
  const most = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
  return most * (1 - (random(1)[0] ?? 0) / 512);
}

/** Throws the abort error. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    for (let left = ms; left > 0; left -= MAX_TIMER_MS)
      await delay(Math.min(left, MAX_TIMER_MS), undefined, { signal });
  } catch (error) {
    throw signal.aborted ? abortError(signal) : error;
  }
}

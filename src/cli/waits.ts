/** FLOOD_WAITs that outlive a command: the session remembers how long the server asked to wait, and when. */
import type { Now } from '../bytes.ts';
import { duration } from '../catalogue.ts';
import type { RpcError } from '../errors.ts';
import type { SessionHandle } from '../library.ts';
import { secondsLeft } from '../session/session.ts';
import { clock } from './tell/failure.ts';

/** Stores the wait by method and by the command's phone number, if any. */
export async function storeWait(
  session: SessionHandle,
  { method, retryAfter }: RpcError,
  phone: string | number | undefined,
  now: Now,
): Promise<void> {
  if (retryAfter === undefined) return;
  const wait = { asked: Math.ceil(now() / 1000), seconds: retryAfter };
  await session.change({ waits: { ...session.value.waits, [`${method} ${phone ?? ''}`.trim()]: wait } });
}

/** Returns a warning for each wait that the server asked of this phone number. The request is still sent. */
export function waitWarnings({ value }: SessionHandle, phone: string | number | undefined, now: number): string[] {
  return Object.entries(value.waits ?? {}).flatMap(([what, wait]) => {
    const left = secondsLeft(wait, now);
    if (phone === undefined || left <= 0 || !what.endsWith(` ${phone}`)) return [];
    const method = what.slice(0, what.indexOf(' '));
    return `Telegram asked you to wait until ${clock(now, left)} (${duration(left)}) before the next ${method} for ${phone}. Earlier tries may extend the wait.`;
  });
}

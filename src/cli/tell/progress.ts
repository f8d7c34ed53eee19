/** Messages about the connection: why it timed out, and a wrong clock. */
import type { Progress } from '../../net/connect.ts';
import { type ProxyServer, showAddress, showProxy } from '../../net/dial/proxy.ts';
import { isNotable, skewOf } from './clock-skew.ts';

/** Returns how far the last connection came, as the likely cause of a timeout. */
export function timeoutCause({ stage, route, dc }: Progress, proxy: ProxyServer | undefined): string {
  if (stage === 'answered') return 'Connected to the server, but it did not answer in time.';
  const place = proxy === undefined ? showAddress(route.address) : `the proxy (${showProxy(proxy)})`;
  if (stage === 'connecting') return `The connection to ${place} was not open yet.`;
  return proxy === undefined
    ? `${place} accepted the connection, but sent nothing.`
    : `The connection to ${place} is open, but data centre ${dc} does not answer through it.`;
}

/** Returns a warning if this machine's clock is off by over a minute, and the session does not know that yet. */
export function clockWarning(offset: number, known: number): string | undefined {
  if (!isNotable(offset) || !isNotable(offset - known)) return undefined;
  return `This machine's clock is ${skewOf(offset)}. tg-auth corrects for that; other programs may not.`;
}

/** Which proxy a command goes through. */
import type { ProxyServer } from '../../net/dial/proxy.ts';
import type { Options } from './options.ts';

/**
 * The proxy that was asked for. An embedded sandbox is reached through one only if the command line says so. What holds for all that this user
 * does, ALL_PROXY or the config file, goes neither for this machine itself nor for the hosts in NO_PROXY.
 */
export function proxyFor(
  { proxy, network }: Options,
  env: Readonly<Record<string, string | undefined>>,
): ProxyServer | undefined {
  if (network.kind === 'sandbox') return proxy.from === 'flag' ? proxy.value : undefined;
  const isMeant = proxy.from === 'flag' || proxy.name === 'TG_AUTH_PROXY';
  if (isMeant) return proxy.value;
  // Telegram's data centres are numbers, and none of them is on a list but with all others.
  const host = network.kind === 'server' ? network.address.host : '';
  const except = (env.NO_PROXY || env.no_proxy || '').split(/[\s,]+/).filter((each) => each !== '');
  return isLoopback(host) || except.some((each) => covers(each, host)) ? undefined : proxy.value;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

/** `*`, a host, or a domain with or without the dot in front. */
function covers(pattern: string, host: string): boolean {
  const domain = pattern
    .replace(/^\*?\./, '')
    .replace(/^\[(.*)\](:\d+)?$|^([^:]+):\d+$/, '$1$3')
    .toLowerCase();
  return pattern === '*' || host.toLowerCase() === domain || host.toLowerCase().endsWith(`.${domain}`);
}

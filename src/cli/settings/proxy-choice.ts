/** The proxy that a command uses. */
import type { ProxyServer } from '../../net/dial/proxy.ts';
import type { Options } from './options.ts';

/**
 * Returns the proxy to use. An embedded sandbox uses one only if the command line names it. A proxy from ALL_PROXY or
 * the config file is not used for this machine itself, or for the hosts in NO_PROXY.
 */
export function proxyFor(
  { proxy, network }: Options,
  env: Readonly<Record<string, string | undefined>>,
): ProxyServer | undefined {
  if (network.kind === 'sandbox') return proxy.from === 'flag' ? proxy.value : undefined;
  if (proxy.from === 'flag' || proxy.name === 'TG_AUTH_PROXY') return proxy.value;
  // Telegram's data centres have no host names: only `*` in NO_PROXY covers them.
  const host = network.kind === 'server' ? network.address.host : '';
  const exceptions = (env.NO_PROXY || env.no_proxy || '').split(/[\s,]+/).filter((each) => each !== '');
  return isLoopback(host) || exceptions.some((each) => covers(each, host)) ? undefined : proxy.value;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

/** A pattern is `*`, a host, or a domain with or without a leading dot. */
function covers(pattern: string, host: string): boolean {
  const domain = pattern
    .replace(/^\*?\./, '')
    .replace(/^\[(.*)\](:\d+)?$|^([^:]+):\d+$/, '$1$3')
    .toLowerCase();
  return pattern === '*' || host.toLowerCase() === domain || host.toLowerCase().endsWith(`.${domain}`);
}

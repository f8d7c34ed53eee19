/** A link that looks like TLS to an observer: for an MTProxy whose secret begins with ee. */
import type { Random } from '../../bytes.ts';
import { NetworkError, TgAuthError } from '../../errors.ts';
import { FakeTls } from '../../transport/fake-tls.ts';
import { HTTP_THERE, isHttp } from './http-answer.ts';
import { type MtProxy, showProxy } from './proxy.ts';
import type { Link } from './socket.ts';

interface FakeTlsLinkOptions {
  readonly key: Uint8Array;
  readonly domain: string;
  readonly time: number;
  readonly random: Random;
}

/** Waits until the proxy proves that it knows the secret. Throws `NetworkError` PROXY_SECRET if it does not. */
export async function fakeTlsLink(link: Link, proxy: MtProxy, options: FakeTlsLinkOptions): Promise<Link> {
  const { key, domain, time, random } = options;
  const tls = new FakeTls({ secret: key, domain, time: Math.floor(time), random });
  const wrong = (cause?: unknown) => new NetworkError('PROXY_SECRET', { proxy: showProxy(proxy) }, { cause });
  link.send(tls.hello);
  for (let proven = false; !proven; ) {
    const chunk = await link.read();
    if (chunk === undefined) throw wrong(link.reason);
    if (isHttp(chunk)) throw new NetworkError('PROXY_MALFORMED', { proxy: showProxy(proxy), detail: HTTP_THERE });
    try {
      proven = tls.accept(chunk);
    } catch (error) {
      // Another server answered: for a wrong secret, many proxies connect to the host that they imitate.
      throw error instanceof TgAuthError ? wrong(error) : error;
    }
  }
  let rest = tls.unpack(new Uint8Array(0));
  return {
    get reason() {
      return link.reason;
    },
    send: (bytes) => link.send(tls.pack(bytes)),
    async read() {
      for (;;) {
        const found = rest;
        rest = new Uint8Array(0);
        if (found.length > 0) return found;
        const chunk = await link.read();
        if (chunk === undefined) return undefined;
        rest = tls.unpack(chunk);
      }
    },
    close: () => link.close(),
  };
}

/** A link that looks like TLS to whoever watches: an MTProxy whose secret begins with ee. */
import type { Random } from '../../bytes.ts';
import { NetworkError, TgAuthError } from '../../errors.ts';
import { FakeTls } from '../../transport/fake-tls.ts';
import { type MtProxy, showProxy } from './proxy.ts';
import type { Link } from './socket.ts';

/** Waits for the proxy's proof that it knows the secret. Throws `NetworkError` of the type PROXY_SECRET if it has none. */
export async function disguise(
  link: Link,
  proxy: MtProxy,
  options: { readonly key: Uint8Array; readonly domain: string; readonly time: number; readonly random: Random },
): Promise<Link> {
  const { key, domain, time, random } = options;
  const tls = new FakeTls({ secret: key, domain, time: Math.floor(time), random });
  const wrong = (cause?: unknown) => new NetworkError('PROXY_SECRET', { proxy: showProxy(proxy) }, { cause });
  link.send(tls.hello);
  for (let proven = false; !proven; ) {
    const chunk = await link.read();
    if (chunk === undefined) throw wrong(link.reason);
    try {
      proven = tls.accept(chunk);
    } catch (error) {
      // What answers is some other server: where the secret is wrong, many proxies lead on to the host that they pretend to be.
      throw error instanceof TgAuthError ? wrong(error) : error;
    }
  }
  let rest: Uint8Array | undefined = tls.unpack(new Uint8Array(0));
  return {
    get reason() {
      return link.reason;
    },
    send: (bytes) => link.send(tls.pack(bytes)),
    async read() {
      for (;;) {
        if (rest !== undefined && rest.length > 0) {
          const found = rest;
          rest = undefined;
          return found;
        }
        const chunk = await link.read();
        if (chunk === undefined) return undefined;
        rest = tls.unpack(chunk);
      }
    },
    close: () => link.close(),
  };
}

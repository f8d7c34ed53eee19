/** Proxies as text and as values. The text may hold a password or a secret, so no message repeats any of it. */
import { UsageError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import { type ProxySecret, parseProxySecret } from '../../transport/proxy-secret.ts';
import type { Address } from '../datacentres.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** SOCKS 4, 4a and 5 (https://www.rfc-editor.org/rfc/rfc1928). */
export interface SocksProxy {
  readonly kind: 'socks';
  readonly version: 4 | 5;
  /** The proxy resolves host names (socks4a, socks5h). */
  readonly resolves: boolean;
  readonly address: Address;
  readonly credentials?: Credentials;
}

/** HTTP CONNECT (https://www.rfc-editor.org/rfc/rfc9110#CONNECT). */
export interface HttpProxy {
  readonly kind: 'http';
  /** Inside TLS. */
  readonly secure: boolean;
  readonly address: Address;
  readonly credentials?: Credentials;
}

/** A proxy for Telegram only (https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation). */
export interface MtProxy {
  readonly kind: 'mtproxy';
  readonly address: Address;
  readonly secret: ProxySecret;
}

export type ProxyServer = SocksProxy | HttpProxy | MtProxy;

/** The forms of a proxy's text, for messages. */
const PROXY_FORMS =
  'socks5://HOST:PORT, socks5h://, socks4a://, http:// or https:// (USER:PASSWORD@ may precede the host), ' +
  'tg://proxy?server=…&port=…&secret=…, https://t.me/proxy?… or HOST:PORT:SECRET';

type Scheme = (Pick<SocksProxy, 'kind' | 'version' | 'resolves'> | Pick<HttpProxy, 'kind' | 'secure'>) & {
  readonly usualPort: number;
};

const SCHEMES: Readonly<Record<string, Scheme>> = {
  'socks:': { kind: 'socks', version: 5, resolves: true, usualPort: 1080 },
  'socks5:': { kind: 'socks', version: 5, resolves: false, usualPort: 1080 },
  'socks5h:': { kind: 'socks', version: 5, resolves: true, usualPort: 1080 },
  'socks4:': { kind: 'socks', version: 4, resolves: false, usualPort: 1080 },
  'socks4a:': { kind: 'socks', version: 4, resolves: true, usualPort: 1080 },
  'http:': { kind: 'http', secure: false, usualPort: 80 },
  'https:': { kind: 'http', secure: true, usualPort: 443 },
};

/** Returns `undefined` if the text is not a proxy. */
export function readProxy(text: string): ProxyServer | undefined {
  return fromParts(text.trim()) ?? fromUrl(text.trim());
}

/** Throws `UsageError`, which does not repeat the text, if that is not a proxy. */
export function parseProxy(text: string): ProxyServer {
  const proxy = readProxy(text);
  if (proxy === undefined) throw new UsageError(`A proxy must be ${expectedProxy(text)}.`);
  return proxy;
}

/** Returns what a text that is not a proxy must be instead. */
export function expectedProxy(text: string): string {
  if (/^\s*(?:tg:\/*|(?:https?:)?(?:\/\/)?(?:www\.)?(?:t|telegram)\.(?:me|dog)\/)webproxy\b/i.test(text))
    return 'SOCKS, HTTP or MTProxy: webproxy links are not supported yet';
  if (/^\s*(?:socks\w*|https?):\/\/.*(?:[/?#\\[\]].*@|%(?![\da-f]{2}).*@)/is.test(text))
    return 'a URL with its user and password escaped: % as %25, / as %2F, ? as %3F, # as %23, @ as %40, : as %3A, [ as %5B';
  return PROXY_FORMS;
}

/** `HOST:PORT:SECRET`, a common form for MTProxies. */
function fromParts(text: string): MtProxy | undefined {
  const [, v6, name, port, secret] =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as \p{Cc}, without the tables of Unicode
    /^(?:\[([0-9a-f:.]+)\]|([^\s\0-\x1f\x7f-\x9f:/@[\]]+)):(\d{1,5}):([\w+/=-]+)$/i.exec(text) ?? [];
  return mtproxy(v6 ?? name, port, secret);
}

/** A host of Telegram's links, which people copy without `https://`. */
const LINK = /^(?:\/\/)?((?:www\.)?(?:t|telegram)\.(?:me|dog)\/)/i;

function fromUrl(text: string): ProxyServer | undefined {
  const written = text.replace(LINK, 'https://$1');
  if (!URL.canParse(written)) return undefined;
  const url = new URL(written);
  const link = proxyOfLink(url);
  if (link !== undefined) return link;
  const { protocol, hostname, port, username, password, pathname, search, hash } = url;
  const scheme = SCHEMES[protocol];
  if (scheme === undefined || (pathname !== '' && pathname !== '/') || search !== '' || hash !== '') return undefined;
  const { usualPort, ...kind } = scheme;
  try {
    const address = addressOf(decodeURIComponent(hostname), port === '' ? String(usualPort) : port);
    if (address === undefined) return undefined;
    return { ...kind, address, ...credentialsOf(decodeURIComponent(username), decodeURIComponent(password)) };
  } catch (error) {
    if (error instanceof URIError) return undefined; // a % that is not an escape
    throw error;
  }
}

/** `tg://proxy?…`, `tg://socks?…`, or the same at t.me (https://core.telegram.org/api/links#proxy-links). */
function proxyOfLink({ protocol, host, pathname, search }: URL): ProxyServer | undefined {
  const isWeb = /^https?:$/.test(protocol) && /^(?:www\.)?(t|telegram)\.(me|dog)$/.test(host);
  const path = protocol === 'tg:' ? host + pathname : isWeb ? pathname : '';
  const what = path.replace(/^\/+|\/+$/g, '').toLowerCase();
  // A link copied from a web page may have `&amp;`, and one from a QR code capital letters.
  const query = new URLSearchParams(search.replace(/&amp;/gi, '&'));
  const fields = new Map([...query].reverse().map(([name, value]) => [name.toLowerCase(), value]));
  const [server, port] = [fields.get('server')?.trim(), fields.get('port')?.trim()];
  if (what === 'proxy') return mtproxy(server, port, fields.get('secret'));
  if (what !== 'socks') return undefined;
  const address = addressOf(server, port);
  if (address === undefined) return undefined;
  const credentials = credentialsOf(fields.get('user') ?? '', fields.get('pass') ?? '');
  return { kind: 'socks', version: 5, resolves: true, address, ...credentials };
}

function mtproxy(host: string | undefined, port: string | undefined, text: string | undefined): MtProxy | undefined {
  const address = addressOf(host, port);
  // A `+` of base64 reads as a space in the query of a URL.
  const secret = text === undefined ? undefined : parseProxySecret(text.replaceAll(' ', '+'));
  return address === undefined || secret === undefined ? undefined : { kind: 'mtproxy', address, secret };
}

function addressOf(name: string | undefined, port: string | undefined): Address | undefined {
  const host = asciiHost(name?.replace(/^\[(.*)\]$/, '$1'));
  const number = /^\d{1,5}$/.test(port ?? '') ? Number(port) : 0;
  if (host === undefined || number < 1 || number > 65535) return undefined;
  return { host, port: number };
}

/** Returns a host in ASCII, an international name in Punycode; `undefined` if it is not a host. */
function asciiHost(name: string | undefined): string | undefined {
  if (name === undefined || !isProxyHost(name)) return undefined;
  if (/^[!-~]*$/.test(name)) return name;
  return URL.canParse(`http://${name}`) ? new URL(`http://${name}`).hostname : undefined;
}

/** Accepts only what a URL could hold: in a link the host may be any text, even a password. */
function isProxyHost(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as \p{Cc}, without the tables of Unicode
  return /^[^\s\0-\x1f\x7f-\x9f:/?#@[\]\\]+$/.test(text) || /^[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*$/i.test(text);
}

function credentialsOf(user: string, password: string): { credentials?: Credentials } {
  return user === '' && password === '' ? {} : { credentials: { user, password } };
}

const NAMES = { socks: 'SOCKS', http: 'HTTP', mtproxy: 'MTProxy' } as const;

/** Returns the kind of proxy, for messages. */
export function nameOfKind(proxy: ProxyServer): string {
  return proxy.kind === 'http' && proxy.secure ? 'HTTPS' : NAMES[proxy.kind];
}

/** Returns kind and address, without secrets: `SOCKS 127.0.0.1:1080`. */
export function showProxy(proxy: ProxyServer): string {
  return `${nameOfKind(proxy)} ${showAddress(proxy.address)}`;
}

/** Returns `HOST:PORT`, safe to print: the host may come from a server. */
export function showAddress(address: Address): string {
  return printable(authorityOf(address));
}

/** Returns `HOST:PORT`, or `[HOST]:PORT` for an IPv6 address. */
export function authorityOf({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

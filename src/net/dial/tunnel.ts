/** The way through a SOCKS or an HTTP proxy: a socket to the proxy, asked to lead on to an address, so that the rest need not know of it. */
import type { Socket } from 'node:net';
import { NetworkError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Address } from '../datacentres.ts';
import { step } from './guarded-step.ts';
import { familyOf, resolveName } from './names.ts';
import {
  authorityOf,
  type Credentials,
  type HttpProxy,
  nameOfKind,
  type ProxyServer,
  type SocksProxy,
  showProxy,
} from './proxy.ts';
import { openSocket, type SocketOptions } from './socket.ts';
import { secure } from './tls.ts';

/** A socket to the proxy itself. Throws `NetworkError` of the type PROXY_UNREACHABLE. */
export async function reachProxy(proxy: ProxyServer, options: SocketOptions): Promise<Socket> {
  try {
    return await openSocket(proxy.address, options);
  } catch (cause) {
    if (!(cause instanceof NetworkError) || options.signal.aborted) throw cause;
    throw new NetworkError('PROXY_UNREACHABLE', { proxy: showProxy(proxy), reason: cause.message }, { cause });
  }
}

/** A socket that ends at `address`. Throws `NetworkError` of one of the types PROXY_…, `SecurityError`, or the signal's reason. */
export async function tunnel(proxy: SocksProxy | HttpProxy, address: Address, options: SocketOptions): Promise<Socket> {
  const socket = await reachProxy(proxy, options);
  const values = { proxy: showProxy(proxy), seconds: options.timeout / 1000 };
  const late = () => new NetworkError('PROXY_SILENT', values);
  const closed = () => new NetworkError('PROXY_CLOSED', values);
  return step(socket, options, { late, closed }, () =>
    proxy.kind === 'socks' ? throughSocks(socket, proxy, address) : throughHttp(socket, proxy, address),
  );
}

// -- SOCKS

async function throughSocks(socket: Socket, proxy: SocksProxy, address: Address): Promise<Socket> {
  const { SocksClient } = await import('socks');
  const { version, credentials } = proxy;
  // socks5:// and socks4:// leave names of hosts to this machine; the latter knows IPv4 alone.
  const isOurs = !proxy.resolves && familyOf(address.host) === 0;
  const [host] = isOurs ? await resolveName(address.host, version === 4 ? 4 : 0) : [address.host];
  try {
    await SocksClient.createConnection({
      existing_socket: socket,
      command: 'connect',
      destination: { ...address, host },
      proxy: {
        ...proxy.address,
        type: version,
        ...(credentials && { userId: credentials.user, password: credentials.password }),
      },
    });
    return socket;
  } catch (error) {
    // Not kept as the cause: it holds the options, and the password in them.
    throw socksRefusal(error instanceof Error ? error.message : '', proxy, address);
  }
}

/** How proxies name what went wrong behind them, in words. */
const SOCKS_REPLIES: Readonly<Record<string, string>> = {
  Failure: 'it failed, and does not say why',
  NotAllowed: 'its rules do not allow it',
  NetworkUnreachable: 'it has no way to that network',
  HostUnreachable: 'it cannot reach that host',
  ConnectionRefused: 'nothing answers there',
  TTLExpired: 'the way was too long',
  CommandNotSupported: 'it makes no connections',
  AddressNotSupported: 'it does not know this kind of address',
  Failed: 'it refused or failed',
  Rejected: 'it wants to ask this machine who is calling, and cannot',
  RejectedIdent: 'it has asked this machine who is calling, and got another name',
};

/** The library tells by the words of its message alone. */
function socksRefusal(message: string, proxy: SocksProxy, { host, port }: Address): NetworkError {
  const shown = showProxy(proxy);
  const [, reply = ''] = /proxy rejected connection - \(?(\w+)/i.exec(message) ?? [];
  if (reply !== '' && reply !== 'undefined')
    return new NetworkError('PROXY_REFUSED', {
      proxy: shown,
      host,
      port,
      reason: SOCKS_REPLIES[reply] ?? 'it refused or failed',
    });
  // Some proxies refuse a password with more bytes than the protocol has there, which the library calls an error of its own.
  const isAuth = /no accepted authentication|authentication failed/i.test(message);
  if (isAuth || (proxy.credentials !== undefined && /internal error/i.test(message)))
    return new NetworkError('PROXY_AUTH', { proxy: shown, refusal: refusalOf(proxy) });
  if (/socket closed|ECONNRESET|EPIPE/i.test(message)) return new NetworkError('PROXY_CLOSED', { proxy: shown });
  return new NetworkError('PROXY_MALFORMED', { proxy: shown, detail: 'its answer is not that of a SOCKS proxy' });
}

function refusalOf({ credentials }: SocksProxy | HttpProxy): string {
  return credentials === undefined ? 'wants a user name and a password' : 'does not take this user name and password';
}

// -- HTTP

async function throughHttp(socket: Socket, proxy: HttpProxy, address: Address): Promise<Socket> {
  const { request, STATUS_CODES } = await import('node:http');
  const shown = showProxy(proxy);
  const closed = (cause?: Error) => new NetworkError('PROXY_CLOSED', { proxy: shown }, { cause });
  const malformed = (detail: string) => new NetworkError('PROXY_MALFORMED', { proxy: shown, detail });
  const stream = proxy.secure ? await secure(socket, proxy.address.host, { broken: malformed, closed }) : socket;
  const path = authorityOf(address);
  if (!/^[!-~]+$/.test(path)) throw new NetworkError('HOST_NOT_FOUND', { host: address.host }); // no request can hold it
  const { credentials } = proxy;
  return new Promise((resolve, reject) => {
    const asked = request({
      method: 'CONNECT',
      path,
      headers: { host: path, ...(credentials && { 'proxy-authorization': basic(credentials) }) },
      createConnection: () => stream,
    });
    asked.once('connect', ({ statusCode = 0, statusMessage = '' }, _, head) => {
      if (statusCode === 407) reject(new NetworkError('PROXY_AUTH', { proxy: shown, refusal: refusalOf(proxy) }));
      else if (statusCode < 200 || statusCode > 299) {
        const isFit = (text = '') => text.trim() !== '' && !repeats(text, address, credentials);
        const words = [statusMessage, STATUS_CODES[statusCode]].find(isFit) ?? '';
        const reason = printable(`${statusCode} ${words}`.trim(), MOST_REASON - 1);
        reject(new NetworkError('PROXY_REFUSED', { proxy: shown, ...address, reason }));
      } else {
        if (head.length > 0) stream.unshift(head);
        resolve(stream);
      }
    });
    asked.once('error', (error: Error & { code?: string }) => {
      const isHttp = error.code?.startsWith('HPE_') !== true;
      reject(isHttp ? closed(error) : malformed(`its answer is not that of an ${nameOfKind(proxy)} proxy`));
    });
    asked.end();
  });
}

function basic(credentials: Credentials): string {
  return `Basic ${base64(credentials)}`;
}

function base64({ user, password }: Credentials): string {
  return Buffer.from(`${user}:${password}`).toString('base64');
}

/** How much is shown of a proxy's words, with the ellipsis. */
const MOST_REASON = 100;

/** What might be a credential in another spelling: hex, base64 again, escapes, backwards. */
const ENCODED = /%[\da-f]{2}|&#|(?=\S*\d)(?=\S*[a-z])\S{8}/i;

/** So many letters and digits of a credential in a row are a repetition, wherever the proxy cut it. */
const PIECE = 6;

/**
 * Whether a proxy's words hold any of what was sent to it: some answer with the request, and the message ends up in a bug report. The words
 * come as latin1, whatever was sent.
 */
function repeats(words: string, { host }: Address, credentials: Credentials | undefined): boolean {
  if (credentials !== undefined && ENCODED.test(words)) return true;
  const { user, password } = credentials ?? { user: '', password: '' };
  const secrets = credentials === undefined ? [] : [base64(credentials), user, password];
  const sent = [...secrets, ...secrets.map(encodeURIComponent), host, 'proxy-authorization']
    .flatMap((text) => [text, Buffer.from(text).toString('latin1')])
    .filter((text) => text !== '');
  const squeezed = squeeze(words);
  return (
    sent.some((text) => words.toLowerCase().includes(text.toLowerCase())) ||
    sent.map(squeeze).some((text) => pieces(text).some((piece) => squeezed.includes(piece)))
  );
}

function squeeze(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function pieces(text: string): string[] {
  if (text.length <= PIECE) return text === '' ? [] : [text];
  return Array.from({ length: text.length - PIECE + 1 }, (_, i) => text.slice(i, i + PIECE));
}

/** Connects through a SOCKS or an HTTP proxy: the result is a socket like any other. */
import type { Socket } from 'node:net';
import { NetworkError } from '../../errors.ts';
import { printable } from '../../printable.ts';
import type { Address } from '../datacentres.ts';
import { guardedStep, type StepOptions } from './guarded-step.ts';
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
import { openSocket } from './socket.ts';
import { secure } from './tls.ts';

/** Connects to the proxy itself. Throws `NetworkError` PROXY_UNREACHABLE. */
export async function reachProxy(proxy: ProxyServer, options: StepOptions): Promise<Socket> {
  try {
    return await openSocket(proxy.address, options);
  } catch (cause) {
    if (!(cause instanceof NetworkError) || options.signal.aborted) throw cause;
    throw new NetworkError('PROXY_UNREACHABLE', { proxy: showProxy(proxy), reason: cause.message }, { cause });
  }
}

/** Connects to `address` through the proxy. Throws `NetworkError` PROXY_…, `SecurityError` or the abort error. */
export async function tunnel(proxy: SocksProxy | HttpProxy, address: Address, options: StepOptions): Promise<Socket> {
  const socket = await reachProxy(proxy, options);
  const errors = { late: 'PROXY_SILENT', closed: 'PROXY_CLOSED', values: { proxy: showProxy(proxy) } } as const;
  return guardedStep(socket, options, errors, () =>
    proxy.kind === 'socks' ? connectSocks(socket, proxy, address) : connectHttp(socket, proxy, address),
  );
}

// -- SOCKS

async function connectSocks(socket: Socket, proxy: SocksProxy, address: Address): Promise<Socket> {
  const { SocksClient } = await import('socks');
  const { version, credentials } = proxy;
  // With socks5:// and socks4:// this machine resolves host names; SOCKS 4 knows IPv4 only.
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
    // The error is not kept as the cause: it holds the options, with the password.
    throw socksRefusal(error instanceof Error ? error.message : '', proxy, address);
  }
}

/** The library's names for the replies of proxies, in words. */
const SOCKS_REPLIES: Readonly<Record<string, string>> = {
  Failure: 'it failed and gave no reason',
  NotAllowed: 'its rules do not allow it',
  NetworkUnreachable: 'it cannot reach that network',
  HostUnreachable: 'it cannot reach that host',
  ConnectionRefused: 'the connection was refused',
  TTLExpired: 'the time to live expired',
  CommandNotSupported: 'it does not support connections',
  AddressNotSupported: 'it does not support this kind of address',
  Failed: 'it refused or failed',
  Rejected: 'it could not reach identd on this machine',
  RejectedIdent: 'identd on this machine reported another user',
};

/** Classifies by the message: the library has no codes. */
function socksRefusal(message: string, proxy: SocksProxy, { host, port }: Address): NetworkError {
  const shown = showProxy(proxy);
  const [, reply = ''] = /proxy rejected connection - \(?(\w+)/i.exec(message) ?? [];
  if (reply !== '' && reply !== 'undefined') {
    const reason = SOCKS_REPLIES[reply] ?? 'it refused or failed';
    return new NetworkError('PROXY_REFUSED', { proxy: shown, host, port, reason });
  }
  // Some proxies refuse a password with too long an answer, which the library reports as an internal error.
  const isAuth = /no accepted authentication|authentication failed/i.test(message);
  if (isAuth || (proxy.credentials !== undefined && /internal error/i.test(message)))
    return new NetworkError('PROXY_AUTH', { proxy: shown, refusal: authRefusal(proxy) });
  if (/socket closed|ECONNRESET|EPIPE/i.test(message)) return new NetworkError('PROXY_CLOSED', { proxy: shown });
  return new NetworkError('PROXY_MALFORMED', { proxy: shown, detail: 'it did not answer like a SOCKS proxy' });
}

function authRefusal({ credentials }: SocksProxy | HttpProxy): string {
  return credentials === undefined ? 'needs a user name and a password' : 'rejected this user name and password';
}

// -- HTTP

async function connectHttp(socket: Socket, proxy: HttpProxy, address: Address): Promise<Socket> {
  const { request, STATUS_CODES } = await import('node:http');
  const shown = showProxy(proxy);
  const closed = (cause?: Error) => new NetworkError('PROXY_CLOSED', { proxy: shown }, { cause });
  const malformed = (detail: string) => new NetworkError('PROXY_MALFORMED', { proxy: shown, detail });
  const stream = proxy.secure ? await secure(socket, proxy.address.host, { broken: malformed, closed }) : socket;
  const path = authorityOf(address);
  if (!/^[!-~]+$/.test(path)) throw new NetworkError('HOST_NOT_FOUND', { host: address.host }); // unfit for a request
  const { credentials } = proxy;
  return new Promise((resolve, reject) => {
    const asked = request({
      method: 'CONNECT',
      path,
      headers: { host: path, ...(credentials && { 'proxy-authorization': basic(credentials) }) },
      createConnection: () => stream,
    });
    asked.once('connect', ({ statusCode = 0, statusMessage = '' }, _, head) => {
      if (statusCode === 407) reject(new NetworkError('PROXY_AUTH', { proxy: shown, refusal: authRefusal(proxy) }));
      else if (statusCode < 200 || statusCode > 299) {
        const isFit = (text = '') => text.trim() !== '' && !repeats(text, address, credentials);
        const words = [statusMessage, STATUS_CODES[statusCode]].find(isFit) ?? '';
        const reason = printable(`${statusCode} ${words}`.trim(), MAX_REASON - 1);
        reject(new NetworkError('PROXY_REFUSED', { proxy: shown, ...address, reason }));
      } else {
        if (head.length > 0) stream.unshift(head);
        resolve(stream);
      }
    });
    asked.once('error', (error: Error & { code?: string }) => {
      const isHttp = error.code?.startsWith('HPE_') !== true;
      reject(isHttp ? closed(error) : malformed(`it did not answer like an ${nameOfKind(proxy)} proxy`));
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

/** Characters shown of a proxy's reason, with the ellipsis. */
const MAX_REASON = 100;

/** What may be a credential in another spelling: hex, base64 again, escapes, backwards. */
const ENCODED = /%[\da-f]{2}|&#|(?=\S*\d)(?=\S*[a-z])\S{8}/i;

/** This many letters and digits of a credential in a row count as a repetition. */
const PIECE = 6;

/**
 * Whether a proxy's reason contains anything that was sent to it. Some proxies answer with the request, and the message
 * may end up in a bug report. The reason arrives as latin1, whatever was sent.
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

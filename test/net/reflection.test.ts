/** Answers that repeat what was sent, such as a password, or that control the terminal: messages contain none of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NetworkError, TgAuthError } from '../../src/errors.ts';
import { type HttpProxy, parseProxy, type SocksProxy } from '../../src/net/dial/proxy.ts';
import { openSocket } from '../../src/net/dial/socket.ts';
import { tunnel } from '../../src/net/dial/tunnel.ts';
import { openWebSocket } from '../../src/net/dial/websocket.ts';
import { HOSTILE, UNSAFE } from '../hostile.ts';
import { startBroken } from '../proxies.ts';

const USER = 'margaret';
const PASSWORD = 'hunter2@example';
const BASE64 = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
const TARGET = { host: '149.154.167.50', port: 443 };
const options = () => ({ timeoutMs: 5000, signal: new AbortController().signal });

/** Returns what is thrown when a proxy answers like this. */
async function refusalBy(
  scheme: 'http' | 'socks5h',
  answer: (request: string) => string,
  credentials = `${USER}:${encodeURIComponent(PASSWORD)}@`,
): Promise<TgAuthError> {
  const server = await startBroken((socket) =>
    socket.once('data', (data) => socket.end(answer(data.toString('latin1')), 'latin1')),
  );
  try {
    const proxy = parseProxy(`${scheme}://${credentials}127.0.0.1:${server.port}`);
    assert.ok(proxy.kind !== 'mtproxy');
    return await thrownBy(proxy);
  } finally {
    await server.close();
  }
}

async function thrownBy(proxy: HttpProxy | SocksProxy): Promise<TgAuthError> {
  try {
    (await tunnel(proxy, TARGET, options())).destroy();
  } catch (error) {
    if (error instanceof TgAuthError) return error;
    throw error;
  }
  return assert.fail('the proxy connected');
}

function reasonIn(error: TgAuthError): string {
  return error instanceof NetworkError ? String(error.values.reason) : '';
}

/** Checks that a message holds nothing that was sent, in any spelling. */
function checkMessage(message: string): void {
  const plain = message.toLowerCase();
  for (const secret of [
    BASE64,
    BASE64.slice(0, 8),
    PASSWORD,
    encodeURIComponent(PASSWORD),
    'hunter2',
    USER,
    'authorization',
  ])
    assert.ok(!plain.includes(secret.toLowerCase()), `${secret} in ${message}`);
  assert.doesNotMatch(message, UNSAFE);
}

describe('an HTTP proxy that refuses', () => {
  const rows: readonly (readonly [string, (request: string) => string, string])[] = [
    ['in its own words', () => 'Forbidden by rule 7', '403 Forbidden by rule 7'],
    ['without words', () => '', '403 Forbidden'],
    ['with the header', (request) => /Proxy-Auth.*/i.exec(request)?.[0] ?? '', '403 Forbidden'],
    ['with the whole request', (request) => request.replaceAll('\r\n', ' '), '403 Forbidden'],
    ['with base64 that is cut', () => `denied ${BASE64.slice(0, 9)}`, '403 Forbidden'],
    ['with base64 that is spaced', () => [...BASE64].join(' '), '403 Forbidden'],
    ['with the end of base64 only', () => `for ${BASE64.slice(-10)}`, '403 Forbidden'],
    ['with the password', () => `bad password ${PASSWORD}`, '403 Forbidden'],
    ['with the password as the URL has it', () => `no ${encodeURIComponent(PASSWORD)}`, '403 Forbidden'],
    ['with the user in capitals', () => `go away, ${USER.toUpperCase()}`, '403 Forbidden'],
    ['with the password in hex', () => Buffer.from(PASSWORD).toString('hex'), '403 Forbidden'],
    ['with base64 of base64', () => Buffer.from(BASE64).toString('base64'), '403 Forbidden'],
    [
      'with each byte escaped',
      () => PASSWORD.replace(/./g, (c) => `%${c.charCodeAt(0).toString(16)}`),
      '403 Forbidden',
    ],
    ['with each character as HTML', () => PASSWORD.replace(/./g, (c) => `&#${c.charCodeAt(0)};`), '403 Forbidden'],
    ['with the password backwards', () => [...PASSWORD].reverse().join(''), '403 Forbidden'],
    ['with the host', () => `no way to ${TARGET.host}`, '403 Forbidden'],
    ['with escapes', () => 'no\x9b31m\x85', '403 no\ufffd31m\ufffd'],
    ['at length', () => 'A '.repeat(200), `403 ${'A '.repeat(47)}A…`],
  ];
  for (const [what, words, expected] of rows)
    test(what, async () => {
      const error = await refusalBy('http', (request) => `HTTP/1.1 403 ${words(request)}\r\n\r\n`);
      assert.equal(error.type, 'PROXY_REFUSED');
      assert.equal(reasonIn(error), expected);
      assert.ok(reasonIn(error).length <= 100);
      checkMessage(error.message);
    });

  test('only the code remains if even the standard phrase was sent', async () => {
    const error = await refusalBy('http', () => 'HTTP/1.1 403 no\r\n\r\n', 'no:forbidden@');
    assert.equal(reasonIn(error), '403');
  });

  test('whatever the user and password are, and wherever they occur', async () => {
    const word = fc.string({ unit: 'binary', minLength: 4, maxLength: 40 });
    const property = fc.asyncProperty(word, word, fc.nat(4), async (user, password, cut) => {
      const answer = (request: string) => {
        const [, sent = ''] = /Basic (\S+)/.exec(request) ?? [];
        const echo = `${sent.slice(cut)} ${Buffer.from(`${user} ${password}`).toString('latin1')}`;
        return `HTTP/1.1 403 ${echo.replace(/\p{Cc}/gu, '')}\r\n\r\n`;
      };
      const error = await refusalBy('http', answer, `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
      assert.match(error.type, /^PROXY_(REFUSED|MALFORMED)$/);
      if (error.type === 'PROXY_REFUSED') assert.match(reasonIn(error), /^403( Forbidden)?$/);
    });
    await fc.assert(property, { numRuns: 50 });
  });
});

test('an answer that is not HTTP is not repeated', async () => {
  const error = await refusalBy('http', (request) => request);
  assert.equal(error.type, 'PROXY_MALFORMED');
  checkMessage(error.message);
});

test('a SOCKS proxy that repeats what was sent', async () => {
  for (const answer of [(request: string) => request, () => `\x05\x02`, () => `\x05\x63${BASE64}`]) {
    const error = await refusalBy('socks5h', answer);
    checkMessage(error.message);
  }
});

test('a server that answers a WebSocket upgrade with hostile words', async () => {
  for (const answer of [
    `HTTP/1.1 403 ${HOSTILE.replace(/[\0\r\n]/g, '')}\r\n\r\n`,
    `HTTP/1.1 101 x\r\nUpgrade: ${'\x9b31m'.repeat(9)}\r\nConnection: upgrade\r\n\r\n`,
    'HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: \x9b31m\r\n\r\n',
    HOSTILE,
  ]) {
    const server = await startBroken((socket) => socket.once('data', () => socket.end(answer, 'latin1')));
    const address = { host: '127.0.0.1', port: server.port };
    const socket = await openSocket(address, options());
    await assert.rejects(
      openWebSocket(socket, address, { secure: false, path: '/apiws' }, options()),
      (error) =>
        error instanceof NetworkError &&
        !UNSAFE.test(error.message) &&
        /it answered with HTTP status 403|did not answer like|closed the connection/.test(error.message),
    );
    await server.close();
  }
});

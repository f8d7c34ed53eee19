/** The control API over HTTP: which requests it refuses. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { UsageError } from '../../../src/errors.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { loginLink } from '../../../src/tl/login-link.ts';
import { serverKey } from '../../pair.ts';
import { TestClient } from '../client.ts';
import { type Asked, ask } from './ask.ts';

const KIB = 1 << 10;

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ key: serverKey, control: 0 });
});
after(() => sandbox.close());

const token = () => sandbox.control?.token ?? '';
const port = () => Number(new URL(sandbox.control?.url ?? '').port);

/** Sends bytes as they are, and returns the answer. */
async function send(bytes: string): Promise<string> {
  const socket = createConnection(port(), '127.0.0.1');
  socket.end(bytes);
  return text(socket);
}

describe('a request is refused', () => {
  const refused = async (path: string, asked: Asked, status: number, words: RegExp) => {
    const answer = await ask(sandbox, path, asked);
    assert.equal(answer.status, status);
    assert.ok(typeof answer.body === 'object' && answer.body !== null && 'error' in answer.body);
    assert.match(String(answer.body.error), words);
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
    return answer;
  };

  test('without the token, whatever it asks', async () => {
    for (const authorization of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Basic ${token()}`,
      token(),
      `Bearer ${token().slice(1)}`,
      `Bearer ${token()}a`,
      `Bearer ${token().toLowerCase()}`,
      `Bearer ${'a'.repeat(8000)}`,
    ])
      for (const path of ['/said', '/nothing', '/openapi.json', `/said?token=${token()}`]) {
        const answer = await refused(path, { headers: { authorization } }, 401, /Authorization: Bearer/);
        assert.equal(answer.headers['www-authenticate'], 'Bearer');
      }
    const large = { raw: ' '.repeat(4096 * KIB), headers: { authorization: undefined } };
    await refused('/clock', large, 401, /Authorization: Bearer/);
  });

  test('from a web page, even with the token', async () => {
    for (const origin of ['http://127.0.0.1', `http://localhost:${port()}`, 'https://example.com', 'null', ''])
      await refused('/said', { headers: { origin } }, 403, /Origin/);
    const preflight = { origin: 'https://example.com', 'access-control-request-method': 'POST' };
    await refused('/reset', { method: 'OPTIONS', headers: preflight }, 403, /Origin/);
  });

  test('by another name than its own', async () => {
    const foreign = ['example.com', '127.0.0.1.example.com', 'localhost.example.com', '10.0.0.1', '127.1', '0.0.0.0'];
    for (const host of [...foreign, `example.com:${port()}`, '[::2]', '127.0.0.1@example.com', 'localhost:80:80'])
      await refused('/said', { headers: { host } }, 403, /Host/);
    assert.match(await send(`GET /said HTTP/1.0\r\nAuthorization: Bearer ${token()}\r\n\r\n`), /^HTTP\/1\.1 403 /);
  });

  test('for a path that does not exist, and with a method that its path does not take', async () => {
    for (const path of ['/', '/said/', '/SAID', '//said', '/said/../said', '/__proto__', '/toString'])
      await refused(path, {}, 404, /The paths are: \/said, /);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      assert.equal((await refused('/said', { method }, 405, /only GET/)).headers.allow, 'GET');
    assert.equal((await refused('/reset', {}, 405, /only POST/)).headers.allow, 'POST');
    const absolute = `GET http://127.0.0.1:${port()}/said HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
    const answer = await send(`${absolute}Authorization: Bearer ${token()}\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 404 /);
  });

  test('with a body over 64 KiB, however it is sent', async () => {
    const padded = (length: number) => `{"advance":0}`.padEnd(length);
    assert.equal((await ask(sandbox, '/clock', { raw: padded(64 * KIB) })).status, 200);
    const huge = { raw: padded(64 * KIB + 1) };
    for (const path of ['/clock', '/said'])
      await refused(path, { ...huge, method: path === '/said' ? 'GET' : 'POST' }, 413, /65536 bytes/);
    await refused('/clock', { raw: padded(4096 * KIB) }, 413, /65536 bytes/);
    const chunked = { 'content-length': undefined, 'transfer-encoding': 'chunked' };
    await refused('/clock', { ...huge, headers: chunked }, 413, /65536 bytes/);
  });

  test('if its body is not JSON', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const headers of [form, { 'content-type': undefined }, { 'content-type': 'application/jsonp' }])
      await refused('/clock', { body: { advance: 1 }, headers }, 415, /application\/json/);
    await refused('/clock', { body: { advance: 1 }, headers: { 'content-encoding': 'gzip' } }, 415, /compressed/);
    const invalid = ['{', 'advance=1', '[', '{"advance":1}x', Uint8Array.of(0x22, 0xff, 0x22), '['.repeat(60_000)];
    for (const raw of invalid) await refused('/clock', { raw }, 400, /JSON/);
    for (const body of [null, 1, 'a', [], [{ advance: 1 }]]) await refused('/clock', { body }, 400, /JSON object/);
    const charset = { 'content-type': 'Application/JSON; charset=utf-8' };
    assert.equal((await ask(sandbox, '/clock', { body: { advance: 0 }, headers: charset })).status, 200);
  });

  test('if its fields are missing, unknown or malformed', async () => {
    const cases: readonly (readonly [path: string, body: unknown, words: RegExp])[] = [
      ['/clock', {}, /'advance' and 'now'/],
      ['/clock', { advance: 1, now: 1 }, /'advance' and 'now'/],
      ['/clock', { advance: '60' }, /'advance' must be a number/],
      ['/clock', { advance: null }, /'advance' must be a number/],
      ['/clock', { advance: -1 }, /0 seconds or more/],
      ['/clock', { now: Date.now() }, /seconds since 1970/],
      ['/clock', { seconds: 1 }, /Unknown field 'seconds'\. Known: advance, now\./],
      ['/scan', { phone: '9996620001' }, /'link' is required/],
      ['/scan', { link: 'https://example.com', phone: '9996620001' }, /Not a login link/],
      ['/scan', { link: loginLink(new Uint8Array(32)), phone: '9996620001' }, /AUTH_TOKEN_INVALID/],
      ['/accounts', { phone: '12' }, /'12' is not a phone number/],
      ['/accounts', { name: ' ' }, /1 to 64/],
      ['/accounts', { password: '' }, /must not be empty/],
      ['/accounts', { email: 'ada@example.com' }, /requires a password/],
      ['/accounts', { password: 'a', email: 'ada' }, /not an e-mail address/],
      ['/revoke', { phone: '9996620099' }, /No account/],
      ['/revoke', { phone: ['9996620099'] }, /must be a string/],
      ['/fault', { faults: 'close' }, /must be a list of strings/],
      ['/fault', { faults: ['rain'] }, /No fault named 'rain'/],
      ['/reset', { hard: true }, /Unknown field 'hard'\. Known: none\./],
    ];
    for (const [path, body, words] of cases) await refused(path, { body }, 400, words);
    await refused('/clock', { raw: '{"__proto__":1}' }, 400, /Unknown field/);
    for (const query of ['telephone=9996620001', 'phone=', 'phone=abc', 'phone=%00'])
      await refused(`/said?${query}`, {}, 400, /./);
  });

  test('and changes nothing', async () => {
    const faults = { body: { faults: ['close@every-h1'] } };
    await ask(sandbox, '/fault', { ...faults, headers: { authorization: 'Bearer no' } });
    await ask(sandbox, '/fault', { ...faults, headers: { origin: 'null' } });
    await ask(sandbox, '/fault', { ...faults, headers: { host: 'example.com' } });
    (await TestClient.start(sandbox)).close();
  });
});

test('a request is accepted by every name of the loopback interface', async () => {
  for (const host of ['127.0.0.1', `localhost:${port()}`, 'LOCALHOST', '[::1]', `[::1]:${port()}`, '127.0.0.2'])
    assert.equal((await ask(sandbox, '/said', { headers: { host } })).status, 200, host);
  assert.equal((await ask(sandbox, '/said', { headers: { authorization: `bearer ${token()}` } })).status, 200);
});

test('the token differs from run to run, even with a seed', async () => {
  const tokens = new Set<string | undefined>();
  for (let i = 0; i < 2; i++) {
    await using seeded = await startSandbox({ key: serverKey, seed: 'a', control: 0 });
    tokens.add(seeded.control?.token);
  }
  assert.equal(tokens.size, 2);
});

test('an address is IPv6 if the sandbox is; a port in use is refused; without the option there is none', async () => {
  await using ipv6 = await startSandbox({ key: serverKey, host: '::1', control: 0 });
  assert.match(ipv6.control?.url ?? '', /^http:\/\/\[::1\]:\d+$/);
  assert.equal((await ask(ipv6, '/said')).status, 200);
  await assert.rejects(startSandbox({ key: serverKey, control: port() }), UsageError);
  await using without = await startSandbox({ key: serverKey });
  assert.equal(without.control, undefined);
});

test('a sandbox closes while requests are unfinished', async () => {
  const closing = await startSandbox({ key: serverKey, control: 0 });
  const { url, token: secret } = closing.control ?? { url: '', token: '' };
  const socket = createConnection(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  const head = `POST /clock HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${secret}\r\n`;
  // The first request is answered, so the second one has arrived too; its body never comes.
  socket.write(`${head}Content-Length: 0\r\n\r\n${head}Content-Length: 9\r\n\r\n{`);
  await once(socket, 'data');
  await closing.close();
  if (!socket.closed) await once(socket, 'close');
});

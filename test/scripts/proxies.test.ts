/** Working and broken proxies: the message names the hop that failed, with its exit code, before the deadline. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { deadPort, LOCALHOST_PEM, type ProxyKind, startBroken, startProxy, startSocks4, USER } from '../proxies.ts';
import { type Passing, startRelay } from '../relay.ts';
import { BIN, checkFailure, type Ended, type Env, envOf, lasting, said, start, tgAuth } from './cli.ts';

const CALL = ['send-call', '+79991234567', '--hash', '2dc02d2cda9e615c84', '--json'];

/** An MTProxy secret of each kind. The last one imitates a visit to a web site. */
const KEY = '00112233445566778899aabbccddeeff';
const SECRETS = { plain: KEY, dd: `dd${KEY}`, ee: `ee${KEY}${Buffer.from('www.example.com').toString('hex')}` };

let sandbox: Sandbox;
before(async () => {
  sandbox = await lasting(startSandbox({ mtproxy: Object.values(SECRETS) }));
});

function call(proxy: string, env: Env = {}, ...options: string[]): Promise<Ended> {
  return tgAuth([...CALL, ...options], envOf(sandbox, { TG_AUTH_PROXY: proxy, ...env }));
}

const FORBIDDEN = 'HTTP/1.1 403 Forbidden by rule\r\nContent-Length: 0\r\n\r\n';

const SCHEMES = [
  ['socks', 'socks5', '127.0.0.1'],
  ['socks', 'socks5h', '127.0.0.1'],
  ['http', 'http', '127.0.0.1'],
  ['https', 'https', 'localhost'],
] as const satisfies [ProxyKind, string, string][];

describe('a call goes through', { concurrency: 2 }, () => {
  for (const [kind, scheme, host] of SCHEMES)
    test(`${scheme}://, with and without a password`, async () => {
      const trust = { NODE_EXTRA_CA_CERTS: LOCALHOST_PEM };
      for (const auth of [false, true]) {
        const proxy = await lasting(startProxy(kind, { auth }));
        const user = auth ? `${USER.name}:${USER.escaped}@` : '';
        const { code, stdout, stderr } = await call(`${scheme}://${user}${host}:${proxy.port}`, trust);
        assert.equal(code, 0, stderr);
        assert.equal(JSON.parse(stdout).result, true);
        assert.ok(proxy.forwarded >= 1); // a slow machine may try a second route
      }
    });

  test('socks4a://, where the proxy resolves names', async () => {
    const proxy = await lasting(startSocks4('alice'));
    const { code, stderr } = await call(`socks4a://alice@127.0.0.1:${proxy.port}`);
    assert.equal(code, 0, stderr);
    assert.ok(proxy.forwarded >= 1); // a slow machine may try a second route
  });

  for (const kind of ['plain', 'dd', 'ee'] as const)
    test(`an MTProxy with a ${kind} secret, in each notation`, async () => {
      const { port, link } = mtproxy(kind);
      const base64 = Buffer.from(SECRETS[kind], 'hex').toString('base64url');
      for (const text of [
        link,
        `https://t.me/proxy?server=127.0.0.1&port=${port}&secret=${base64}`,
        `127.0.0.1:${port}:${SECRETS[kind]}`,
      ]) {
        const { code, stderr } = await call(text);
        assert.equal(code, 0, stderr);
      }
    });

  test('an MTProxy to another data centre', async () => {
    const { link } = mtproxy('ee');
    const { code, stderr } = await tgAuth(['send-code', '+9996611234'], envOf(sandbox, { TG_AUTH_PROXY: link }));
    assert.equal(code, 0, stderr);
  });

  test('a WebSocket, and a WebSocket in an HTTP proxy', async () => {
    const proxy = await lasting(startProxy('http'));
    const direct = await tgAuth([...CALL, '--transport', 'websocket'], envOf(sandbox));
    assert.equal(direct.code, 0, direct.stderr);
    const both = await call(`http://127.0.0.1:${proxy.port}`, {}, '--transport', 'websocket');
    assert.equal(both.code, 0, both.stderr);
    assert.ok(proxy.forwarded >= 1); // a slow machine may try a second route
  });
});

function mtproxy(kind: keyof typeof SECRETS): { port: number; link: string } {
  return sandbox.proxies.find(({ secret }) => secret === SECRETS[kind]) ?? assert.fail('no such proxy');
}

describe('an MTProxy that', { concurrency: 2 }, () => {
  for (const kind of ['plain', 'dd', 'ee'] as const) {
    const other = SECRETS[kind].replace('0011', '1100');

    test(`has another secret (${kind})`, async () => {
      const ended = await call(`127.0.0.1:${mtproxy(kind).port}:${other}`);
      checkFailure(ended, 30, 'PROXY_SECRET');
      assert.ok(!(said(ended) + ended.stdout).includes(other.slice(2, 34)), 'a secret was shown');
    });

    test(`does not listen (${kind})`, async () => {
      checkFailure(await call(`127.0.0.1:${await deadPort()}:${other}`), 30, 'PROXY_UNREACHABLE');
    });

    test(`hangs (${kind})`, async () => {
      const proxy = await lasting(startBroken(() => {}));
      const ended = await call(`127.0.0.1:${proxy.port}:${other}`, {}, '--timeout', '1');
      checkFailure(ended, 30, 'TIMEOUT');
      assert.match(said(ended), kind === 'ee' ? /was not open yet/ : /does not answer through it/);
    });

    test(`cuts connections, once or always (${kind})`, async () => {
      const { port } = mtproxy(kind);
      for (const always of [false, true]) {
        const change = (chunk: Uint8Array, { direction, connection }: Passing) =>
          direction === 'down' && (always || connection === 0) ? undefined : chunk;
        const relay = await lasting(startRelay({ target: port, change }));
        const ended = await call(`127.0.0.1:${relay.port}:${SECRETS[kind]}`);
        if (always) checkFailure(ended, 30, 'PROXY_SECRET');
        else assert.equal(ended.code, 0, ended.stderr);
      }
    });
  }

  test('is a web server', async () => {
    const proxy = await lasting(startBroken((socket) => socket.once('data', () => socket.end(FORBIDDEN))));
    checkFailure(await call(`127.0.0.1:${proxy.port}:${SECRETS.ee}`), 30, 'PROXY_MALFORMED');
  });
});

describe('a proxy that', { concurrency: 2 }, () => {
  for (const scheme of ['socks5', 'socks4a', 'http', 'https']) {
    test(`does not listen (${scheme})`, async () => {
      const ended = await call(`${scheme}://127.0.0.1:${await deadPort()}`);
      checkFailure(ended, 30, 'PROXY_UNREACHABLE');
      assert.match(said(ended), /Could not reach the proxy \(\w+ 127\.0\.0\.1:\d+\): .* refused the connection/);
    });

    test(`hangs (${scheme})`, async () => {
      const proxy = await lasting(startBroken(() => {}));
      const ended = await call(`${scheme}://127.0.0.1:${proxy.port}`, {}, '--timeout', '1');
      checkFailure(ended, 30, 'TIMEOUT');
      assert.match(said(ended), /The connection to the proxy \(\w+ 127\.0\.0\.1:\d+\) was not open yet\./);
    });

    test(`cuts connections (${scheme})`, async () => {
      const proxy = await lasting(startBroken((socket) => socket.once('data', () => socket.destroy())));
      checkFailure(await call(`${scheme}://127.0.0.1:${proxy.port}`), 30, /^PROXY_(CLOSED|MALFORMED)$/);
    });

    test(`speaks another protocol (${scheme})`, async () => {
      const proxy = await lasting(
        startBroken((socket) => socket.end('SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n\r\n')),
      );
      checkFailure(await call(`${scheme}://127.0.0.1:${proxy.port}`), 30, 'PROXY_MALFORMED');
    });
  }

  for (const [kind, scheme, host] of SCHEMES)
    test(`refuses the password (${scheme})`, async () => {
      const trust = { NODE_EXTRA_CA_CERTS: LOCALHOST_PEM };
      const proxy = await lasting(startProxy(kind, { auth: true }));
      const wrong = await call(`${scheme}://${USER.name}:swordfish@${host}:${proxy.port}`, trust);
      checkFailure(wrong, 30, 'PROXY_AUTH');
      assert.match(said(wrong), /rejected this user name and password/);
      const none = await call(`${scheme}://${host}:${proxy.port}`, trust);
      checkFailure(none, 30, 'PROXY_AUTH');
      assert.match(said(none), /needs a user name and a password/);
      assert.equal(proxy.forwarded, 0);
    });

  for (const [kind, scheme] of SCHEMES.slice(0, 3))
    test(`cannot reach the server (${scheme})`, async () => {
      const proxy = await lasting(startProxy(kind));
      const nowhere = { TG_AUTH_SERVER: `127.0.0.1:${await deadPort()}` };
      // proxy-chain only hangs up.
      const type = kind === 'http' ? 'PROXY_CLOSED' : 'PROXY_REFUSED';
      checkFailure(await call(`${scheme}://127.0.0.1:${proxy.port}`, nowhere), 30, type);
    });

  test('forbids the destination', async () => {
    const proxy = await lasting(startBroken((socket) => socket.once('data', () => socket.end(FORBIDDEN))));
    const ended = await call(`http://127.0.0.1:${proxy.port}`);
    checkFailure(ended, 30, 'PROXY_REFUSED');
    assert.match(said(ended), /could not connect to 127\.0\.0\.1:\d+: 403 Forbidden by rule/);
  });

  for (const [kind, scheme] of SCHEMES.slice(0, 3))
    test(`leads to a server that never answers (${scheme})`, async () => {
      const proxy = await lasting(startProxy(kind));
      const silent = await lasting(startBroken(() => {}));
      const env = { TG_AUTH_SERVER: `127.0.0.1:${silent.port}` };
      const ended = await call(`${scheme}://127.0.0.1:${proxy.port}`, env, '--timeout', '1.5');
      checkFailure(ended, 30, 'TIMEOUT');
      assert.match(said(ended), /is open, but data centre 2 does not answer through it/);
    });

  test('has an untrusted certificate', async () => {
    const proxy = await lasting(startProxy('https'));
    for (const env of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }])
      checkFailure(await call(`https://localhost:${proxy.port}`, env), 31, 'CERTIFICATE_UNTRUSTED');
    assert.equal(proxy.forwarded, 0);
  });

  test('is malformed is refused before anything happens, and not repeated', async () => {
    for (const text of [
      'ftp://alice:swordfish@127.0.0.1:1',
      '127.0.0.1:8080',
      'tg://proxy?server=a&port=443&secret=zz',
    ])
      checkFailure(await call(text), 2, 'USAGE');
  });
});

test('the process list does not show a password', { skip: process.platform !== 'linux' && 'needs /proc' }, async () => {
  const proxy = await lasting(startBroken(() => {}));
  const url = `socks5://alice:${USER.escaped}@127.0.0.1:${proxy.port}`;
  const { child, ended } = start(process.execPath, [BIN, ...CALL, '--proxy', url, '--verbose'], envOf(sandbox));
  await new Promise((resolve) => child.stderr?.once('data', resolve));
  const shown = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
  child.kill();
  const { stderr } = await ended;
  assert.match(shown, /^tg-auth/);
  assert.ok(!shown.includes(USER.escaped));
  assert.match(stderr, /through the proxy SOCKS 127\.0\.0\.1/);
});

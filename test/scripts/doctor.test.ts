/** `doctor`: all checks pass where nothing is wrong, and the right layer fails where something is. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { Layer, Row } from '../../src/cli/doctor/report.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { closer, listen } from '../loopback.ts';
import { deadPort, startBroken, startProxy, USER } from '../proxies.ts';
import { startRelay } from '../relay.ts';
import {
  BIN,
  checkFailure,
  cleanEnv,
  type Ended,
  type Env,
  envOf,
  lasting,
  POSIX,
  said,
  sessionFile,
  start,
} from './cli.ts';
import { tgAuth } from './in-process.ts';

const KEY = '00112233445566778899aabbccddeeff';
const SECRETS = [KEY, `dd${KEY}`, `ee${KEY}${Buffer.from('www.example.com').toString('hex')}`];

let sandbox: Sandbox;
before(async () => {
  sandbox = await lasting(startSandbox({ mtproxy: SECRETS }));
});

const another = (options: SandboxOptions) => lasting(startSandbox(options));
const examine = (env: Env, ...options: string[]) => tgAuth(['doctor', '--json', '--timeout', '9', ...options], env);

function rowsOf({ stdout, stderr }: Ended): Row[] {
  assert.notEqual(stdout, '', stderr);
  return JSON.parse(stdout).checks;
}

/** Every row is ok, and every layer has one. */
function checkHealthy(ended: Ended): void {
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  const rows = rowsOf(ended);
  assert.deepEqual(
    rows.filter(({ state }) => state !== 'ok'),
    [],
  );
  assert.equal(new Set(rows.map(({ layer }) => layer)).size, 10);
}

/** The first failure is in this layer. */
function checkBroken(ended: Ended, layer: Layer, exit: number, type: string): void {
  checkFailure(ended, exit, type);
  const { checks } = JSON.parse(ended.stdout);
  assert.doesNotMatch(said(ended), /tg-auth doctor$/m, 'doctor does not advise to run doctor');
  const first: Row & { type: string } = checks.find(({ state }: Row) => state === 'fail');
  assert.equal(`${first.layer} ${first.type}`, `${layer} ${type}`, ended.stderr);
}

describe('all checks pass', { concurrency: 2 }, () => {
  test('in the embedded sandbox', async () => {
    checkHealthy(await tgAuth(['doctor', '--sandbox', '--json']));
  });

  test('with a server, in a table too', async () => {
    checkHealthy(await examine(envOf(sandbox)));
    const { code, stdout, stderr } = await tgAuth(['doctor'], envOf(sandbox));
    assert.equal(code, 0);
    assert.match(stdout, /^✔ transport +websocket +\d+ ms$/m);
    assert.match(stdout, /^✔ configuration +api-hash +set {2}\(TG_API_HASH\)$/m);
    assert.match(stderr, /^✔ All checks passed\.$/m);
  });

  test('through proxies, without showing their secrets', async () => {
    const socks = await lasting(startProxy('socks', { auth: true }));
    const url = `socks5://${USER.name}:${USER.escaped}@127.0.0.1:${socks.port}`;
    const ended = await examine(envOf(sandbox, { TG_AUTH_PROXY: url }));
    checkHealthy(ended);
    assert.match(ended.stdout, /SOCKS 127\.0\.0\.1:\d+, with a password/);
    for (const { link, secret } of sandbox.proxies) {
      const through = await examine(envOf(sandbox, { TG_AUTH_PROXY: link }));
      checkHealthy(through);
      assert.ok(!through.stdout.includes(secret.slice(2, 34)));
    }
  });

  test('with a signed-in session', async () => {
    const env = envOf(sandbox, { TG_AUTH_BOT_TOKEN: `5:${'s'.repeat(35)}` });
    assert.equal((await tgAuth(['login', '--bot'], env)).code, 0);
    const ended = await examine(env);
    checkHealthy(ended);
    assert.match(ended.stdout, /signed in as a bot/);
  });
});

describe('finds a problem with', { concurrency: 2 }, () => {
  test('the config file', async () => {
    const env = envOf(sandbox);
    mkdirSync(join(env.XDG_CONFIG_HOME ?? '', 'tg-auth'), { recursive: true, mode: 0o700 });
    writeFileSync(join(env.XDG_CONFIG_HOME ?? '', 'tg-auth', 'config.json'), '{', { mode: 0o600 });
    checkBroken(await examine(env), 'configuration', 32, 'CONFIG_UNREADABLE');
  });

  test('a setting', async () => {
    const ended = await examine(envOf(sandbox, { TG_AUTH_PROXY: 'swordfish' }));
    checkBroken(ended, 'configuration', 2, 'USAGE');
    assert.match(said(ended), /TG_AUTH_PROXY must be/);
  });

  test('the credentials, and checks the rest', async () => {
    const ended = await examine(envOf(sandbox, { TG_API_ID: '' }));
    checkBroken(ended, 'configuration', 2, 'USAGE');
    assert.ok(rowsOf(ended).some(({ layer, state }) => layer === 'key' && state === 'ok'));
  });

  test('a session that others can read', POSIX, async () => {
    const env = envOf(sandbox);
    await tgAuth(['send-code', '+9996621234'], env);
    const store = join(env.XDG_STATE_HOME ?? '', 'tg-auth');
    const files = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
    for (const file of files) chmodSync(join(store, file), 0o644);
    checkBroken(await examine(env), 'store', 32, 'STORE_PERMISSIONS');
  });

  test('an unknown host name', async () => {
    const env = envOf(sandbox, { TG_AUTH_SERVER: `${'x'.repeat(300)}:443` }); // too long for DNS
    checkBroken(await examine(env), 'names', 30, 'HOST_NOT_FOUND');
  });

  test('a proxy that is not running', async () => {
    const env = envOf(sandbox, { TG_AUTH_PROXY: `socks5://127.0.0.1:${await deadPort()}` });
    checkBroken(await examine(env), 'proxy', 30, 'PROXY_UNREACHABLE');
  });

  test('the password of a proxy', async () => {
    const { port } = await lasting(startProxy('http', { auth: true }));
    const env = envOf(sandbox, { TG_AUTH_PROXY: `http://${USER.name}:swordfish@127.0.0.1:${port}` });
    checkBroken(await examine(env), 'proxy', 30, 'PROXY_AUTH');
  });

  test("a proxy's refusal, whose words cannot control the terminal", async () => {
    const refusal = 'HTTP/1.1 403 \x1b[2Jno\r\nContent-Length: 0\r\n\r\n';
    const { port } = await lasting(startBroken((socket) => socket.once('data', () => socket.end(refusal))));
    const { stdout } = await tgAuth(['doctor'], envOf(sandbox, { TG_AUTH_PROXY: `http://127.0.0.1:${port}` }));
    assert.match(stdout, /403 �\[2Jno/);
  });

  test('a proxy that hangs', async () => {
    const { port } = await lasting(startBroken(() => {}));
    const env = envOf(sandbox, { TG_AUTH_PROXY: `http://127.0.0.1:${port}` });
    checkBroken(await examine(env), 'proxy', 30, 'PROXY_SILENT');
  });

  test("an MTProxy's secret", async () => {
    const [plain, , disguised] = sandbox.proxies;
    const other = (secret = '') => secret.replace('0011', '1100');
    const at = (port: number | undefined, secret: string) =>
      envOf(sandbox, { TG_AUTH_PROXY: `127.0.0.1:${port}:${secret}` });
    checkBroken(await examine(at(plain?.port, other(plain?.secret))), 'transport', 30, 'PROXY_SECRET');
    checkBroken(await examine(at(disguised?.port, other(disguised?.secret))), 'proxy', 30, 'PROXY_SECRET');
  });

  test('a closed port', async () => {
    const env = envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${await deadPort()}` });
    checkBroken(await examine(env), 'tcp', 30, 'CONNECTION_REFUSED');
  });

  test('a server that never answers', async () => {
    const { port } = await lasting(startBroken(() => {}));
    const env = envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${port}` });
    checkBroken(await examine(env), 'transport', 30, 'NO_ANSWER');
  });

  test('a web server, which it names', async () => {
    const web = createServer((_, response) => response.end('hello'));
    const close = closer(web);
    const { port } = await lasting(listen(web).then((port) => ({ port, close })));
    const env = envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${port}` });
    const ended = await examine(env);
    checkBroken(ended, 'transport', 30, 'HTTP_ANSWER');
    assert.match(ended.stdout, /An HTTP server or a captive portal answers here \(127\.0\.0\.1:\d+\)/);
    const { code, stderr } = await tgAuth(['send-code', '+9996621234'], env);
    assert.equal(code, 30);
    assert.match(stderr, /An HTTP server or a captive portal answers here/);
    const [plain, , disguised] = sandbox.proxies;
    for (const secret of [plain?.secret, disguised?.secret])
      assert.match(
        (await examine({ ...env, TG_AUTH_PROXY: `127.0.0.1:${port}:${secret}` })).stdout,
        /not from a proxy of this kind .*: an HTTP server or a captive portal answers here/,
      );
  });

  test('a web server that waits for a line, as only some transports send one', async () => {
    const answers = ({ 0: first }: Buffer) => first === 0xef; // abridged
    const { port } = await lasting(
      startBroken((socket) => socket.on('data', (chunk) => answers(chunk) && socket.end('<!DOCTYPE HTML>\n400'))),
    );
    const env = envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${port}` });
    checkBroken(await examine(env), 'transport', 30, 'HTTP_ANSWER');
  });

  test('every transport, and quotes the one that is used by default', async () => {
    const transportError = Buffer.from('016cfeffff', 'hex'); // -404, abridged
    const { port } = await lasting(
      startBroken((socket) =>
        socket.once('data', (chunk: Buffer) => socket.end(chunk[0] === 0xef ? transportError : '')),
      ),
    );
    const ended = await examine(envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${port}` }));
    const failed = JSON.parse(ended.stdout).checks.filter(({ state }: Row) => state === 'fail');
    const typeOf = (name: string) => failed.find(({ what }: Row) => what === name)?.type;
    assert.notEqual(typeOf('abridged'), typeOf('intermediate'));
    assert.equal(JSON.parse(ended.stdout).error.type, typeOf('intermediate'));
  });

  test('the wrong server', async () => {
    const other = await another({ newKey: true });
    const env = envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${other.dcs[1]?.port}` });
    checkBroken(await examine(env), 'key', 31, 'SERVER_KEY_UNKNOWN');
  });

  test('a server that forges', async () => {
    checkBroken(
      await examine(envOf(await another({ faults: ['nonce@every-h2'] }))),
      'key',
      31,
      'SECURITY_CHECK_FAILED',
    );
  });

  test('a server with only old layers', async () => {
    checkBroken(await examine(envOf(await another({ layer: 'legacy' }))), 'api', 18, 'CONNECTION_LAYER_INVALID');
  });

  test('a session that the server has forgotten', async () => {
    const before = await startSandbox({ seed: 'doctor' });
    const env = envOf(before);
    assert.equal((await tgAuth(['send-code', '+9996621234'], env)).code, 0);
    await before.close();
    const file = sessionFile(env) ?? assert.fail(); // the server may not know a key under a minute old yet
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"made": \d+/g, '"made": 1'));
    const now = await another({ seed: 'doctor' });
    const there = { ...env, TG_AUTH_SERVER: `127.0.0.1:${now.dcs[1]?.port}` };
    checkBroken(await examine(there), 'session', 15, 'KEY_UNKNOWN');
  });

  test('a session that was ended elsewhere', async () => {
    const env = envOf(sandbox);
    const code = await tgAuth(['send-code', '+9996629115'], env);
    assert.equal(code.code, 0, code.stderr);
    const signedIn = await tgAuth(['sign-in', '+9996629115', '--code', '-'], env, '22222\n');
    assert.equal(signedIn.code, 0, signedIn.stderr);
    checkBroken(await examine(env), 'session', 15, 'SESSION_REVOKED');
  });
});

describe('only warns about', { concurrency: 2 }, () => {
  test('a clock that is a day off', async () => {
    const ended = await examine(envOf(await another({ faults: ['clock:86400'] })));
    assert.equal(ended.code, 0, ended.stdout);
    const [odd, ...others] = rowsOf(ended).filter(({ state }) => state !== 'ok');
    assert.deepEqual(others, []);
    assert.equal(odd?.layer, 'clock');
    assert.match(odd?.detail ?? '', /24 h slow|1 d slow|a day slow/);
  });

  test('a network that drops transports it recognises', async () => {
    // The first byte of obfuscated data may look like another transport's by chance; the first four together may not.
    const known = ([first = 0, ...rest]: Uint8Array) =>
      first === 0xef || ([0xee, 0xdd].includes(first) && rest.slice(0, 3).every((byte) => byte === first));
    const target = sandbox.dcs[1]?.port ?? 0;
    const relay = await lasting(
      startRelay({
        target,
        change: (chunk, { direction, offset }) =>
          direction === 'up' && offset === 0 && known(chunk) ? undefined : chunk,
      }),
    );
    const ended = await examine(envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${relay.port}` }));
    assert.equal(ended.code, 0, ended.stdout);
    assert.deepEqual(
      rowsOf(ended)
        .filter(({ state }) => state !== 'ok')
        .map(({ layer, what }) => `${layer} ${what}`),
      ['transport abridged', 'transport intermediate', 'transport padded'],
    );
    assert.match(ended.stderr, /No check failed/);
  });
});

test('Ctrl-C ends doctor at once', POSIX, async () => {
  let stop = () => {};
  const { port } = await lasting(startBroken(() => stop()));
  const env = envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${port}` });
  const { child, ended } = start(process.execPath, [BIN, 'doctor'], env);
  stop = () => {
    stop = () => {}; // a second one would end it at once
    child.kill('SIGINT');
  };
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 130);
  assert.equal(stdout, '');
  assert.match(stderr, /✖ Interrupted\./);
});

test('doctor without settings names what is missing and does not prompt', async () => {
  const ended = await tgAuth(['doctor', '--json', '--server', '127.0.0.1:1'], cleanEnv());
  checkBroken(ended, 'configuration', 2, 'USAGE');
});

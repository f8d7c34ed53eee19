/** Session strings by an attacker, which name the attacker's server; and what else a string may or may not decide. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { concat, toBase64Url } from '../../src/bytes.ts';
import { sha256 } from '../../src/crypto/hash.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../src/sandbox/index.ts';
import type { Contents } from '../../src/session/formats/format.ts';
import { readSessionString, writeSessionString } from '../../src/session/formats/index.ts';
import { schema } from '../../src/session/formats/tg-auth.ts';
import { checkFailure, cleanEnv, type Env, envOf, said, sessionFile } from './cli.ts';
import { runs, tgAuth } from './in-process.ts';

const PHONE = '9996621002'; // its code is 22222, its password "sandbox"
const TOKEN = `987654321:${'s'.repeat(35)}`;
const API: Env = { TG_API_ID: '12345', TG_API_HASH: '0123456789abcdef0123456789abcdef' };
const ATTACKER_KEY = Uint8Array.from({ length: 256 }, (_, i) => i);

let sandbox: Sandbox;
let attacker: Sandbox;
/** Requests that reached the attacker's server. */
const caught: SandboxEvent[] = [];
before(async () => {
  sandbox = await startSandbox();
  attacker = await startSandbox({ newKey: true, onEvent: (event) => caught.push(event) });
});
after(async () => {
  assert.deepEqual(caught, [], "nothing reached the attacker's server");
  await attacker.close();
  await sandbox.close();
});

/** A string of our own with every field of its layout. */
function ownWith(network: string, key: { dc: number; auth_key: Uint8Array }, place: { host: string; port: number }) {
  const body = schema.encode({
    _: 'sessionString',
    network,
    dc: key.dc,
    keys: [1, 2, 3, 4, 5, 7].map((dc) => ({ _: 'sessionKey', auth_key: key.auth_key, server_salt: 5n, dc })),
    addresses: [1, 2, 3, 4, 5, 7].map((dc) => ({ _: 'sessionAddress', dc, ...place })),
    time_offset: 1e308,
  });
  const checksum = sha256(new TextEncoder().encode('tgauth1-'), body).subarray(0, 4);
  return `tgauth1-${toBase64Url(concat(body, checksum))}`;
}

describe('a string that names a server', { concurrency: 4 }, () => {
  const place = () => ({ host: attacker.host, port: attacker.dcs[1]?.port ?? 0 });
  const evil: Omit<Contents, 'address'> = { dc: 7, auth_key: ATTACKER_KEY, test: false };

  test('on this machine or a private network is refused without --server; the message has the right command', async () => {
    const hosts = [place().host, '::1', '10.1.2.3', '::ffff:127.0.0.1', '127.1', 'localhost', '169.254.169.254'];
    for (const host of hosts) {
      const { port } = place();
      const string = writeSessionString('gramjs', { ...evil, address: { host, port } });
      const env = cleanEnv(API);
      const shown = host.includes(':') ? `[${host}]` : host;
      for (const [command, settings] of [
        ['session import', env],
        ['send-code', { ...env, TG_AUTH_SESSION_STRING: string }],
        ['whoami', { ...env, TG_AUTH_SESSION_STRING: string }],
      ] as const) {
        const phone = command === 'send-code' ? [PHONE] : [];
        const ended = await tgAuth([...command.split(' '), ...phone, '--json'], settings, string);
        checkFailure(ended, 2, 'USAGE');
        if (command === 'send-code') continue; // refuses strings
        const flags = `--server ${shown}:${port} --server-key FILE --dc 7`;
        assert.ok(said(ended).includes(`tg-auth ${command} ${flags}`), said(ended));
      }
      assert.equal(sessionFile(env), undefined, 'nothing is stored');
    }
  });

  test('for an unknown data centre of Telegram is refused', async () => {
    for (const format of ['gramjs', 'telethon', 'mtcute'] as const) {
      const env = cleanEnv(API);
      const string = writeSessionString(format, { ...evil, address: { host: '203.0.113.5', port: 443 } });
      for (const flags of [[], ['--dc', '7']]) {
        const args = ['session', 'import', '-', '--json', '--session', 'work', ...flags];
        const ended = await tgAuth(args, env, string);
        checkFailure(ended, 2, 'USAGE');
        assert.match(
          said(ended),
          /data centre 7.*\n.*import --server HOST:PORT --server-key FILE --dc 7 --session work$/m,
        );
      }
      checkFailure(await tgAuth(['whoami', '--json'], { ...env, TG_AUTH_SESSION_STRING: string }), 2, 'USAGE');
      assert.equal(sessionFile(env), undefined);
    }
  });

  test('is accepted without its address if Telegram has the data centre; only Telegram is contacted', async () => {
    const targets: (string | undefined)[] = [];
    const proxy = createServer().on('connect', ({ url }, socket) => {
      targets.push(url);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const bound = proxy.address();
    const port = typeof bound === 'object' ? bound?.port : undefined;
    const far = { host: '203.0.113.5', port: 443 };
    for (const string of [
      writeSessionString('gramjs', { dc: 2, auth_key: ATTACKER_KEY, address: far }),
      ownWith('production', { dc: 2, auth_key: ATTACKER_KEY }, place()),
    ]) {
      const env = cleanEnv({ ...API, TG_AUTH_PROXY: `http://127.0.0.1:${port}` });
      await runs(['session', 'import', '-'], env, string);
      const { keys, addresses, routes, time_offset } = JSON.parse(readFileSync(sessionFile(env) ?? '', 'utf8'));
      assert.deepEqual([addresses, routes, time_offset, Object.keys(keys)], [{}, undefined, 0, ['2']]);
      assert.notEqual((await tgAuth(['whoami'], env)).code, 0);
      assert.notEqual((await tgAuth(['whoami'], { ...env, TG_AUTH_SESSION_STRING: string })).code, 0);
    }
    proxy.close();
    assert.ok(targets.length > 0);
    for (const target of targets)
      assert.match(target ?? '', /^(149\.154\.|\[2001:67c:|95\.161\.|venus\.web\.telegram\.org)/);
  });

  test('belongs to the --server of the command, whose own addresses are used', async () => {
    const made = envOf(sandbox, { TG_AUTH_SERVER: `${sandbox.host}:${sandbox.dcs[0]?.port}`, TG_AUTH_DC: '1' });
    await runs(['send-code', '9996610001'], made);
    const { dc, auth_key, network = '' } = readSessionString(await runs(['session', 'export', '-q'], made));
    assert.equal(dc, 1);
    const call = ['send-call', '79991234567', '--hash', '2dc02d2cda9e615c84'];
    for (const string of [
      writeSessionString('gramjs', { dc, auth_key, address: place() }),
      ownWith(network, { dc, auth_key }, place()),
    ]) {
      const env = envOf(sandbox);
      await runs(['session', 'import', '-'], env, string);
      assert.equal(await runs(call, env), 'true');
      assert.equal(await runs(call, { ...envOf(sandbox), TG_AUTH_SESSION_STRING: string }), 'true');
    }
    const env = envOf(sandbox);
    await runs(['session', 'import', '-'], env, writeSessionString('gramjs', { ...evil, address: place() }));
    checkFailure(await tgAuth([...call, '--json'], env), 30, 'DC_UNKNOWN');
  });

  test('may be for a data centre that the replaced session learnt under its own key', async () => {
    const string = writeSessionString('gramjs', { ...evil, dc: 6, address: { host: '203.0.113.5', port: 443 } });
    const env = cleanEnv(API);
    await runs(['session', 'import', '-'], env, writeSessionString('gramjs', { ...evil, dc: 2, address: place6 }));
    const file = sessionFile(env) ?? assert.fail();
    const session = JSON.parse(readFileSync(file, 'utf8'));
    for (const isImported of [true, false]) {
      session.addresses = { 6: [place6] };
      session.keys[2].imported = isImported ? true : undefined;
      writeFileSync(file, JSON.stringify(session));
      const { code, stderr } = await tgAuth(['session', 'import', '-', '--force'], env, string);
      assert.equal(code, isImported ? 2 : 0, stderr);
    }
    const { addresses, keys } = JSON.parse(readFileSync(file, 'utf8'));
    assert.deepEqual([addresses, keys[6].imported], [{ 6: [place6] }, true]);
  });
  const place6 = { host: '149.154.167.99', port: 443 };
});

describe('--session-string and a sign-in', { concurrency: 4 }, () => {
  test('cannot be combined: the new key could not be stored', async () => {
    const made = envOf(sandbox);
    await runs(['send-code', PHONE], made);
    const string = await runs(['session', 'export', '-q'], made);
    const env = envOf(sandbox, { TG_AUTH_SESSION_STRING: string, TG_AUTH_BOT_TOKEN: TOKEN });
    for (const args of [
      ['send-code', PHONE],
      ['sign-in', PHONE, '--code', '22222'],
      ['sign-in', PHONE, '--hash', 'abc', '--code', '22222'],
      ['password', 'recover', '--send'],
      ['login', '--bot'],
      ['login', '--qr'],
    ]) {
      const ended = await tgAuth([...args, '--json'], env);
      checkFailure(ended, 2, 'USAGE');
      assert.match(said(ended), /requires a stored session.*\n.*TG_AUTH_SESSION_STRING/, args.join(' '));
      assert.deepEqual(readdirSync(env.HOME ?? ''), []);
    }
    const lost = await tgAuth(['send-call', PHONE, '--json'], env);
    checkFailure(lost, 2, 'USAGE');
    assert.doesNotMatch(said(lost), /send-code/, 'which would not help');
  });

  test('login reports who is already signed in with it', async () => {
    const made = envOf(sandbox);
    await runs(['send-code', '9996620001'], made);
    const id = await runs(['sign-in', '9996620001', '--code', '22222'], made);
    const string = await runs(['session', 'export', '--format', 'telethon'], made);
    assert.equal(await runs(['login', '--qr'], envOf(sandbox, { TG_AUTH_SESSION_STRING: string })), id);
  });
});

test('session show marks a key from a string as imported, whatever happens to the session', async () => {
  const env = envOf(sandbox, { TG_AUTH_NEW_PASSPHRASE: 'correct horse', TG_AUTH_PASSPHRASE: 'correct horse' });
  const place = { host: sandbox.host, port: 443 };
  await runs(
    ['session', 'import', '-'],
    env,
    writeSessionString('gramjs', { dc: 2, auth_key: ATTACKER_KEY, address: place }),
  );
  const says = async (name: string, settings: Env = env) => {
    assert.match(await runs(['session', 'show', name], settings), /^importedKeys: 2$/m);
    assert.deepEqual(JSON.parse(await runs(['session', 'show', name, '--json'], settings)).result.importedKeys, [2]);
  };
  await says('default');
  await runs(['session', 'rename', 'default', 'work'], env);
  await says('work');
  await runs(['session', 'passphrase', '--session', 'work'], env);
  await says('work');
  const string = await runs(['session', 'export', '--session', 'work', '-q'], env);
  await runs(['session', 'passphrase', '--remove', '--session', 'work'], env);
  await says('work');
  const moved = envOf(sandbox);
  await runs(['session', 'import', '-'], moved, string);
  await says('default', moved);
});

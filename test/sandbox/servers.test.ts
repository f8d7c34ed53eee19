/** The ports, the addresses and the key of a sandbox. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { fromHex } from '../../src/bytes.ts';
import { UsageError } from '../../src/errors.ts';
import { DEVELOPMENT_KEY, parseServerKey } from '../../src/mtproto/server-key.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { current } from '../../src/tl/layer.ts';
import { clientTransport } from '../../src/transport/transport.ts';
import { seeded, serverKey } from '../pair.ts';
import { TestClient } from './client.ts';

const SECRET = 'f1e2d3c4b5a69788796a5b4c3d2e1f00';

/** Loopback addresses that no other test uses, so that their ports are free. Only Linux has them. */
const OWN = { skip: process.platform === 'linux' ? false : 'only Linux has all of 127.0.0.0/8' };

const portsOf = ({ dcs, proxies }: Awaited<ReturnType<typeof startSandbox>>) => [
  ...dcs.map(({ port }) => port),
  ...proxies.map(({ port }) => port),
];

describe('a port that the sandbox chooses', () => {
  test('fits in a signed 16-bit number, also that of a proxy', async () => {
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await using sandbox = await startSandbox({ seed, key: serverKey, dcs: 9, mtproxy: [SECRET] });
      const ports = portsOf(sandbox);
      assert.equal(new Set(ports).size, 10);
      assert.deepEqual(
        ports.filter((port) => port < 1024 || port > 32_767),
        [],
      );
    }
  });

  test('is the same for one seed, unless it is in use', OWN, async () => {
    const options = { seed: 'ports', key: serverKey, host: '127.77.0.1', mtproxy: [SECRET] };
    const first = await startSandbox(options);
    await using second = await startSandbox(options);
    const ports = portsOf(first);
    assert.deepEqual(
      portsOf(second).filter((port) => ports.includes(port)),
      [],
    );
    await first.close();
    await using again = await startSandbox(options);
    assert.deepEqual(portsOf(again), ports);
  });

  test('is another one if a program without a sandbox has it', OWN, async () => {
    const options = { seed: 'taken', key: serverKey, host: '127.77.0.2', dcs: 1 };
    const first = await startSandbox(options);
    const [port = 0] = portsOf(first);
    await first.close();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, '127.77.0.2', resolve));
    await using second = await startSandbox(options);
    assert.notEqual(portsOf(second)[0], port);
    await new Promise((resolve) => other.close(resolve));
  });
});

test('ports beyond 65535 are refused', async () => {
  await assert.rejects(startSandbox({ port: 65_535, dcs: 2, key: serverKey }), /would exceed 65535/);
});

describe('an advertised address', () => {
  test('is what the configuration and the links name; proxies still reach the data centres', async () => {
    await using sandbox = await startSandbox({
      key: serverKey,
      advertise: '10.1.2.3',
      public: true,
      mtproxy: [SECRET],
    });
    assert.equal(sandbox.host, '10.1.2.3');
    const [proxy] = sandbox.proxies;
    assert.equal(new URL(proxy?.link ?? '').searchParams.get('server'), '10.1.2.3');
    const here = { ...sandbox, host: '127.0.0.1' };
    const client = await TestClient.start(here);
    const { dc_options } = await client.call(current, 'help.getConfig', {});
    assert.deepEqual(
      dc_options.map(({ ip_address, port }) => `${ip_address}:${port}`),
      sandbox.dcs.map(({ port }) => `10.1.2.3:${port}`),
    );
    client.close();
    const socket = createConnection({ host: here.host, port: proxy?.port ?? 0 });
    await once(socket, 'connect');
    const wire = clientTransport('obfuscated', { random: seeded('proxied'), dc: 2, secret: fromHex(SECRET) });
    const through = new TestClient(here, socket, {}, wire);
    through.begin(await through.exchange());
    assert.equal((await through.call(current, 'help.getConfig', {})).this_dc, 2);
    through.close();
  });

  test('needs consent, as the address to listen on does', async () => {
    for (const options of [{ host: '0.0.0.0' }, { host: '::' }, { host: '10.1.2.3' }, { advertise: '10.1.2.3' }])
      await assert.rejects(
        startSandbox(options),
        (error) => error instanceof UsageError && /--allow-remote.*public: true/.test(error.why.join()),
      );
  });

  test('cannot be that of all interfaces, or a name', async () => {
    for (const advertise of ['0.0.0.0', '::', 'sandbox.example'])
      await assert.rejects(startSandbox({ advertise, public: true }), UsageError);
  });
});

describe('the key', () => {
  test('is the development key by default, which clients know by its fingerprint', async () => {
    await using one = await startSandbox({ dcs: 1 });
    await using two = await startSandbox({ dcs: 1 });
    assert.equal(one.publicKey, two.publicKey);
    assert.equal(parseServerKey(one.publicKey).fingerprint, DEVELOPMENT_KEY);
    const page = readFileSync('src/sandbox/README.md', 'utf8');
    assert.ok(page.includes(one.publicKey) && page.includes(one.fingerprint), 'the reference has it');
    const client = await TestClient.start(one, { dc: 1 });
    assert.equal((await client.call(current, 'help.getConfig', {})).this_dc, 1);
    client.close();
  });

  test('is another one with newKey, each time', async () => {
    await using one = await startSandbox({ dcs: 1, newKey: true });
    await using two = await startSandbox({ dcs: 1, newKey: true });
    const prints = [one, two].map(({ publicKey }) => parseServerKey(publicKey).fingerprint);
    assert.equal(new Set([...prints, DEVELOPMENT_KEY]).size, 3);
  });
});

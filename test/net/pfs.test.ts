/** Perfect forward secrecy: calls under temporary keys that are bound to the permanent one, over real sockets. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { serverNetwork } from '../../src/net/datacentres.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { startBroken } from '../proxies.ts';
import { startRelay } from '../relay.ts';
import { aged, clientAt, portOf, sendCall } from './fixture.ts';

/** Seconds that every clock is ahead. */
let ahead = 0;
const now = () => Date.now() + 1000 * ahead;
const HOUR = 3600;

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ now });
});
after(() => sandbox.close());

const madeKeys = (trace: readonly string[]) => trace.filter((line) => line.includes('temporary key')).length;

describe('under temporary keys', () => {
  test('a call is answered, and only the permanent key is saved', async () => {
    const { client, saved, trace } = clientAt(sandbox, { pfs: HOUR, now });
    assert.equal(await sendCall(client), true);
    assert.equal(await sendCall(client), true);
    assert.equal(madeKeys(trace), 1);
    client.close();
    const keys = new Set(
      saved.flatMap((state) => Object.values(state.keys).map(({ auth_key }) => Buffer.from(auth_key).toString('hex'))),
    );
    assert.equal(keys.size, 1);

    const again = clientAt(sandbox, { pfs: HOUR, now, state: saved.at(-1) ?? assert.fail() });
    assert.equal(await sendCall(again.client), true);
    assert.equal(madeKeys(again.trace), 1);
    assert.ok(!again.trace.some((line) => line.includes('made an auth key')));
    again.client.close();
  });

  test('one that is about to expire is renewed', async () => {
    const { client, trace } = clientAt(sandbox, { pfs: HOUR, now });
    await sendCall(client);
    ahead += HOUR - 30;
    await sendCall(client);
    assert.equal(madeKeys(trace), 2);
    client.close();
  });

  test('one that the server has dropped is renewed, and the call that was refused is made again', async () => {
    let jump = 0;
    const dropping = await startSandbox({ now: () => now() + jump });
    const { client, trace } = clientAt(dropping, { pfs: HOUR, now });
    assert.equal(await sendCall(client), true);
    jump = 2 * HOUR * 1000;
    assert.equal(await sendCall(client), true);
    assert.equal(madeKeys(trace), 2);
    client.close();
    await dropping.close();
  });

  test('a broken connection continues under the same one', async () => {
    const port = sandbox.dcs[1]?.port ?? 0;
    const relay = await startRelay({
      target: port,
      change: (chunk, { direction, connection, offset }) =>
        connection === 0 && direction === 'down' && offset > 1800 ? undefined : chunk,
    });
    const { client, trace } = clientAt(sandbox, { pfs: HOUR, now, port: relay.port });
    for (let i = 0; i < 6; i++) assert.equal(await sendCall(client), true);
    assert.ok(relay.connections > 1);
    assert.equal(madeKeys(trace), 1);
    client.close();
    await relay.close();
  });

  test('are not waited for on a route that has become silent', async () => {
    const silent = await startBroken(() => {});
    const { client, saved } = clientAt(sandbox, { now });
    await sendCall(client);
    client.close();
    const place = { host: '127.0.0.1', port: silent.port };
    const known = {
      ...(saved.at(-1) ?? assert.fail()),
      routes: { 2: { address: place, transport: 'intermediate' } },
    } as const;
    const real = serverNetwork({ address: { ...place, port: portOf(sandbox, 2) }, dc: 2, pem: sandbox.publicKey });
    const network = { ...real, addresses: (dc: number) => [place, ...real.addresses(dc)] };
    const again = clientAt(sandbox, { pfs: HOUR, now, state: known, network });
    assert.equal(await sendCall(again.client), true);
    again.client.close();
    await silent.close();
  });

  test('an unknown permanent key ends in KEY_UNKNOWN', async () => {
    const { client, saved } = clientAt(sandbox, { pfs: HOUR, now });
    await sendCall(client);
    client.close();
    const other = await startSandbox({ now });
    const rejected = clientAt(other, { pfs: HOUR, now, state: aged(saved.at(-1)) });
    await assert.rejects(sendCall(rejected.client), { type: 'KEY_UNKNOWN', exit: 15 });
    rejected.client.close();
    await other.close();
  });
});

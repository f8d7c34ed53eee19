/** Routes through networks that censor, swallow and cut, over real sockets; and what a session remembers of them. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { NetworkError } from '../../src/errors.ts';
import { type Address, type Network, serverNetwork } from '../../src/net/datacentres.ts';
import type { ConnectionState } from '../../src/net/state.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { deadPort, startBroken } from '../proxies.ts';
import { type Passing, type Relay, type RelayOptions, startRelay } from '../relay.ts';
import { clientAt, portOf, sendCall, type TestClient, type TestClientOptions } from './fixture.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ seed: 'routes' });
});
after(() => sandbox.close());

const HOST = '127.0.0.1';

/** DC 2 at these addresses, each with these other ports too. */
function networkAt(addresses: readonly Address[], ports: readonly number[] = []): Network {
  const [address] = addresses;
  assert.ok(address !== undefined);
  const network = serverNetwork({ address, dc: 2, pem: sandbox.publicKey });
  return { ...network, addresses: (dc) => (dc === 2 ? addresses : []), ports };
}

/** A client that chooses its route itself; closed with the test. */
function clientOf(t: TestContext, options: TestClientOptions): TestClient {
  const one = clientAt(sandbox, { transport: undefined, ...options });
  t.after(() => one.client.close());
  return one;
}

async function relayOf(t: TestContext, change?: RelayOptions['change']): Promise<Relay> {
  const relay = await startRelay({ target: portOf(sandbox, 2), ...(change && { change }) });
  t.after(() => relay.close());
  return relay;
}

async function silentPort(t: TestContext): Promise<number> {
  const { port, close } = await startBroken((socket) => socket.resume());
  t.after(close);
  return port;
}

/** A state with a key and without a route. */
async function withKey(): Promise<ConnectionState> {
  const { client } = clientAt(sandbox);
  assert.equal(await sendCall(client), true);
  client.close();
  assert.equal(client.state.routes, undefined, 'a single route is not stored');
  return client.state;
}

/** Returns what the client connected to, in order. */
function connected({ trace }: TestClient): string[] {
  return trace.flatMap((line) => /^connected to (.*)$/.exec(line)?.slice(1) ?? []);
}

function routeOf({ client }: TestClient): string {
  const { address, transport } = client.state.routes?.[2] ?? assert.fail('no route was saved');
  return `${address.host}:${address.port} (${transport})`;
}

const isPlain = (chunk: Uint8Array) => [0, 1, 2, 3].every((i) => chunk[i] === 0xee);
const isHttp = (chunk: Uint8Array) => Buffer.from(chunk.subarray(0, 4)).toString('latin1') === 'GET ';

/** Forwards only streams whose start is allowed; destroys or swallows the others. */
function censor(allows: (start: Uint8Array) => boolean, act: 'destroys' | 'swallows'): RelayOptions['change'] {
  const condemned = new Set<number>();
  return (chunk, { direction, connection, offset }) => {
    if (direction === 'up' && offset === 0 && !allows(chunk)) condemned.add(connection);
    if (!condemned.has(connection)) return chunk;
    return act === 'destroys' ? undefined : new Uint8Array(0);
  };
}

describe('a censor', () => {
  for (const act of ['destroys', 'swallows'] as const)
    for (const [what, allows, through] of [
      ['plain transports', (start: Uint8Array) => !isPlain(start), 'obfuscated'],
      ['everything but HTTP', isHttp, 'websocket'],
    ] as const)
      for (const kind of ['fresh', 'stored'] as const)
        test(`${act} ${what}: with a ${kind} key`, async (t) => {
          const state = kind === 'stored' ? await withKey() : undefined;
          const relay = await relayOf(t, censor(allows, act));
          const network = networkAt([{ host: HOST, port: relay.port }]);
          const one = clientOf(t, { network, state });
          assert.equal(await sendCall(one.client), true);
          assert.deepEqual(connected(one), [`${HOST}:${relay.port} (${through})`]);

          // The next client knows the route.
          assert.equal(routeOf(one), `${HOST}:${relay.port} (${through})`);
          assert.deepEqual(one.saved.at(-1), one.client.state);
          const before = relay.connections;
          const two = clientOf(t, { network, state: one.client.state });
          assert.equal(await sendCall(two.client), true);
          assert.deepEqual(connected(two), connected(one));
          assert.equal(relay.connections, before + 1);
          assert.deepEqual(two.saved, [], 'nothing new, so nothing is saved');
        });
});

describe('several addresses', () => {
  const hasIPv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));

  for (const kind of ['fresh', 'stored'] as const) {
    test(`the first is silent, the second answers: with a ${kind} key`, async (t) => {
      const state = kind === 'stored' ? await withKey() : undefined;
      const silent = { host: HOST, port: await silentPort(t) };
      const good = { host: HOST, port: portOf(sandbox, 2) };
      const one = clientOf(t, { network: networkAt([silent, good]), state });
      assert.equal(await sendCall(one.client), true);
      assert.deepEqual(connected(one), [`${HOST}:${good.port} (intermediate)`]);
      assert.equal(routeOf(one), `${HOST}:${good.port} (intermediate)`);
    });

    test(`the usual port is dead, another one works: with a ${kind} key`, async (t) => {
      const state = kind === 'stored' ? await withKey() : undefined;
      const network = networkAt([{ host: HOST, port: await deadPort() }], [await deadPort(), portOf(sandbox, 2)]);
      const one = clientOf(t, { network, state });
      assert.equal(await sendCall(one.client), true);
      assert.equal(routeOf(one), `${HOST}:${portOf(sandbox, 2)} (intermediate)`);
    });
  }

  test('IPv6 is dead, IPv4 answers', { skip: !hasIPv6 && 'no IPv6 here' }, async (t) => {
    const good = { host: HOST, port: portOf(sandbox, 2) };
    const one = clientOf(t, { network: networkAt([{ host: '::1', port: await deadPort() }, good]) });
    assert.equal(await sendCall(one.client), true);
    assert.equal(routeOf(one), `${HOST}:${good.port} (intermediate)`);
  });

  test('IPv4 is silent, IPv6 answers', { skip: !hasIPv6 && 'no IPv6 here' }, async (t) => {
    const other = await startSandbox({ host: '::1', seed: 'routes' });
    t.after(() => other.close());
    assert.equal(other.publicKey, sandbox.publicKey);
    const good = { host: '::1', port: portOf(other, 2) };
    const one = clientOf(t, { network: networkAt([{ host: HOST, port: await silentPort(t) }, good]) });
    assert.equal(await sendCall(one.client), true);
    assert.deepEqual(one.client.state.routes?.[2], { address: good, transport: 'intermediate' });
  });

  test('nothing answers at any of them: the reason of the first', async (t) => {
    const addresses = [
      { host: HOST, port: await deadPort() },
      { host: HOST, port: await deadPort() },
    ];
    const { client, saved } = clientOf(t, { network: networkAt(addresses) });
    await assert.rejects(sendCall(client), (error: unknown) => {
      assert.ok(error instanceof NetworkError && error.type === 'NO_WAY_THROUGH');
      assert.equal(error.values.reason, `${HOST}:${addresses[0]?.port} refused the connection.`);
      return true;
    });
    assert.deepEqual(saved, []);
  });
});

describe('a remembered route', () => {
  test('is used without a greeting first', async (t) => {
    const relay = await relayOf(t);
    const starts: number[] = [];
    const other = await relayOf(t, (chunk, { direction, offset }) => {
      if (direction === 'up' && offset === 0) starts.push(chunk.length);
      return chunk;
    });
    const network = networkAt([
      { host: HOST, port: relay.port },
      { host: HOST, port: other.port },
    ]);
    const transport = 'abridged';
    const routes = { 2: { address: { host: HOST, port: other.port }, transport } } as const;
    const { client } = clientOf(t, { network, transport, state: { ...(await withKey()), routes } });
    assert.equal(await sendCall(client), true);
    assert.deepEqual([relay.connections, other.connections], [0, 1]);
    const greeting = 1 + 1 + 20 + 20; // the tag, a length, and req_pq_multi unencrypted
    assert.ok((starts[0] ?? 0) > greeting, 'the first bytes are the call itself');
  });

  test('that is dead is replaced by another, which is remembered instead', async (t) => {
    const dead = { host: HOST, port: await deadPort() };
    const good = { host: HOST, port: portOf(sandbox, 2) };
    const routes = { 2: { address: dead, transport: 'obfuscated' } } as const;
    const one = clientOf(t, { network: networkAt([dead, good]), state: { ...(await withKey()), routes } });
    assert.equal(await sendCall(one.client), true);
    assert.equal(routeOf(one), `${HOST}:${good.port} (intermediate)`);
  });

  test('that hangs up is replaced by another', async (t) => {
    const relay = await relayOf(
      t,
      censor((start) => !isPlain(start), 'destroys'),
    );
    const network = networkAt([{ host: HOST, port: relay.port }]);
    const routes = { 2: { address: { host: HOST, port: relay.port }, transport: 'intermediate' } } as const;
    const one = clientOf(t, { network, state: { ...(await withKey()), routes } });
    assert.equal(await sendCall(one.client), true);
    assert.equal(routeOf(one), `${HOST}:${relay.port} (obfuscated)`);
  });

  test('that has become silent is replaced by another, after an unanswered ping', async (t) => {
    let swallowed = 0;
    const silent = await relayOf(t, () => {
      swallowed++;
      return new Uint8Array(0);
    });
    const good = { host: HOST, port: portOf(sandbox, 2) };
    const first = { host: HOST, port: silent.port };
    const routes = { 2: { address: first, transport: 'intermediate' } } as const;
    const one = clientOf(t, { network: networkAt([first, good]), state: { ...(await withKey()), routes } });
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const called = sendCall(one.client);
    while (swallowed < 1) await setImmediate(); // the call
    t.mock.timers.tick(2000);
    while (swallowed < 2) await setImmediate(); // the ping
    t.mock.timers.tick(2000);
    // The other address comes first now.
    assert.equal(await called, true);
    assert.equal(routeOf(one), `${HOST}:${good.port} (intermediate)`);
    assert.equal(one.saved.at(-1)?.routes?.[2]?.address.port, good.port);
  });
});

test('a route that becomes silent in the middle of a key exchange is replaced by another', async (t) => {
  let answers = 0;
  const mute = await relayOf(t, (chunk, { direction }) =>
    direction === 'down' && answers++ > 0 ? new Uint8Array(0) : chunk,
  );
  const good = { host: HOST, port: portOf(sandbox, 2) };
  const one = clientOf(t, { network: networkAt([{ host: HOST, port: mute.port }, good]), transport: 'intermediate' });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const called = sendCall(one.client);
  let outcome: boolean | undefined;
  called.then(
    (answer) => {
      outcome = answer;
    },
    () => {},
  );
  while (answers < 2) await setImmediate();
  for (let ms = 0; ms < 15_000 && outcome === undefined; ms += 100) {
    t.mock.timers.tick(100);
    await setImmediate();
  }
  assert.equal(await called, true);
  assert.equal(routeOf(one), `${HOST}:${good.port} (intermediate)`);
});

describe('a network that drops every third connection', () => {
  const WHEN: Readonly<Record<string, (passing: Passing) => boolean>> = {
    'as soon as something is sent': () => true,
    'as soon as something is answered': ({ direction }) => direction === 'down',
    'in the middle': ({ direction, offset }) => direction === 'down' && offset > 0,
  };
  for (const [when, isNow] of Object.entries(WHEN))
    for (const transport of ['intermediate', 'websocket', undefined] as const)
      test(`${when}, ${transport ?? 'all transports'}: 12 clients connect, every second one with a fresh key`, async (t) => {
        let dropped = 0;
        const relay = await relayOf(t, (chunk, passing) => {
          if (passing.connection % 3 !== 0 || !isNow(passing)) return chunk;
          dropped++;
          return undefined;
        });
        const network = networkAt([{ host: HOST, port: relay.port }]);
        const key = await withKey();
        for (let i = 0; i < 12; i++) {
          const { client } = clientOf(t, { network, transport, state: i % 2 === 0 ? undefined : key });
          assert.equal(await sendCall(client), true, `client ${i}`);
          client.close();
        }
        assert.ok(dropped >= 2, `${dropped} were dropped`);
      });
});

describe('a network that drops every answer', () => {
  for (const kind of ['fresh', 'stored'] as const)
    for (const transport of ['intermediate', undefined] as const)
      test(`ends at the deadline and not earlier: with a ${kind} key, ${transport ?? 'all transports'}`, async (t) => {
        const state = kind === 'stored' ? await withKey() : undefined;
        const relay = await relayOf(t, (chunk, { direction }) => (direction === 'down' ? new Uint8Array(0) : chunk));
        t.mock.timers.enable({ apis: ['setTimeout'] });
        const over = new AbortController();
        const network = networkAt([{ host: HOST, port: relay.port }]);
        const { client, saved } = clientOf(t, { network, transport, state, signal: over.signal });
        let outcome: unknown;
        const called = sendCall(client).then(
          () => assert.fail('there was no answer'),
          (error: unknown) => {
            outcome = error;
          },
        );
        for (let ms = 0; ms < 29_900; ms += 100) {
          t.mock.timers.tick(100);
          await setImmediate();
        }
        assert.equal(outcome, undefined);
        const reason = new NetworkError('TIMEOUT', { seconds: 30 });
        over.abort(reason);
        await called;
        assert.equal(outcome, reason);
        assert.deepEqual(saved, []);
      });
});

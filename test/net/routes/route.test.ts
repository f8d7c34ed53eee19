/** Which routes lead to a data centre, and in which order they are tried. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Address, type Network, productionNetwork, testNetwork } from '../../../src/net/datacentres.ts';
import { parseProxy, showAddress } from '../../../src/net/dial/proxy.ts';
import { isSame, type Route, type RoutesOptions, rememberedFirst, routesTo } from '../../../src/net/routes/route.ts';
import { TRANSPORTS } from '../../../src/transport/names.ts';

const KEY = '00112233445566778899aabbccddeeff';

function routesOf(network: Network, dc: number, rest: Partial<RoutesOptions> = {}): readonly Route[] {
  return routesTo({ network, dc, addresses: network.addresses(dc), transport: undefined, proxy: undefined, ...rest });
}

function summary({ address, transport, web }: Route): string {
  const url = web === undefined ? '' : ` ${web.secure ? 'wss' : 'ws'} ${web.path}`;
  return `${showAddress(address)} ${transport}${url}`;
}

/** A custom network, with other ports. */
function networkOf(ports: readonly number[], webs: readonly Address[] = []): Network {
  return {
    ...productionNetwork(),
    ports,
    webs: () => webs.map((address) => ({ address, web: { path: '/apiws', secure: false } })),
  };
}

describe('the order', () => {
  test('of the routes to DC 2: those that differ in one respect, then those that differ in two', () => {
    assert.deepEqual(routesOf(productionNetwork(), 2).slice(0, 10).map(summary), [
      '149.154.167.51:443 intermediate',
      '149.154.167.51:80 intermediate',
      '[2001:67c:4e8:f002::a]:443 intermediate',
      '149.154.167.51:443 obfuscated',
      'venus.web.telegram.org:443 websocket wss /apiws',
      '149.154.167.51:5222 intermediate',
      '[2001:67c:4e8:f002::a]:80 intermediate',
      '95.161.76.100:443 intermediate',
      '149.154.167.51:80 obfuscated',
      '[2001:67c:4e8:f002::a]:443 obfuscated',
    ]);
  });

  for (const network of [productionNetwork(), testNetwork()])
    test(`has IPv4 and IPv6, each port and both transports on the ${network.id} network`, () => {
      for (const dc of [1, 2, 3]) {
        const routes = routesOf(network, dc);
        const hosts = network.addresses(dc).map(({ host }) => host);
        for (const host of hosts)
          for (const port of [443, 80, 5222])
            for (const transport of ['intermediate', 'obfuscated'] as const)
              assert.ok(routes.some((each) => isSame(each, { address: { host, port }, transport })));
        assert.equal(routes.length, hosts.length * 3 * 2 + 1);
        assert.ok(hosts.some((host) => host.includes(':')) && hosts.some((host) => !host.includes(':')));
      }
    });

  test("begins with the address's own port", () => {
    const addresses = [{ host: '10.0.0.1', port: 5222 }];
    const ports = routesOf(productionNetwork(), 2, { addresses, transport: 'padded' }).map(
      ({ address }) => address.port,
    );
    assert.deepEqual(ports, [5222, 443, 80]);
  });

  test('lists each route once, and stays the same after a remembered route', () => {
    const address = fc.record({
      host: fc.constantFrom('10.0.0.1', '10.0.0.2', '::1'),
      port: fc.constantFrom(443, 80, 5222, 8443),
    });
    const places = fc.array(address, { minLength: 1, maxLength: 6 });
    const ports = fc.uniqueArray(fc.constantFrom(443, 80, 5222));
    const transport = fc.option(fc.constantFrom(...TRANSPORTS), { nil: undefined });
    fc.assert(
      fc.property(places, places, ports, transport, fc.nat(), (addresses, webs, others, only, which) => {
        const routes = routesOf(networkOf(others, webs), 2, { addresses, transport: only });
        assert.equal(new Set(routes.map(summary)).size, routes.length);
        assert.ok(only === undefined || routes.every((each) => each.transport === only));
        for (const { host, port } of addresses)
          if (only !== undefined && only !== 'websocket')
            assert.ok(routes.some((each) => isSame(each, { address: { host, port }, transport: only })));

        const known = routes[which % routes.length] ?? assert.fail('there is a route');
        const { address: where, transport: name } = known;
        const again = rememberedFirst(routes, { address: { ...where }, transport: name });
        assert.deepEqual(again, [known, ...routes.filter((each) => each !== known)]);
      }),
    );
  });
});

test('of any number of addresses, the best hundred routes are used', () => {
  const addresses = Array.from({ length: 20_000 }, (_, i) => ({ host: `10.0.${i >> 8}.${i & 255}`, port: 443 }));
  const routes = routesOf(productionNetwork(), 2, { addresses });
  assert.equal(routes.length, 100);
  assert.deepEqual(routes[0]?.address, addresses[0]);
  assert.ok(routes.some(({ transport }) => transport === 'websocket'));
});

describe('a remembered route', () => {
  const routes = routesOf(productionNetwork(), 2);
  const [best] = routes;
  test('changes nothing if it no longer exists, or if there is none', () => {
    assert.equal(rememberedFirst(routes, undefined), routes);
    const gone = { address: { host: '10.0.0.1', port: 443 }, transport: 'intermediate' } as const;
    const abridged = { address: best?.address ?? gone.address, transport: 'abridged' } as const;
    for (const hint of [gone, abridged]) assert.equal(rememberedFirst(routes, hint), routes);
  });

  test('keeps the fields of a WebSocket', () => {
    const { web, ...hint } = routes.find(({ transport }) => transport === 'websocket') ?? assert.fail('a WebSocket');
    assert.deepEqual(rememberedFirst(routes, hint)[0], { ...hint, web });
  });
});

describe('a WebSocket', () => {
  const HOSTS = ['pluto', 'venus', 'aurora', 'vesta', 'flora'];
  test("goes to Telegram's hosts for browsers, inside TLS", () => {
    for (const [i, name] of HOSTS.entries())
      assert.deepEqual(routesOf(productionNetwork(), i + 1, { transport: 'websocket' }).map(summary), [
        `${name}.web.telegram.org:443 websocket wss /apiws`,
      ]);
    for (const [i, name] of HOSTS.slice(0, 3).entries())
      assert.deepEqual(routesOf(testNetwork(), i + 1, { transport: 'websocket' }).map(summary), [
        `${name}.web.telegram.org:443 websocket wss /apiws_test`,
      ]);
  });

  test('is no route to a DC without one', () => {
    const addresses = [{ host: '10.0.0.1', port: 443 }];
    assert.deepEqual(routesOf(productionNetwork(), 9, { addresses, transport: 'websocket' }), []);
    assert.ok(routesOf(productionNetwork(), 9, { addresses }).every(({ web }) => web === undefined));
  });
});

describe('a chosen transport', () => {
  for (const transport of TRANSPORTS)
    test(`is the only one: ${transport}`, () => {
      const routes = routesOf(productionNetwork(), 2, { transport });
      assert.ok(routes.length > 0);
      assert.deepEqual(new Set(routes.map((each) => each.transport)), new Set([transport]));
    });
});

describe('through a proxy', () => {
  const secrets = { plain: KEY, padded: `dd${KEY}`, tls: `ee${KEY}${Buffer.from('example.com').toString('hex')}` };
  for (const [kind, secret] of Object.entries(secrets))
    test(`of MTProto with a secret of the kind ${kind}, there is one route`, () => {
      const proxy = parseProxy(`10.0.0.1:443:${secret}`);
      const transport = kind === 'plain' ? 'obfuscated' : 'obfuscated-padded';
      for (const chosen of [undefined, ...TRANSPORTS])
        for (const addresses of [[], productionNetwork().addresses(2)])
          assert.deepEqual(routesOf(productionNetwork(), 2, { proxy, addresses, transport: chosen }), [
            { address: { host: '10.0.0.1', port: 443 }, transport },
          ]);
    });

  test('of another kind, there are the same routes as without', () => {
    for (const text of ['socks5://10.0.0.1', 'http://10.0.0.1'])
      assert.deepEqual(routesOf(productionNetwork(), 2, { proxy: parseProxy(text) }), routesOf(productionNetwork(), 2));
  });
});

/** The sandbox's MTProxies, with the client side of the protocol core. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { concat, toHex, utf8 } from '../../../src/bytes.ts';
import { UsageError } from '../../../src/errors.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../../src/sandbox/index.ts';
import { current, legacy, mtproto } from '../../../src/tl/layer.ts';
import { FakeTls } from '../../../src/transport/fake-tls.ts';
import { obfuscate } from '../../../src/transport/obfuscated.ts';
import { type ProxySecret, parseProxySecret } from '../../../src/transport/proxy-secret.ts';
import { clientTransport, type Transport } from '../../../src/transport/transport.ts';
import { seeded, serverKey } from '../../pair.ts';
import { SEED, TestClient, wrapped } from '../client.ts';

const KEY = toHex(seeded('proxy')(16));
const OTHER = toHex(seeded('another proxy')(16));
const DOMAIN = 'www.example.com';
const tls = (key: string, domain = DOMAIN) => `ee${key}${toHex(utf8(domain))}`;
const SECRETS = { plain: KEY, padded: `dd${KEY}`, tls: tls(KEY) } as const;
const random = seeded('clients');

const events: SandboxEvent[] = [];
const options = {
  key: serverKey,
  mtproxy: Object.values(SECRETS),
  onEvent: (event: SandboxEvent) => events.push(event),
};
let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox(options);
});
after(() => sandbox.close());
beforeEach(() => sandbox.fault());

function portOf(kind: ProxySecret['kind']): number {
  return sandbox.proxies.find(({ secret }) => secret === SECRETS[kind])?.port ?? 0;
}

function secretOf(text: string): ProxySecret {
  const secret = parseProxySecret(text);
  assert.ok(secret);
  return secret;
}

interface Through {
  /** Which proxy; by default with its own secret. */
  readonly kind: ProxySecret['kind'];
  readonly secret?: string;
  readonly inner?: 'abridged' | 'intermediate' | 'padded';
  /** The number in the header. */
  readonly dc?: number;
}

/** Connects a client through a proxy. With a wrong secret the proxy may close the connection. */
async function through({ kind, secret = SECRETS[kind], inner = 'padded', dc = 2 }: Through): Promise<TestClient> {
  const { key, ...rest } = secretOf(secret);
  const socket = createConnection({ host: sandbox.host, port: portOf(kind), noDelay: true });
  await once(socket, 'connect');
  const claims = Math.abs(dc) % 10_000;
  // The framing alone, without the tag before the first frame.
  const framing = clientTransport(inner, { random });
  const { length } = { abridged: { length: 1 }, intermediate: { length: 4 }, padded: { length: 4 } }[inner];
  const tag = { abridged: 0xef, intermediate: 0xee, padded: 0xdd }[inner];
  const hidden = obfuscate({ tag, dc, secret: key }, random);
  let head: Uint8Array | undefined = hidden.header;
  const wire: Transport = {
    pack(payload) {
      const framed = framing.pack(payload);
      const first = head;
      head = undefined;
      return first === undefined ? hidden.encrypt(framed) : concat(first, hidden.encrypt(framed.subarray(length)));
    },
    unpack: (chunk) => framing.unpack(hidden.decrypt(chunk)),
  };
  if (!('domain' in rest)) return new TestClient(sandbox, socket, { claims }, wire);
  const fake = new FakeTls({ secret: key, domain: rest.domain, time: Math.floor(Date.now() / 1000), random });
  let greeted = false;
  const client = new TestClient(
    sandbox,
    socket,
    { claims },
    {
      pack: (payload) => fake.pack(wire.pack(payload)),
      unpack(chunk) {
        if (greeted) return wire.unpack(fake.unpack(chunk));
        greeted = fake.accept(chunk);
        return greeted ? wire.unpack(fake.unpack(new Uint8Array(0))) : [];
      },
    },
  );
  client.write(fake.hello);
  return client;
}

async function asks(client: TestClient): Promise<void> {
  client.begin(await client.exchange());
  assert.equal(await client.call(legacy, 'auth.sendCall', SEED), true);
  client.close();
}

/** Expects that a proxy closes the connection and reports this reason. */
async function closes(client: TestClient, reason: RegExp, kind: ProxySecret['kind']): Promise<void> {
  await client.ended();
  const last = events.at(-1);
  assert.ok(last?.event === 'closed' && 'proxy' in last, JSON.stringify(last));
  assert.match(last.reason, reason);
  assert.equal(last.proxy, portOf(kind));
  assert.equal(client.chunks.length, 0, 'the client gets no answer');
}

describe('an MTProxy', () => {
  test('forwards to each DC, with each kind of secret and every framing that it allows', async () => {
    for (const inner of ['abridged', 'intermediate', 'padded'] as const)
      for (const kind of ['plain', 'padded', 'tls'] as const) {
        const start = events.length;
        await asks(await through({ kind, inner }));
        const tolerated = events.slice(start).flatMap((event) => (event.event === 'tolerated' ? [event] : []));
        const expected = kind !== 'plain' && inner !== 'padded' ? ['unpadded-proxy'] : [];
        assert.deepEqual(
          tolerated.map(({ deviation }) => deviation),
          expected,
        );
        assert.ok(tolerated.every((event) => 'proxy' in event && event.proxy === portOf(kind)));
      }
    for (const kind of ['padded', 'tls'] as const)
      for (const dc of [1, 2]) {
        await asks(await through({ kind, dc }));
        const last = events.at(-1);
        assert.ok(last?.event === 'request');
        assert.equal(last.dc, dc);
      }
  });

  test('accepts the number of a media DC or of a test DC', async () => {
    for (const dc of [-2, 10_002, -10_001]) await asks(await through({ kind: 'plain', dc }));
  });

  test('has a link with the secret unchanged', async () => {
    assert.deepEqual(
      sandbox.proxies.map(({ secret, link }) => ({ secret, link })),
      Object.entries(SECRETS).map(([, secret], i) => ({
        secret,
        link: `tg://proxy?server=127.0.0.1&port=${sandbox.proxies[i]?.port}&secret=${secret}`,
      })),
    );
    const base64 = Buffer.from(SECRETS.tls, 'hex').toString('base64');
    await using other = await startSandbox({ key: serverKey, dcs: 1, host: '::1', mtproxy: [base64] });
    const [proxy] = other.proxies;
    const query = new URL(proxy?.link ?? '').searchParams;
    assert.deepEqual(Object.fromEntries(query), { server: '::1', port: String(proxy?.port), secret: base64 });
  });

  test('forwards a fault of the data centre', async () => {
    sandbox.fault('close@a1');
    const client = await through({ kind: 'tls' });
    await assert.rejects(asks(client), /the connection ended/);
    await client.ended();
  });

  test('forwards much data, in both directions and in order', async () => {
    const client = await through({ kind: 'tls' });
    client.begin(await client.exchange());
    const CONFIG = current.codec.encodeCall('help.getConfig', {});
    await client.ask(wrapped(CONFIG, current.number));
    const { channel } = client;
    assert.ok(channel);
    const waiting = new Set(
      Array.from({ length: 2000 }, (_, i) => {
        const msg_id = channel.send(i % 2 === 0 ? CONFIG : mtproto.encodeCall('get_future_salts', { num: 64 }));
        if (i % 100 === 99) for (const payload of channel.flush()) client.send(payload);
        return msg_id;
      }).filter((_, i) => i % 2 === 0),
    );
    while (waiting.size > 0)
      for (const event of channel.receive(await client.next()))
        if (event._ === 'answer') waiting.delete(event.req_msg_id);
    client.close();
  });
});

describe('an MTProxy closes the connection', () => {
  const PAYLOAD = new Uint8Array(40);

  for (const kind of ['plain', 'padded'] as const)
    test(`of a client with another secret (${kind})`, async () => {
      const client = await through({ kind, secret: OTHER });
      client.send(PAYLOAD);
      await closes(client, /header is invalid, or made with another secret/, kind);
    });

  test('of a client with an unpadded framing, if it is strict and the secret asks for the padded one', async () => {
    const tolerant = sandbox;
    await using strict = await startSandbox({ ...options, strict: true });
    sandbox = strict;
    try {
      for (const kind of ['padded', 'tls'] as const)
        for (const inner of ['abridged', 'intermediate'] as const) {
          const client = await through({ kind, inner });
          client.send(PAYLOAD);
          await client.ended();
          const last = events.at(-1);
          assert.ok(last?.event === 'closed' && /secret asks for padded frames/.test(last.reason));
        }
    } finally {
      sandbox = tolerant;
    }
  });

  test('of a client that asks for an unknown DC', async () => {
    for (const dc of [7, 0]) {
      const client = await through({ kind: 'plain', dc });
      client.send(PAYLOAD);
      await closes(client, new RegExp(`has no DC ${dc}\\.`), 'plain');
    }
  });

  test('of a client of fake TLS with another key, another domain, or no TLS', async () => {
    await closes(await through({ kind: 'tls', secret: tls(OTHER) }), /hello is made with our secret/, 'tls');
    await closes(await through({ kind: 'tls', secret: tls(KEY, 'example.org') }), /for our domain/, 'tls');
    const client = await through({ kind: 'tls', secret: `dd${KEY}` });
    client.send(PAYLOAD);
    await closes(client, /not the TLS of a proxy/, 'tls');
  });

  test('startSandbox refuses an invalid secret', async () => {
    for (const secret of ['', 'abc', `ee${KEY}`])
      await assert.rejects(startSandbox({ key: serverKey, mtproxy: [secret] }), UsageError);
  });
});

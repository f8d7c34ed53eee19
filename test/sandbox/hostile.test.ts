/** A hostile client can at worst end its own connection. */
import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { concat, fromHex, toHex, utf8 } from '../../src/bytes.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { current, legacy } from '../../src/tl/layer.ts';
import { FakeTls } from '../../src/transport/fake-tls.ts';
import { obfuscate } from '../../src/transport/obfuscated.ts';
import { closed } from '../loopback.ts';
import { seeded, serverKey } from '../pair.ts';
import { SEED, TestClient, wrapped } from './client.ts';

const CALL = legacy.codec.encodeCall('auth.sendCall', SEED);

const PROXY_KEY = toHex(seeded('proxy')(16));
let sandbox: Sandbox;
let good: TestClient;
before(async () => {
  sandbox = await startSandbox({ key: serverKey, mtproxy: [PROXY_KEY, `ee${PROXY_KEY}6578616d706c65`] });
  good = await TestClient.start(sandbox);
});
after(() => sandbox.close());

const changes = fc.oneof(
  fc.record({ at: fc.nat(2000), bits: fc.integer({ min: 1, max: 255 }) }).map(
    ({ at, bits }) =>
      (payload: Uint8Array) =>
        payload.map((byte, i) => (i === at % payload.length ? byte ^ bits : byte)),
  ),
  fc
    .nat(2000)
    .map((length) => (payload: Uint8Array) => payload.subarray(0, 4 * Math.floor((length % payload.length) / 4))),
  fc
    .uint8Array({ minLength: 4, maxLength: 400 })
    .map((tail) => (payload: Uint8Array) => concat(payload, tail.subarray(0, tail.length - (tail.length % 4)))),
  fc
    .uint8Array({ minLength: 20, maxLength: 400 })
    .map((other) => () => other.subarray(0, other.length - (other.length % 4))),
  fc
    .uint8Array({ minLength: 12, maxLength: 400 })
    .map(
      (other) => (payload: Uint8Array) =>
        concat(payload.subarray(0, 8), other.subarray(0, other.length - (other.length % 4))),
    ),
);

test('any changed payload of a key exchange or a session ends at worst its own connection', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(3), changes, async (step, change) => {
      const client = await TestClient.connect(sandbox);
      const send = client.send.bind(client);
      let sent = 0;
      client.send = (payload) => send(sent++ === step ? change(payload) : payload);
      const outcome = await client
        .exchange()
        .then((key) => client.begin(key) && client.ask(wrapped(CALL, 49)))
        .catch((error: unknown) => error);
      assert.ok(outcome instanceof Uint8Array || outcome instanceof Error);
      client.close();
      assert.equal(await good.call(legacy, 'auth.sendCall', SEED), true);
    }),
    { numRuns: 80 },
  );
});

test('any correctly sealed call is answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(legacy.number, current.number), changes, async (layer, change) => {
      const query = change(wrapped(CALL, layer));
      const outcome = await good.ask(query).catch((error: unknown) => error);
      assert.ok(
        outcome instanceof Uint8Array || (outcome instanceof Error && !/ended/.test(outcome.message)),
        String(outcome),
      );
    }),
    { numRuns: 200 },
  );
});

const UPGRADE = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: binary\r\n';
const OPENED = `GET /apiws HTTP/1.1\r\nHost: a\r\n${UPGRADE}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'a'.repeat(22)}==\r\n\r\n`;
const { hello } = new FakeTls({
  secret: fromHex(PROXY_KEY),
  domain: 'example',
  time: Math.floor(Date.now() / 1000),
  random: seeded('hello'),
});
const beginnings = fc.constantFrom(
  new Uint8Array(0),
  obfuscate({ tag: 0xdd, dc: 2, secret: fromHex(PROXY_KEY) }, seeded('header')).header,
  hello,
  hello.subarray(0, 11),
  utf8(OPENED),
  utf8(OPENED.slice(0, 60)),
  utf8('GET '),
);

test('any bytes on any port, after any beginning, end at worst their own connection', async () => {
  const other = await TestClient.start(sandbox);
  await fc.assert(
    fc.asyncProperty(beginnings, fc.uint8Array({ maxLength: 300 }), fc.nat(3), fc.boolean(), async (...drawn) => {
      const [beginning, rest, which, hasty] = drawn;
      const ports = [...sandbox.dcs, ...sandbox.proxies].map(({ port }) => port);
      const socket = createConnection({ port: ports[which] ?? 0, host: sandbox.host });
      socket.on('error', () => socket.destroy());
      socket.write(concat(beginning, rest), () => hasty && socket.destroy());
      if (!hasty) socket.resume().end();
      await closed(socket);
      assert.equal(await other.call(legacy, 'auth.sendCall', SEED), true);
    }),
    { numRuns: 200 },
  );
});

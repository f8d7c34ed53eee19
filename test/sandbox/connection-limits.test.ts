/** Idle and unfinished connections do not block other clients. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import { concat, fromHex, toHex, utf8 } from '../../src/bytes.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../src/sandbox/index.ts';
import { legacy } from '../../src/tl/layer.ts';
import { FakeTls } from '../../src/transport/fake-tls.ts';
import { obfuscate } from '../../src/transport/obfuscated.ts';
import { seeded, serverKey } from '../pair.ts';
import { SEED, TestClient } from './client.ts';

const KEY = toHex(seeded('proxy')(16));
const events: SandboxEvent[] = [];
let sandbox: Sandbox;
let good: TestClient;
before(async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  sandbox = await startSandbox({
    key: serverKey,
    mtproxy: [KEY, `ee${KEY}${toHex(utf8('example'))}`],
    onEvent: (event) => events.push(event),
  });
  good = await TestClient.start(sandbox);
});
after(async () => {
  await sandbox.close();
  mock.timers.reset();
});

/** The sockets of one test; `open` counts those still connected. */
let sockets: Socket[] = [];
const open = () => sockets.filter((socket) => !socket.closed).length;
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  events.length = 0;
});

const ports = () => ({ dc: sandbox.dcs[1]?.port, plain: sandbox.proxies[0]?.port, tls: sandbox.proxies[1]?.port });

async function connect(bytes: Uint8Array, to: keyof ReturnType<typeof ports> = 'dc'): Promise<Socket> {
  const socket = createConnection({ host: sandbox.host, port: ports()[to] ?? 0 });
  socket.on('error', () => socket.destroy());
  socket.resume();
  sockets.push(socket);
  await once(socket, 'connect');
  if (bytes.length > 0) await new Promise((resolve) => socket.write(bytes, resolve));
  return socket;
}

/** Makes a call. Its answer shows that the sandbox has read everything written before. */
async function asks(client: TestClient): Promise<void> {
  assert.equal(await client.call(legacy, 'auth.sendCall', SEED), true);
}

const UPGRADE =
  'GET /apiws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: binary\r\n' +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${'a'.repeat(22)}==\r\n\r\n`;
const header = (secret: { readonly secret?: Uint8Array } = {}) =>
  obfuscate({ tag: 0xdd, dc: 2, ...secret }, seeded('header')).header;
const hello = () =>
  new FakeTls({ secret: fromHex(KEY), domain: 'example', time: Math.floor(Date.now() / 1000), random: seeded('hello') })
    .hello;
/** A frame of a mebibyte without its last byte. */
const half = concat(fromHex('eeeeeeee00001000'), new Uint8Array((1 << 20) - 1));

describe('a connection without a complete frame', () => {
  const beginnings: readonly [string, keyof ReturnType<typeof ports>, () => Uint8Array][] = [
    ['nothing', 'dc', () => new Uint8Array(0)],
    ['a framing', 'dc', () => fromHex('eeeeeeee')],
    ['half a frame', 'dc', () => half.subarray(0, 100)],
    ['half an obfuscated header', 'dc', () => header().subarray(0, 40)],
    ['an obfuscated header', 'dc', () => header()],
    ['half a request of HTTP', 'dc', () => utf8(UPGRADE.slice(0, 60))],
    ['a WebSocket', 'dc', () => utf8(UPGRADE)],
    ['half a message in a WebSocket', 'dc', () => concat(utf8(UPGRADE), fromHex('82fe0400'), new Uint8Array(90))],
    ['nothing for a proxy', 'plain', () => new Uint8Array(0)],
    ['half a header for a proxy', 'plain', () => header({ secret: fromHex(KEY) }).subarray(0, 63)],
    ['a header for a proxy', 'plain', () => header({ secret: fromHex(KEY) })],
    [
      'a header and half a frame for a proxy',
      'plain',
      () => concat(header({ secret: fromHex(KEY) }), new Uint8Array(3)),
    ],
    ['half a hello for a proxy', 'tls', () => hello().subarray(0, 300)],
    ['a hello for a proxy', 'tls', hello],
    ['half a record for a proxy', 'tls', () => concat(hello(), fromHex('1403030001011703032000'), new Uint8Array(80))],
  ];
  for (const [what, port, bytes] of beginnings)
    test(`is closed after 60 seconds: ${what}`, async () => {
      const socket = await connect(bytes(), port);
      await asks(good);
      mock.timers.tick(59_999);
      await asks(good);
      assert.equal(socket.closed, false);
      // A proxy's connection to its data centre begins a little later, and so does its timer.
      for (let i = 0; i < 3 && !socket.closed; i++) {
        mock.timers.tick(i === 0 ? 1 : 60_000);
        for (let turns = 0; turns < 20 && !socket.closed; turns++) await asks(good);
      }
      assert.equal(socket.closed, true);
      const closed = events.filter((event) => event.event === 'closed');
      assert.ok(closed.some(({ reason }) => /No complete frame came within 60 seconds/.test(reason)));
      await asks(good);
    });
});

test('idle connections, however many, do not displace active ones', async () => {
  for (let i = 0; i < 12; i++) await Promise.all(Array.from({ length: 50 }, () => connect(new Uint8Array(0))));
  const newcomer = await TestClient.start(sandbox);
  await asks(newcomer);
  await asks(good);
  assert.ok(open() < 600);
  newcomer.close();
});

for (const [how, start] of [
  ['TCP', half],
  ['WebSocket', concat(utf8(UPGRADE), fromHex('82ff000000000010000000000000'), half.subarray(0, 1 << 20))],
] as const)
  test(`unfinished frames of all connections together are limited: ${how}`, async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => connect(start)));
    const closed = () =>
      events.filter(
        (event) => event.event === 'closed' && /All connections together hold over 16 MiB/.test(event.reason),
      );
    // 16 mebibytes are allowed, so 24 of these must be closed.
    for (let i = 0; i < 2000 && closed().length < all.length - 16; i++) await asks(good);
    assert.ok(closed().length >= all.length - 16, `${closed().length}`);
  });

/** The sandbox over WebSocket, on the same ports as TCP. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createWebSocketStream, WebSocket } from 'ws';
import { open } from '../../src/mtproto/envelope.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../src/sandbox/index.ts';
import { current, legacy, mtproto } from '../../src/tl/layer.ts';
import type { TransportName } from '../../src/transport/names.ts';
import { clientTransport } from '../../src/transport/transport.ts';
import { closed } from '../loopback.ts';
import { seeded, serverKey } from '../pair.ts';
import { SEED, TestClient } from './client.ts';

const random = seeded('websocket');
const events: SandboxEvent[] = [];
let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ key: serverKey, onEvent: (event) => events.push(event) });
});
after(() => sandbox.close());
beforeEach(() => sandbox.fault());

const portOf = (dc: number) => sandbox.dcs.find(({ id }) => id === dc)?.port ?? 0;

interface Over {
  readonly path?: string;
  readonly protocols?: readonly string[];
  readonly transport?: TransportName;
  readonly createConnection?: () => Socket;
  /** Sends one byte in each message. */
  readonly bytewise?: boolean;
}

function inBytes(stream: Duplex): Duplex {
  const write = stream.write.bind(stream);
  return Object.assign(stream, {
    write(chunk: Uint8Array) {
      for (const byte of chunk) write(Uint8Array.of(byte));
      return true;
    },
  });
}

function socketTo({ path = '/apiws', protocols = ['binary'], ...rest }: Over = {}): WebSocket {
  return new WebSocket(`ws://${sandbox.host}:${portOf(2)}${path}`, [...protocols], rest);
}

async function over({ transport = 'obfuscated', bytewise = false, ...options }: Over = {}): Promise<TestClient> {
  const socket = socketTo(options);
  const stream = createWebSocketStream(socket);
  socket.on('close', () => stream.destroy());
  await once(socket, 'open');
  assert.equal(socket.protocol, 'binary');
  return new TestClient(
    sandbox,
    bytewise ? inBytes(stream) : stream,
    {},
    clientTransport(transport, { random, dc: 2 }),
  );
}

async function asks(client: TestClient): Promise<void> {
  client.begin(await client.exchange());
  assert.equal(await client.call(legacy, 'auth.sendCall', SEED), true);
  client.close();
}

describe('a client over WebSocket', () => {
  test('is served on both paths, beside one over TCP', async () => {
    const tcp = await TestClient.start(sandbox);
    for (const path of ['/apiws', '/apiws_test']) await asks(await over({ path }));
    await asks(await over({ protocols: ['other', 'binary'] }));
    for (const transport of ['obfuscated-abridged', 'obfuscated-padded'] as const)
      await asks(await over({ transport }));
    assert.equal(await tcp.call(legacy, 'auth.sendCall', SEED), true);
    tcp.close();
  });

  test('may split its frames into several messages, and join several in one', async () => {
    await asks(await over({ bytewise: true }));
    const client = await over();
    client.begin(await client.exchange());
    const { channel } = client;
    assert.ok(channel);
    const pings = [1n, 2n, 3n].flatMap((ping_id) => {
      channel.send(mtproto.encodeCall('ping', { ping_id }));
      return channel.flush();
    });
    client.send(...pings);
    const ponged: bigint[] = [];
    while (ponged.length < 3)
      for (const event of channel.receive(await client.next())) if (event._ === 'pong') ponged.push(event.ping_id);
    assert.deepEqual(ponged, [1n, 2n, 3n]);
    client.close();
  });

  test('gets the same faults as over TCP', async () => {
    for (const [fault, outcome] of [
      ['close@a1', /the connection ended/],
      ['close-after@h2', /the connection ended/],
      ['truncate@a1', /the connection ended/],
      ['oversize@a1', /not MTProto/],
    ] as const) {
      sandbox.fault(fault);
      await assert.rejects(asks(await over()), outcome, fault);
    }
    sandbox.fault('split');
    await asks(await over());
  });

  test('is disconnected if the transport inside is not obfuscated', async () => {
    for (const transport of ['abridged', 'intermediate', 'padded', 'full'] as const) {
      const client = await over({ transport });
      client.send(new Uint8Array(40));
      await client.ended();
      const last = events.at(-1);
      assert.ok(last?.event === 'closed');
      assert.match(last.reason, /the transport must be obfuscated/);
    }
  });

  for (const transport of ['obfuscated', 'WebSocket'] as const)
    test(`is disconnected if it does not read its answers (${transport})`, async () => {
      const tcp = createConnection({ host: sandbox.host, port: portOf(2) });
      const client =
        transport === 'WebSocket'
          ? await over({ createConnection: () => tcp })
          : new TestClient(sandbox, tcp, { transport });
      const channel = client.begin(await client.exchange());
      assert.equal(await client.call(legacy, 'auth.sendCall', SEED), true);
      const CALL = current.codec.encodeCall('help.getConfig', {});
      for (let i = 0; i < 1000; i++) channel.send(CALL);
      client.send(...channel.flush());
      const { body } = open(client.auth_key, 'server', await client.next());
      const msg_ids = mtproto.decode('MessageContainer', body).messages.map(({ msg_id }) => msg_id);
      client.stopReading();
      for (let i = 0; i < 1000 && !tcp.destroyed; i++) {
        channel.notify(mtproto.encode({ _: 'msg_resend_req', msg_ids }));
        client.send(...channel.flush({ acks: false }));
        await setImmediate();
      }
      assert.ok(tcp.destroyed);
    });
});

describe('another request', () => {
  test('gets a 404 for another path and for no WebSocket, a 400 for another protocol', async () => {
    for (const [options, status] of [
      [{ path: '/' }, 404],
      [{ path: '/apiws/' }, 404],
      [{ protocols: ['chat'] }, 400],
      [{ protocols: [] }, 400],
    ] as const) {
      const [error] = await once(socketTo(options), 'error');
      assert.match(String(error), new RegExp(`response: ${status}`));
      assert.equal(events.at(-1)?.event, 'closed');
    }
    const response = await fetch(`http://${sandbox.host}:${portOf(2)}/apiws`);
    assert.equal(response.status, 404);
  });

  test('is closed if it begins like HTTP but is not', async () => {
    const socket = createConnection({ port: portOf(1), host: sandbox.host });
    for (const byte of 'GET \0\0\0\0\r\n\r\n') socket.write(byte);
    socket.resume();
    await closed(socket);
  });
});

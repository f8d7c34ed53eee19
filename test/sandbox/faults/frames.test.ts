/** Each fault of connections, frames and time does what the table says, and our client notices. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Random } from '../../../src/bytes.ts';
import { NetworkError, TlError } from '../../../src/errors.ts';
import type { Traffic } from '../../../src/sandbox/faults/fault.ts';
import { FRAME_FAULTS } from '../../../src/sandbox/faults/frames.ts';
import { parseFault } from '../../../src/sandbox/faults/index.ts';
import { startSandbox } from '../../../src/sandbox/index.ts';
import { legacy, mtproto } from '../../../src/tl/layer.ts';
import { transportError } from '../../../src/transport/errors.ts';
import { TRANSPORTS } from '../../../src/transport/names.ts';
import { serverKey } from '../../pair.ts';
import { SEED, TestClient } from '../client.ts';
import { call, fault, ready, sandbox, tests, testsAll, works } from '../faulty.ts';

describe('connections and frames', () => {
  fault('close@h1', 'closes the connection, once', async (client) => {
    await assert.rejects(client.exchange(), /the connection ended/);
    await works(await TestClient.connect(sandbox));
  });
  fault('close@every-h2', 'closes every connection', async (client) => {
    for (const each of [client, await TestClient.connect(sandbox)])
      await assert.rejects(each.exchange(), /the connection ended/);
  });
  fault('close@a1', 'the session continues and the lost answer comes on the next connection', async (client) => {
    await ready(client);
    await assert.rejects(call(client), /the connection ended/);
    const next = await TestClient.connect(sandbox);
    assert.ok(client.channel);
    next.resume(client.channel);
    assert.equal(await next.call(legacy, 'auth.sendCall', SEED), true);
    assert.equal(next.events.filter(({ _ }) => _ === 'answer').length, 2, 'the lost one and the new one');
  });
  fault('close-after@h1', 'the payload comes, then the connection ends', async (client) => {
    await assert.rejects(client.exchange(), /the connection ended/);
    assert.equal(client.received, 1);
  });
  fault('drop@a2', 'one payload does not come', async (client) => {
    await works(client);
    const lost = client.channel?.send(mtproto.encodeCall('ping', { ping_id: 7n }));
    for (const payload of client.channel?.flush() ?? []) client.send(payload);
    assert.ok(lost);
    assert.equal(await call(client), true);
    assert.ok(!client.events.some((event) => event._ === 'pong'));
  });
  fault('transport-error:429@h2', 'sends a payload of four bytes', async (client) => {
    let last = new Uint8Array(0);
    const next = client.next.bind(client);
    client.next = async () => {
      last = new Uint8Array(await next());
      return last;
    };
    await assert.rejects(client.exchange());
    assert.equal(transportError(last), -429);
    await client.ended();
  });
  fault('garbage@h1', 'is not a frame', async (client) => {
    await assert.rejects(client.exchange(), NetworkError);
  });
  for (const transport of TRANSPORTS)
    for (const moment of ['h1', 'h2'])
      fault(
        `oversize@${moment}`,
        `is refused by its length (${transport})`,
        (client) => assert.rejects(client.exchange(), /a frame of \d{7,} bytes/),
        transport,
      );
  fault('truncate@h1', 'half a frame comes, then the connection ends', async (client) => {
    await assert.rejects(client.exchange(), /the connection ended/);
    assert.equal(client.received, 0);
    assert.ok(client.chunks.length > 0);
  });
  fault('flip:24@h1', 'changes the frame to another constructor', async (client) => {
    await assert.rejects(client.exchange(), TlError);
  });
  fault('duplicate', 'a payload comes twice, and the second is ignored', async (client) => {
    await ready(client);
    assert.equal(await call(client), true);
    const again = await client.next();
    assert.deepEqual(client.channel?.receive(again), []);
  });
  fault('clock:3600', 'shows in the key exchange and in the check of messages', async (client) => {
    const key = await client.exchange();
    assert.ok(Math.abs(key.time_offset - 3600) <= 2);
    client.begin({ ...key, time_offset: 0 });
    assert.equal(await call(client), true);
    assert.ok(client.events.some(({ _ }) => _ === 'clock'));
  });
  fault('split', 'the answer still comes', works);
  fault('delay:1', 'the answer still comes', works);

  tests('silence');
  test('silence@a1: an answer is made but not sent', async () => {
    let answered = () => {};
    const request = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const onEvent = ({ event }: { event: string }) => event === 'request' && answered();
    const silent = await startSandbox({ key: serverKey, faults: ['silence@a1'], onEvent });
    const client = await TestClient.start(silent);
    const asked = call(client);
    await request;
    await silent.close();
    await assert.rejects(asked, /the connection ended/);
    assert.equal(client.received, 4, 'the key exchange and new_session_created');
  });
  testsAll(FRAME_FAULTS);
});

describe('a wrapper without a socket', () => {
  const context = {
    key: serverKey,
    random: (() => new Uint8Array(0)) satisfies Random,
    authKey: () => undefined,
    newestAuthKey: () => undefined,
    methodOf: () => undefined,
  };
  function record(spec: string): { traffic: Traffic; log: string[] } {
    const log: string[] = [];
    const plain: Traffic = {
      receive: (payload) => log.push(`receive ${payload.length}`),
      send: (payload) => traffic.write(payload),
      write: (bytes) => log.push(`write ${bytes.join()}`),
      close: () => log.push('close'),
    };
    const traffic = parseFault(spec).wrap?.(plain, context) ?? plain;
    return { traffic, log };
  }

  test('delay delays both directions and the closing', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { traffic, log } = record('delay:50');
    traffic.receive(new Uint8Array(3));
    traffic.send(Uint8Array.of(1, 2));
    traffic.close();
    t.mock.timers.tick(49);
    assert.deepEqual(log, []);
    t.mock.timers.tick(1);
    assert.deepEqual(log, ['receive 3', 'write 1,2', 'close']);
  });

  test('split writes one byte in each turn of the event loop, and closes last', async () => {
    const { traffic, log } = record('split');
    traffic.send(Uint8Array.of(1, 2));
    traffic.send(Uint8Array.of(3));
    traffic.close();
    const seen: number[] = [];
    while (log.length < 4) {
      seen.push(log.length);
      await new Promise(setImmediate);
    }
    assert.deepEqual(log, ['write 1', 'write 2', 'write 3', 'close']);
    assert.ok(seen.length >= 4);
  });
});

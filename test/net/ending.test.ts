/** How closed, aborted and failed calls end, and that the client saves its state before it returns an answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { InterruptedError, NetworkError, StoreError } from '../../src/errors.ts';
import type { ConnectionState } from '../../src/net/state.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { current, legacy } from '../../src/tl/layer.ts';
import { closed } from '../loopback.ts';
import { clientAt, SEED_CALL, sendCall, sendCode } from './fixture.ts';
import { KNOWN, type ScriptedServer, startScriptedServer } from './scripted-server.ts';

let sandbox: Sandbox;
let silent: ScriptedServer;
before(async () => {
  sandbox = await startSandbox({ seed: 'ending', dcs: 3 });
  silent = await startScriptedServer();
});
after(async () => {
  silent.close();
  await sandbox.close();
});
beforeEach(() => sandbox.fault());

const rejections: unknown[] = [];
process.on('unhandledRejection', (error) => rejections.push(error));
const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));
after(() => assert.deepEqual([rejections, warnings], [[], []]));

/** The next connection of the silent server, once something has come over it. */
async function nextSocket(): Promise<ScriptedServer['sockets'][number]> {
  const count = silent.sockets.length;
  while (silent.sockets.length === count) await setImmediate();
  const socket = silent.sockets.at(-1) ?? assert.fail('no socket');
  await once(socket, 'data');
  return socket;
}

describe('a client that is closed', () => {
  test('while it connects', async () => {
    const { client } = clientAt(silent);
    const lost = sendCall(client);
    client.close();
    await assert.rejects(lost, { type: 'CONNECTION_ENDED' });
  });

  for (const [what, state] of [
    ['exchanges keys', undefined],
    ['waits for an answer', KNOWN],
  ] as const)
    test(`while it ${what}`, async () => {
      const { client } = clientAt(silent, { state });
      const lost = [sendCall(client), sendCall(client)];
      const ended = Promise.all(lost.map((each) => assert.rejects(each, { type: 'CONNECTION_ENDED' })));
      const socket = await nextSocket();
      client.close();
      await ended;
      await closed(socket);
    });

  test('while it waits out a FLOOD_WAIT', async () => {
    sandbox.fault('rpc-error:420 FLOOD_WAIT_60@a1');
    const { client } = clientAt(sandbox, { waitFlood: 100, onWait: () => client.close() });
    await assert.rejects(sendCall(client), { type: 'CONNECTION_ENDED' });
  });

  test('while it asks for the address of another data centre', async () => {
    sandbox.fault('silence@every-a2');
    const { client, trace } = clientAt(sandbox);
    const lost = client.call(current, 'auth.sendCode', sendCode('9996630000'));
    while (!trace.some((line) => line.includes('help.getConfig'))) await setImmediate();
    client.close();
    await assert.rejects(lost, { type: 'CONNECTION_ENDED' });
  });

  test('while it tries again', async () => {
    const { client, trace } = clientAt({ ...silent, dcs: [{ id: 2, port: 1 }] });
    const lost = sendCall(client);
    while (!trace.some((line) => line.startsWith('trying again'))) await setImmediate();
    client.close();
    await assert.rejects(lost, { type: 'CONNECTION_ENDED' });
  });
});

describe("a call's own signal", () => {
  const call = (client: ReturnType<typeof clientAt>['client'], signal: AbortSignal) =>
    client.call(legacy, 'auth.sendCall', SEED_CALL, { signal });

  test('that is already aborted keeps it from connecting', async () => {
    const { client, trace } = clientAt(silent);
    await assert.rejects(call(client, AbortSignal.abort()), InterruptedError);
    assert.deepEqual(trace, []);
    client.close();
  });

  test('ends its wait for the connection, which stays open for others', async () => {
    const { client } = clientAt(silent);
    const one = new AbortController();
    const aborted = assert.rejects(call(client, one.signal), { type: 'TIMEOUT' });
    const other = assert.rejects(sendCall(client), { type: 'CONNECTION_ENDED' });
    const socket = await nextSocket();
    one.abort(new NetworkError('TIMEOUT', { seconds: 1 }));
    await aborted;
    assert.equal(socket.destroyed, false);
    client.close();
    await other;
  });

  test('ends a FLOOD_WAIT', async () => {
    sandbox.fault('rpc-error:420 FLOOD_WAIT_60@a1');
    const one = new AbortController();
    const { client } = clientAt(sandbox, { waitFlood: 100, onWait: () => one.abort() });
    await assert.rejects(call(client, one.signal), InterruptedError);
    client.close();
  });

  test('may be shared by many calls', async () => {
    const { client } = clientAt(sandbox);
    const { signal } = new AbortController();
    const answers = await Promise.all(Array.from({ length: 30 }, () => call(client, signal)));
    assert.equal(answers.length, 30);
    client.close();
  });
});

describe('a state that cannot be saved', () => {
  const full = new StoreError('STORE_UNWRITABLE', { path: 'x', reason: 'full' });
  const failing = async () => {
    throw full;
  };

  test('throws instead of an answer, and instead of a refusal', async () => {
    const { client } = clientAt(sandbox, { save: failing });
    await assert.rejects(sendCall(client), full);
    await assert.rejects(client.call(current, 'auth.sendCode', sendCode('9996629010')), full);
    client.close();
  });

  test('throws after a key exchange whose call is refused', async () => {
    const { client } = clientAt(sandbox, { save: failing });
    await assert.rejects(client.call(current, 'auth.sendCode', sendCode('9996629010')), full);
    client.close();
  });

  test('is saved by a later call, if possible', async () => {
    const kept: ConnectionState[] = [];
    let isFull = true;
    const { client } = clientAt(sandbox, { save: async (state) => (isFull ? failing() : void kept.push(state)) });
    await assert.rejects(sendCall(client), full);
    isFull = false;
    assert.equal(await sendCall(client), true);
    assert.deepEqual(kept.at(-1), client.state);
    client.close();
  });

  test('does not delay a call beyond its signal', async () => {
    const one = new AbortController();
    const { client } = clientAt(sandbox, {
      save: () => {
        one.abort();
        return new Promise(() => {});
      },
    });
    await assert.rejects(client.call(legacy, 'auth.sendCall', SEED_CALL, { signal: one.signal }), InterruptedError);
    client.close();
  });
});

test('a refusal is thrown once the key that it depends on is saved', async () => {
  const kept: ConnectionState[] = [];
  const { client } = clientAt(sandbox, {
    save: async (state) => {
      await setImmediate();
      kept.push(state);
    },
  });
  await assert.rejects(client.call(current, 'auth.sendCode', sendCode('9996629010')), { type: 'PHONE_NUMBER_INVALID' });
  assert.deepEqual(kept.at(-1), client.state);
  assert.ok(client.state.keys[2] !== undefined);
  client.close();
});

test('a call that began before another one moved does not move the session back', async () => {
  const { client } = clientAt(sandbox, { waitFlood: 5 });
  await sendCall(client);
  sandbox.fault('rpc-error:420 FLOOD_WAIT_1@a1');
  client.close();
  const waiting = sendCall(client);
  const moved = await Promise.all(
    ['9996630000', '9996630001'].map((n) => client.call(current, 'auth.sendCode', sendCode(n))),
  );
  assert.ok(moved.every(({ _ }) => _ === 'auth.sentCode'));
  assert.equal(client.state.dc, 3);
  assert.equal(await waiting, true);
  assert.equal(client.state.dc, 3);
  client.close();
});

test('a server that refuses every new key gets only one', async () => {
  sandbox.fault('transport-error:-404@every-a1');
  const { client, trace } = clientAt(sandbox);
  const options = { startsAnew: true };
  await assert.rejects(client.call(current, 'auth.sendCode', sendCode('9996620000'), options), {
    type: 'TRANSPORT_ERROR',
  });
  assert.equal(trace.filter((line) => line.startsWith('made an auth key')).length, 1);
  client.close();
});

test('calls whose key the server has forgotten make one new key together', async () => {
  const state = { ...KNOWN, keys: { 2: { auth_key: new Uint8Array(256).fill(1), server_salt: 1n } } };
  const { client, trace } = clientAt(sandbox, { state });
  const options = { startsAnew: true };
  const calls = Array.from({ length: 3 }, () => client.call(current, 'help.getConfig', {}, options));
  assert.equal((await Promise.all(calls)).length, 3);
  assert.equal(trace.filter((line) => line.startsWith('made an auth key')).length, 1);
  client.close();
});

test('a stored empty list of addresses counts as none', async () => {
  const { client } = clientAt(sandbox, { state: { ...KNOWN, keys: {}, addresses: { 3: [] } } });
  const sent = await client.call(current, 'auth.sendCode', sendCode('9996630000'));
  assert.equal(sent._, 'auth.sentCode');
  client.close();
});

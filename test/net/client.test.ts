/** How the client handles answers that ask for another data centre, a wait or another try, and no answer at all. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { RpcError as Refusal } from '../../src/errors.ts';
import { InterruptedError, RpcError } from '../../src/errors.ts';
import { FAULTS, type Sandbox, type SandboxEvent, startSandbox } from '../../src/sandbox/index.ts';
import { current, legacy } from '../../src/tl/layer.ts';
import { TRANSPORTS } from '../../src/transport/names.ts';
import { startRelay } from '../relay.ts';
import { clientAt, portOf, SEED_CALL, sendCall, sendCode } from './fixture.ts';

const NEWEST = String(current.number);

let sandbox: Sandbox;
const events: SandboxEvent[] = [];
before(async () => {
  sandbox = await startSandbox({ seed: 'client', dcs: 3, onEvent: (event) => events.push(event) });
});
after(() => sandbox.close());
beforeEach(() => {
  events.length = 0;
  sandbox.fault();
});

const requests = () =>
  events.flatMap((event) => (event.event === 'request' ? [`${event.method} ${event.layer} ${event.dc}`] : []));
describe('a call', () => {
  for (const transport of TRANSPORTS)
    test(`over ${transport}, with a fresh key and with the stored one`, async () => {
      const one = clientAt(sandbox, { transport });
      assert.equal(await sendCall(one.client), true);
      assert.equal(one.client.state.keys[2]?.auth_key.length, 256);
      assert.deepEqual(one.saved.at(-1), one.client.state);
      const two = clientAt(sandbox, { transport, state: one.client.state });
      assert.equal(await sendCall(two.client), true);
      assert.deepEqual(two.saved, [], 'nothing changed, so nothing is saved');
      one.client.close();
      two.client.close();
    });

  test('introduces the client when it is the first on a connection, and at a change of layer', async () => {
    const { client, trace } = clientAt(sandbox);
    const config = () => client.call(current, 'help.getConfig', {});
    await sendCall(client);
    await sendCall(client);
    await config();
    await config();
    await sendCall(client);
    client.close();
    const sizes = trace.flatMap((line) => /^→ .*?(\d+) bytes/.exec(line)?.slice(1).map(Number) ?? []);
    const [bare, plain] = [
      legacy.codec.encodeCall('auth.sendCall', SEED_CALL).length,
      current.codec.encodeCall('help.getConfig', {}).length,
    ];
    assert.deepEqual(
      sizes.map((size) => (size === bare || size === plain ? 'bare' : 'introduced')),
      ['introduced', 'bare', 'introduced', 'bare', 'introduced'],
    );
    assert.deepEqual(
      requests().map((line) => line.split(' ')[1]),
      ['49', '49', NEWEST, NEWEST, '49'],
    );
  });

  test('shares the connection with others', async () => {
    const { client, trace } = clientAt(sandbox);
    const answers = await Promise.all(Array.from({ length: 20 }, () => sendCall(client)));
    assert.deepEqual(new Set(answers), new Set([true]));
    assert.equal(trace.filter((line) => line.startsWith('connected')).length, 1);
    client.close();
  });

  test('throws an rpc_error with its name, number and method', async () => {
    const { client } = clientAt(sandbox);
    await assert.rejects(client.call(current, 'auth.sendCode', sendCode('9996629010')), (error: unknown) => {
      assert.ok(error instanceof RpcError);
      assert.deepEqual(
        [error.code, error.type, error.method, error.exit],
        [400, 'PHONE_NUMBER_INVALID', 'auth.sendCode', 10],
      );
      return true;
    });
    client.close();
  });
});

describe('another data centre', () => {
  test('PHONE_MIGRATE_X: the call moves to the address from help.getConfig, which is stored', async () => {
    const { client, saved } = clientAt(sandbox);
    const sent = await client.call(current, 'auth.sendCode', sendCode('9996630000'));
    assert.equal(sent._, 'auth.sentCode');
    assert.equal(client.state.dc, 3);
    assert.deepEqual(Object.keys(client.state.keys), ['2', '3']);
    assert.deepEqual(requests(), [
      `auth.sendCode ${NEWEST} 2`,
      `help.getConfig ${NEWEST} 2`,
      `auth.sendCode ${NEWEST} 3`,
    ]);
    assert.deepEqual(saved.at(-1), client.state);
    client.close();

    events.length = 0;
    const again = clientAt(sandbox, { state: client.state });
    await again.client.call(current, 'auth.sendCode', sendCode('9996630000'));
    assert.deepEqual(requests(), [`auth.sendCode ${NEWEST} 3`]);
    again.client.close();
  });

  test("a call may name a data centre, which becomes the session's once it has answered", async () => {
    const { client, saved } = clientAt(sandbox);
    const config = await client.call(current, 'help.getConfig', {}, { dc: 1 });
    assert.equal(config.this_dc, 1);
    assert.equal(client.state.dc, 1);
    assert.equal(saved.at(-1)?.dc, 1);
    await assert.rejects(client.call(current, 'help.getConfig', {}, { dc: 77 }), { type: 'DC_UNKNOWN' });
    assert.equal(client.state.dc, 1);
    client.close();
  });

  test('a stored address where nothing answers any more is asked for again', async () => {
    const { client } = clientAt(sandbox);
    await client.call(current, 'auth.sendCode', sendCode('9996630000'));
    client.close();
    const gone = await startRelay({ target: 1 });
    await gone.close();
    const state = { ...client.state, addresses: { 3: [{ host: '127.0.0.1', port: gone.port }] } };
    const again = clientAt(sandbox, { state });
    await again.client.call(current, 'auth.sendCode', sendCode('9996630000'));
    assert.deepEqual(again.client.state.addresses[3], [{ host: '127.0.0.1', port: portOf(sandbox, 3) }]);
    again.client.close();
  });

  test('stored addresses of which none answers any more are asked for again', async () => {
    const { client } = clientAt(sandbox);
    await client.call(current, 'auth.sendCode', sendCode('9996630000'));
    client.close();
    const gone = await Promise.all([startRelay({ target: 1 }), startRelay({ target: 1 })]);
    for (const relay of gone) await relay.close();
    const addresses = { 3: gone.map(({ port }) => ({ host: '127.0.0.1', port })) };
    const again = clientAt(sandbox, { state: { ...client.state, addresses } });
    await again.client.call(current, 'auth.sendCode', sendCode('9996630000'));
    assert.deepEqual(again.client.state.addresses[3], [{ host: '127.0.0.1', port: portOf(sandbox, 3) }]);
    again.client.close();
  });

  test('an unknown DC is not stored', async () => {
    sandbox.fault('rpc-error:303 PHONE_MIGRATE_7@a1');
    const { client, saved } = clientAt(sandbox);
    await assert.rejects(sendCall(client), { type: 'DC_UNKNOWN', exit: 30 });
    assert.equal(client.state.dc, 2);
    assert.ok(saved.every(({ dc }) => dc === 2));
    client.close();
  });

  test('migrations in a circle end with an error', async () => {
    const { client } = clientAt(sandbox);
    await assert.rejects(client.call(current, 'auth.sendCode', sendCode('9996629333')), { type: 'PHONE_MIGRATE_X' });
    client.close();
  });
});

describe('a wait or another try', () => {
  test('a flood wait is thrown, or waited out if it is short enough', async () => {
    const { client } = clientAt(sandbox);
    await assert.rejects(client.call(current, 'auth.sendCode', sendCode('9996629020')), (error: unknown) => {
      assert.ok(error instanceof RpcError);
      assert.deepEqual([error.type, error.parameter, error.retryAfter, error.exit], ['FLOOD_WAIT_X', 3, 3, 20]);
      return true;
    });
    client.close();

    const waits: { seconds: number; reason: Refusal }[] = [];
    const patient = clientAt(sandbox, { waitFlood: 5, onWait: (wait) => waits.push(wait) });
    sandbox.fault('rpc-error:420 FLOOD_WAIT_1@a1');
    assert.equal(await sendCall(patient.client), true);
    assert.deepEqual(
      waits.map(({ seconds }) => seconds),
      [1],
    );
    patient.client.close();
  });

  test('a call that fails by a fault of the server is made three times in all', async () => {
    sandbox.fault('rpc-error:500 RPC_CALL_FAIL@a1');
    const { client } = clientAt(sandbox);
    assert.equal(await sendCall(client), true);
    client.close();

    sandbox.fault();
    const other = clientAt(sandbox);
    events.length = 0;
    await assert.rejects(other.client.call(current, 'auth.sendCode', sendCode('9996629503')), { code: -503 });
    assert.equal(requests().length, 3);
    other.client.close();
  });

  test('AUTH_RESTART is thrown', async () => {
    sandbox.fault('rpc-error:500 AUTH_RESTART@a1');
    const { client } = clientAt(sandbox);
    await assert.rejects(sendCall(client), { type: 'AUTH_RESTART' });
    client.close();
  });
});

describe('no answer', () => {
  test('a deadline ends a call in every stage with TIMEOUT', async () => {
    for (const moment of ['h1', 'h2', 'h3', 'a1']) {
      sandbox.fault(`silence@${moment}`);
      const { client } = clientAt(sandbox, { deadline: 0.3 });
      await assert.rejects(sendCall(client), { type: 'TIMEOUT', exit: 30 }, moment);
      client.close();
    }
  });

  test('an abort ends one call and leaves the connection open for others', async () => {
    sandbox.fault('delay:30');
    const { client } = clientAt(sandbox);
    await sendCall(client);
    const one = new AbortController();
    const aborted = client.call(legacy, 'auth.sendCall', SEED_CALL, { signal: one.signal });
    const other = sendCall(client);
    one.abort(new InterruptedError());
    await assert.rejects(aborted, { name: 'InterruptedError' });
    assert.equal(await other, true);
    await assert.rejects(client.call(legacy, 'auth.sendCall', SEED_CALL, { signal: one.signal }), {
      name: 'InterruptedError',
    });
    client.close();
  });

  test('a closed client opens new connections for new calls', async () => {
    const { client } = clientAt(sandbox);
    await sendCall(client);
    client.close();
    assert.equal(await sendCall(client), true);
    client.close();
  });
});

describe('a key that the server has forgotten', () => {
  const forgotten = {
    dc: 2,
    keys: { 2: { auth_key: new Uint8Array(256).fill(1), server_salt: 1n } },
    addresses: {},
    time_offset: 0,
  };

  test('is kept in the middle of a sign-in, which fails with KEY_UNKNOWN', async () => {
    const { client, saved } = clientAt(sandbox, { state: forgotten });
    await assert.rejects(sendCall(client), { type: 'KEY_UNKNOWN' });
    for (const { keys } of saved) assert.deepEqual(keys, forgotten.keys);
    client.close();
  });

  test('is replaced when a sign-in begins', async () => {
    const { client } = clientAt(sandbox, { state: forgotten });
    await client.call(current, 'auth.sendCode', sendCode('9996620000'), { startsAnew: true });
    assert.notDeepEqual(client.state.keys[2]?.auth_key, forgotten.keys[2].auth_key);
    client.close();
  });
});

describe('every fault of the sandbox ends in the right answer, or in exit 30 or 31', () => {
  const argument: Record<string, string> = {
    delay: ':20',
    clock: ':3600',
    'transport-error': ':-404',
    flip: ':9',
    'flip-inside': ':33',
    'rpc-error': ':500 RPC_CALL_FAIL',
    length: ':100000',
    pq: ':prime',
    'dh-prime': ':unsafe',
    'dh-g': ':2',
    'dh-ga': ':one',
  };
  for (const { usage } of FAULTS) {
    const name = usage.replace(/[:@].*/, '');
    const moment = /@([\w.]+)/.exec(usage)?.[0] ?? '';
    test(usage, async () => {
      sandbox.fault(`${name}${argument[name] ?? ''}${moment}`);
      const { client } = clientAt(sandbox, { deadline: 1 });
      try {
        assert.equal(await sendCall(client), true);
      } catch (error) {
        assert.ok(error instanceof Error && 'exit' in error, String(error));
        assert.ok(error.exit === 30 || error.exit === 31, String(error));
      } finally {
        client.close();
      }
    });
  }
});

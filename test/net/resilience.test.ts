/**
 * A network that corrupts, cuts, delays or doubles: whatever happens, a call ends with the true answer, or with an error of the
 * network (exit 30) or of security (exit 31), and what was stored stays as it was.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { NetworkError, SecurityError } from '../../src/errors.ts';
import type { ConnectionState } from '../../src/net/state.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { startRelay, type Way } from '../relay.ts';
import { clientAt, portOf, sendCall } from './fixture.ts';

let sandbox: Sandbox;
/** Requests that the sandbox has carried out. */
let calls = 0;
/** A key that was made before, and the bytes that one exchange with it, and one without, sends each way. */
let stored: ConnectionState;
let sizes: { stored: Record<Way, number>; fresh: Record<Way, number> };

before(async () => {
  sandbox = await startSandbox({
    seed: 'resilience',
    onEvent: (event) => {
      if (event.event === 'request') calls++;
    },
  });
  const measure = async (state?: ConnectionState) => {
    const relay = await startRelay({ target: portOf(sandbox, 2) });
    const { client } = clientAt(sandbox, { port: relay.port, state });
    assert.equal(await sendCall(client), true);
    stored = client.state;
    await relay.close();
    client.close();
    return { ...relay.bytes };
  };
  const fresh = await measure();
  sizes = { fresh, stored: await measure(stored) };
});
after(() => sandbox.close());

/** Runs the call through a relay that does something at one place of the first connection. */
async function through(
  change: Parameters<typeof startRelay>[0]['change'],
  state: ConnectionState | undefined,
  deadline = 1.5,
): Promise<boolean | NetworkError | SecurityError> {
  const relay = await startRelay(
    change === undefined ? { target: portOf(sandbox, 2) } : { target: portOf(sandbox, 2), change },
  );
  const { client, saved } = clientAt(sandbox, { port: relay.port, state, deadline });
  try {
    return await sendCall(client);
  } catch (error) {
    assert.ok(error instanceof NetworkError || error instanceof SecurityError, String(error));
    assert.ok(error.exit === 30 || error.exit === 31 || error.type === 'KEY_UNKNOWN');
    return error;
  } finally {
    if (state !== undefined)
      for (const kept of saved) assert.deepEqual(kept.keys[2]?.auth_key, state.keys[2]?.auth_key, 'the stored key');
    client.close();
    await relay.close();
  }
}

const flip =
  (way: Way, at: number, mask: number) =>
  (chunk: Uint8Array, passing: { way: Way; connection: number; offset: number }) =>
    passing.connection === 0 && passing.way === way
      ? chunk.map((byte, i) => (passing.offset + i === at ? byte ^ mask : byte))
      : chunk;

const cut = (way: Way, at: number) => (chunk: Uint8Array, passing: { way: Way; connection: number; offset: number }) =>
  passing.connection === 0 && passing.way === way && passing.offset + chunk.length > at ? undefined : chunk;

describe('with a stored key', () => {
  test('every byte of the exchange, flipped', async () => {
    const places = (['up', 'down'] as const).flatMap((way) =>
      Array.from({ length: sizes.stored[way] }, (_, at) => ({ way, at })),
    );
    assert.ok(places.length > 100);
    // Several at a time: a flipped length is only noticed at the deadline.
    for (let i = 0; i < places.length; i += 40) {
      const outcomes = await Promise.all(
        places.slice(i, i + 40).map(({ way, at }) => through(flip(way, at, 1 << (at % 8)), stored)),
      );
      for (const outcome of outcomes) assert.notEqual(outcome, false);
    }
  });

  test('cut at every eighth byte, each way: the call is made again only if it was never received', async () => {
    for (const way of ['up', 'down'] as const)
      for (let at = 0; at < sizes.stored[way]; at += 8) {
        calls = 0;
        assert.equal(await through(cut(way, at), stored, 10), true, `${way} ${at}`);
        assert.equal(calls, 1, `carried out once, cut ${way} at ${at}`);
      }
  });

  test('a server that no longer knows the key is told apart, and the key is kept', async () => {
    const forgotten = { ...stored, keys: { 2: { auth_key: new Uint8Array(256).fill(1), server_salt: 1n } } };
    const outcome = await through(undefined, forgotten, 10);
    assert.ok(outcome instanceof NetworkError && outcome.type === 'KEY_UNKNOWN');
  });
});

describe('without a key', () => {
  test('bytes of the exchange, flipped', async () => {
    const place = fc
      .constantFrom('up' as const, 'down' as const)
      .chain((way) => fc.record({ way: fc.constant(way), at: fc.nat(sizes.fresh[way] - 1) }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { minLength: 24, maxLength: 24 }),
        async (places) => {
          const outcomes = await Promise.all(
            places.map(([{ way, at }, mask]) => through(flip(way, at, mask), undefined, 2)),
          );
          for (const outcome of outcomes) assert.notEqual(outcome, false);
        },
      ),
      { numRuns: 4 },
    );
  });

  test('cut at some bytes, each way: a new connection begins anew', async () => {
    for (const way of ['up', 'down'] as const)
      for (const part of [0, 0.1, 0.4, 0.7, 0.95])
        assert.equal(
          await through(cut(way, Math.floor(part * sizes.fresh[way])), undefined, 10),
          true,
          `${way} ${part}`,
        );
  });
});

test('a chunk that comes twice, late or byte by byte is no different', async () => {
  assert.equal(await through((chunk) => chunk, stored), true);
  const twice = await through((chunk, { way }) => (way === 'down' ? Buffer.concat([chunk, chunk]) : chunk), stored);
  assert.equal(twice, true);
});

test('a network that drops every connection is given up', async () => {
  const outcome = await through(() => undefined, stored, 20);
  assert.ok(outcome instanceof NetworkError && outcome.type === 'CONNECTION_CLOSED');
});

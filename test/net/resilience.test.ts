/**
 * A network that corrupts, cuts, delays or repeats: a call ends with the right answer, a network error (exit 30) or a
 * security error (exit 31), and the stored key is unchanged.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { NetworkError, SecurityError } from '../../src/errors.ts';
import type { ConnectionState } from '../../src/net/state.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Direction, startRelay } from '../relay.ts';
import { clientAt, portOf, sendCall } from './fixture.ts';

let sandbox: Sandbox;
/** The number of requests that the sandbox has handled. */
let calls = 0;
/** A state with a key, and the bytes in each direction of one call with it and one without. */
let stored: ConnectionState;
let sizes: { stored: Record<Direction, number>; fresh: Record<Direction, number> };

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

/** Makes the call through a relay that does something in one place. */
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
  (direction: Direction, at: number, mask: number) =>
  (chunk: Uint8Array, passing: { direction: Direction; connection: number; offset: number }) =>
    passing.connection === 0 && passing.direction === direction
      ? chunk.map((byte, i) => (passing.offset + i === at ? byte ^ mask : byte))
      : chunk;

const cut =
  (direction: Direction, at: number) =>
  (chunk: Uint8Array, passing: { direction: Direction; connection: number; offset: number }) =>
    passing.connection === 0 && passing.direction === direction && passing.offset + chunk.length > at
      ? undefined
      : chunk;

describe('with a stored key', () => {
  test('every byte of the exchange, flipped', async () => {
    const places = (['up', 'down'] as const).flatMap((direction) =>
      Array.from({ length: sizes.stored[direction] }, (_, at) => ({ direction, at })),
    );
    assert.ok(places.length > 100);
    // Several at a time: a flipped length is only noticed at the deadline.
    for (let i = 0; i < places.length; i += 40) {
      const outcomes = await Promise.all(
        places.slice(i, i + 40).map(({ direction, at }) => through(flip(direction, at, 1 << (at % 8)), stored)),
      );
      for (const outcome of outcomes) assert.notEqual(outcome, false);
    }
  });

  test('cut at every eighth byte, in each direction: the call is made again only if it was never received', async () => {
    for (const direction of ['up', 'down'] as const)
      for (let at = 0; at < sizes.stored[direction]; at += 8) {
        calls = 0;
        assert.equal(await through(cut(direction, at), stored, 10), true, `${direction} ${at}`);
        assert.equal(calls, 1, `handled once, cut ${direction} at ${at}`);
      }
  });

  test('a server that no longer knows the key ends in KEY_UNKNOWN, and the key is kept', async () => {
    const forgotten = { ...stored, keys: { 2: { auth_key: new Uint8Array(256).fill(1), server_salt: 1n } } };
    const outcome = await through(undefined, forgotten, 10);
    assert.ok(outcome instanceof NetworkError && outcome.type === 'KEY_UNKNOWN');
  });
});

describe('without a key', () => {
  test('bytes of the exchange, flipped', async () => {
    const place = fc
      .constantFrom('up' as const, 'down' as const)
      .chain((direction) => fc.record({ direction: fc.constant(direction), at: fc.nat(sizes.fresh[direction] - 1) }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(place, fc.integer({ min: 1, max: 255 })), { minLength: 24, maxLength: 24 }),
        async (places) => {
          const outcomes = await Promise.all(
            places.map(([{ direction, at }, mask]) => through(flip(direction, at, mask), undefined, 2)),
          );
          for (const outcome of outcomes) assert.notEqual(outcome, false);
        },
      ),
      { numRuns: 4 },
    );
  });

  test('cut at some bytes, in each direction: a new connection starts over', async () => {
    for (const direction of ['up', 'down'] as const)
      for (const part of [0, 0.1, 0.4, 0.7, 0.95])
        assert.equal(
          await through(cut(direction, Math.floor(part * sizes.fresh[direction])), undefined, 10),
          true,
          `${direction} ${part}`,
        );
  });
});

test('a chunk that is repeated does no harm', async () => {
  assert.equal(await through((chunk) => chunk, stored), true);
  const twice = await through(
    (chunk, { direction }) => (direction === 'down' ? Buffer.concat([chunk, chunk]) : chunk),
    stored,
  );
  assert.equal(twice, true);
});

test('a network that drops every connection ends in CONNECTION_CLOSED', async () => {
  const outcome = await through(() => undefined, stored, 20);
  assert.ok(outcome instanceof NetworkError && outcome.type === 'CONNECTION_CLOSED');
});

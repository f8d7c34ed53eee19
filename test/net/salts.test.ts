/** Salts fetched ahead, by the count of round trips: one connects, one asks, and a wrong salt costs a third. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ConnectionState } from '../../src/net/state.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { startRelay } from '../relay.ts';
import { clientAt, portOf, sendCall } from './fixture.ts';

const HOUR = 3600;
let movedMs = 0;
const now = () => Date.now() + movedMs;
const sandbox = await startSandbox({ now });
after(() => sandbox.close());

/** Makes one call, by a new client with this state, `hours` later than the last. */
async function callLater(hours: number, known?: ConnectionState): Promise<{ trips: number; state: ConnectionState }> {
  movedMs += hours * HOUR * 1000;
  let trips = 1;
  let last = '';
  const relay = await startRelay({
    target: portOf(sandbox, 2),
    change(chunk, { direction }) {
      if (direction === 'down' && last === 'up') trips++;
      last = direction;
      return chunk;
    },
  });
  const { client } = clientAt(sandbox, { port: relay.port, now, state: known });
  assert.equal(await sendCall(client), true);
  client.close();
  await relay.close();
  return { trips, state: client.state };
}

/** The state as before salts were fetched ahead. */
function withoutSalts(state: ConnectionState): ConnectionState {
  const keys = Object.entries(state.keys).map(([dc, { salts: _, ...key }]) => [dc, key]);
  return { ...state, keys: Object.fromEntries(keys) };
}

test('a key that was idle for hours needs no round trip for a new salt', async () => {
  let { trips, state } = await callLater(0);
  for (const hours of [0.1, 0.6, 1.1, 5, 20, 24, 30]) {
    ({ trips, state } = await callLater(hours, state));
    assert.equal(trips, 2, `after ${hours} hours`);
  }
  ({ trips, state } = await callLater(100, state));
  assert.equal(trips, 3, 'after longer than the salts last');
  ({ trips, state } = await callLater(20, state));
  assert.equal(trips, 2, 'the answer with the new salt brought later ones too');
});

test('a stored key without later salts asks for them in its first run', async () => {
  const first = await callLater(0);
  const second = await callLater(2, withoutSalts(first.state));
  assert.equal(second.trips, 3);
  assert.equal((await callLater(2, second.state)).trips, 2);
});

test('salts are asked for again only when they run out soon', async () => {
  const first = await callLater(0);
  const salts = ({ keys }: ConnectionState) => keys[2]?.salts;
  assert.equal(salts(first.state)?.length, 64 * 16);
  const second = await callLater(2, first.state);
  assert.equal(salts(second.state), salts(first.state));
  const third = await callLater(18, second.state);
  assert.notDeepEqual(salts(third.state), salts(first.state));
});

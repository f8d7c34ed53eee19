/** The keys that a data centre remembers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Datacentre } from '../../src/sandbox/datacentre.ts';
import { seededRandom } from '../../src/sandbox/random.ts';
import { createWorld } from '../../src/sandbox/world.ts';
import { NOW, serverKey } from '../pair.ts';

test('a data centre forgets the oldest of more than 1000 keys, but none in use on an open connection', () => {
  const now = () => NOW;
  const random = seededRandom('keys');
  const world = createWorld({ dcs: 1, now, random });
  const options = { id: 1, dcs: [], key: serverKey, world, mode: 'both', strict: false, random, now } as const;
  const dc = new Datacentre({ ...options, report: () => {} });
  const add = () =>
    dc.add({ auth_key: random(256), server_salt: 0n, expires_in: undefined, answer: new Uint8Array(0) });
  const connection = { isOpen: true, tolerates: () => true, flush: () => {} };
  const [inUse, closing, idle] = [add(), add(), add()];
  const closed = { ...connection, isOpen: false };
  dc.session(inUse, 1n, closed);
  dc.session(inUse, 2n, connection);
  dc.session(closing, 1n, closed);
  const known = () => [inUse, closing, idle].map(({ auth_key_id }) => dc.client(auth_key_id) !== undefined);
  for (let i = 3; i < 1000; i++) add();
  assert.deepEqual(known(), [true, true, true]);
  add();
  assert.deepEqual(known(), [true, false, true]);
  add();
  assert.deepEqual(known(), [true, false, false]);
});

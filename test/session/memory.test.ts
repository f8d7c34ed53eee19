/** The store in memory lists, renames and removes like the one on disk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStore } from '../../src/session/memory.ts';
import { emptySession, type Session } from '../../src/session/session.ts';
import { waiting } from './folder.ts';

const session: Session = emptySession('test', 2);

/** A store with sessions of these names on the network `test`. */
async function storeOf(...names: readonly string[]) {
  const store = memoryStore();
  for (const name of names) await (await store.open(name, 'test', waiting())).save(session);
  return { store, names: () => store.list().map(({ network, name }) => `${network}/${name}`) };
}

test('a renamed session exists only under its new name', async () => {
  const { store, names } = await storeOf('b', 'a');
  assert.deepEqual(names(), ['test/a', 'test/b']);
  await store.rename('a', 'c', 'test', waiting());
  assert.deepEqual(names(), ['test/b', 'test/c']);
  assert.deepEqual((await store.open('c', 'test', waiting())).session, session);
});

test('a rename needs an existing session and a free name', async () => {
  const { store, names } = await storeOf('a', 'b');
  await assert.rejects(store.rename('a', 'b', 'test', waiting()), { type: 'STORE_EXISTS' });
  await assert.rejects(store.rename('c', 'd', 'test', waiting()), { type: 'STORE_MISSING' });
  await assert.rejects(store.rename('a', 'c', 'production', waiting()), { type: 'STORE_MISSING' });
  assert.deepEqual(names(), ['test/a', 'test/b']);
});

test('a removed session is gone, whichever method removed it', async () => {
  const { store, names } = await storeOf('a', 'b');
  await store.remove('a', 'test', waiting());
  await (await store.open('b', 'test', waiting())).remove();
  assert.deepEqual(names(), []);
});

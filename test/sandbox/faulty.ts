/** What the tests of faults share: a sandbox to inject faults into, and readers of what it then sends. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { open } from '../../src/mtproto/envelope.ts';
import type { FaultKind } from '../../src/sandbox/faults/fault.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { idOf } from '../../src/tl/gzip.ts';
import { legacy, mtproto } from '../../src/tl/layer.ts';
import type { TransportName } from '../../src/transport/names.ts';
import { serverKey } from '../pair.ts';
import { SEED, TestClient } from './client.ts';

export let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ key: serverKey, seed: 'faults' });
});
after(() => sandbox.close());

const tested = new Set<string>();

/** Defines a test of one fault, with a connection made while the fault is active. */
export function fault(
  spec: string,
  does: string,
  act: (client: TestClient) => Promise<unknown>,
  transport?: TransportName,
): void {
  tested.add(spec.replace(/[:@].*$/, ''));
  test(`${spec}: ${does}`, async () => {
    sandbox.fault(spec);
    const client = await TestClient.connect(sandbox, transport === undefined ? {} : { transport });
    try {
      await act(client);
    } finally {
      client.close();
    }
  });
}

/** Makes a key and begins a session. */
export async function ready(client: TestClient): Promise<TestClient> {
  client.begin(await client.exchange());
  return client;
}

export const call = (client: TestClient) => client.call(legacy, 'auth.sendCall', SEED);
export const works = async (client: TestClient) => assert.equal(await call(await ready(client)), true);

/** Sends a query and returns the next message but new_session_created, decrypted but not passed to the channel. */
export async function answer(client: TestClient, query = mtproto.encodeCall('ping', { ping_id: 1n })) {
  const asked = client.channel?.send(query) ?? 0n;
  for (const payload of client.channel?.flush() ?? []) client.send(payload);
  for (;;) {
    const message = open(client.auth_key, 'server', await client.next());
    if (nameOf(message.body) !== 'new_session_created') return { asked, message };
  }
}

/** Does the same, and finds the rpc_result, alone or in a container. */
export async function resultOf(client: TestClient, query: Uint8Array) {
  const { asked, message } = await answer(client, query);
  const value = mtproto.decodeAny(message.body);
  const values = value._ === 'msg_container' ? value.messages.map(({ body }) => mtproto.decodeAny(body)) : [value];
  const found = values.find((each) => each._ === 'rpc_result');
  assert.ok(found?._ === 'rpc_result');
  return { asked, ...found };
}

export const nameOf = (body: Uint8Array) => mtproto.find(idOf(body))?.name;

/** Defines a test that every fault of a table has been tested. */
export function testsAll(kinds: Readonly<Record<string, FaultKind>>): void {
  test('every fault in the table is tested', () => {
    assert.deepEqual(
      Object.keys(kinds).filter((name) => !tested.has(name)),
      [],
    );
  });
}

/** Marks a fault as tested without `fault`. */
export function tests(name: string): void {
  tested.add(name);
}

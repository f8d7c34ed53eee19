/** A key that came in a session string, which the maker of the string knows too. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ConnectionState } from '../../src/net/state.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { current } from '../../src/tl/layer.ts';
import { clientAt, sendCall, sendCode } from './fixture.ts';

let sandbox: Sandbox;
let imported: ConnectionState;
before(async () => {
  sandbox = await startSandbox();
  const { client, saved } = clientAt(sandbox);
  await client.call(current, 'auth.sendCode', sendCode('9996610000'));
  await client.call(current, 'auth.sendCode', sendCode('9996620000'));
  client.close();
  const { keys, ...rest } = saved.at(-1) ?? assert.fail();
  const marked = Object.entries(keys).map(([dc, key]) => [dc, { ...key, imported: true as const }]);
  imported = { ...rest, addresses: {}, keys: Object.fromEntries(marked) };
});
after(() => sandbox.close());

test('a new sign-in makes a new key, also after a move to another data centre', async () => {
  const { client } = clientAt(sandbox, { state: imported });
  await client.call(current, 'auth.sendCode', sendCode('9996610000'), { startsAnew: true });
  assert.equal(client.state.dc, 1);
  for (const dc of [1, 2]) {
    assert.equal(client.state.keys[dc]?.imported, undefined);
    assert.notDeepEqual(client.state.keys[dc]?.auth_key, imported.keys[dc]?.auth_key);
  }
  client.close();
});

test('a sign-in that does not reach the server loses no key: the old one stays until there is a new one', async () => {
  const { client, saved } = clientAt(sandbox, { state: imported, port: 1 });
  for (const _ of [1, 2])
    await assert.rejects(client.call(current, 'auth.sendCode', sendCode('9996620000'), { startsAnew: true }), {
      type: 'CONNECTION_REFUSED',
    });
  assert.deepEqual([client.state.keys, saved], [imported.keys, []]);
  client.close();
});

test('concurrent calls that begin sign-ins make one new key, and the connection under the old one ends', async () => {
  const { client, trace } = clientAt(sandbox, { state: imported });
  await sendCall(client);
  const calls = Array.from({ length: 3 }, () => client.call(current, 'help.getConfig', {}, { startsAnew: true }));
  await Promise.all(calls);
  assert.equal(trace.filter((line) => line.startsWith('made an auth key')).length, 1);
  client.close();
});

test('a later step of a sign-in is refused, and nothing is sent', async () => {
  const { client, trace } = clientAt(sandbox, { state: imported });
  const proof = { phone_number: '9996620000', phone_code_hash: 'x', phone_code: '22222' };
  await assert.rejects(client.call(current, 'auth.signIn', proof, { signsIn: true }), {
    type: 'KEY_IMPORTED',
    exit: 2,
  });
  assert.deepEqual(trace, []);
  client.close();
});

test('other calls use it, and the mark stays when the server changes its salt', async () => {
  const state = { ...imported, keys: { 2: { ...(imported.keys[2] ?? assert.fail()), server_salt: 1n } } };
  const { client } = clientAt(sandbox, { state });
  assert.equal(await sendCall(client), true);
  assert.equal(client.state.keys[2]?.imported, true);
  assert.notEqual(client.state.keys[2]?.server_salt, 1n);
  client.close();
});

test('addresses of data centres are asked for under another key, which is not saved', async () => {
  const { client, trace } = clientAt(sandbox, { state: imported });
  await client.call(current, 'help.getConfig', {}, { dc: 1 });
  assert.notDeepEqual(client.state.addresses, {});
  assert.deepEqual(client.state.keys[2], imported.keys[2]);
  assert.deepEqual(
    trace.filter((line) => line.startsWith('made an auth key')),
    ['made an auth key for DC 2'],
  );
  client.close();
});

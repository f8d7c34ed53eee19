/** mtcute uses a clone of a session, while that session works on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endDevice, whoAmI } from '../../src/auth/account.ts';
import type { Mtcute } from './mtcute.ts';
import { original } from './original.ts';
import { peerOf, sandboxFor, TIMEOUT } from './peer.ts';

async function self({ client }: Mtcute): Promise<bigint> {
  const [user] = await client.call({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] });
  return BigInt(user?.id ?? 0);
}

test('a clone and its original live on, and either can end the other', TIMEOUT, async () => {
  await using sandbox = await sandboxFor();
  await using source = await original(sandbox);
  const { client, user } = source;

  const first = await source.clone('mtcute');
  await using peer = peerOf(sandbox);
  await peer.client.importSession(first.string);
  assert.equal(await self(peer), user.id);
  assert.deepEqual(await whoAmI(client), user);
  await endDevice(client, first.hash);
  await assert.rejects(self(peer), /AUTH_KEY_UNREGISTERED/);
  assert.deepEqual(await whoAmI(client), user);

  const second = await source.clone('mtcute');
  await using other = peerOf(sandbox);
  await other.client.importSession(second.string);
  const { authorizations } = await other.client.call({ _: 'account.getAuthorizations' });
  const old = authorizations.find(({ appVersion, current }) => appVersion !== '1.0' && current !== true);
  await other.client.call({ _: 'account.resetAuthorization', hash: old?.hash ?? assert.fail() });
  await assert.rejects(whoAmI(client), { type: 'AUTH_KEY_UNREGISTERED' });
  assert.equal(await self(other), user.id);
});

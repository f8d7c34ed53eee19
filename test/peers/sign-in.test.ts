/** mtcute signs in by its own methods: code, password, recovery, bot, QR code; and it uses a clone of our session. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkPassword, recoverPassword, sendRecoveryCode, signIn, signInBot, signInQr } from '@mtcute/core/methods.js';
import { endDevice, whoAmI } from '../../src/auth/account.ts';
import { original } from './original.ts';
import { peerOf, sandboxFor, sendCode, TIMEOUT } from './peer.ts';

type Peer = ReturnType<typeof peerOf>;

/** Requests a code and signs in with it. */
async function enter({ client }: Peer, sandbox: Awaited<ReturnType<typeof sandboxFor>>, phone: string) {
  const sent = await client.call(sendCode(phone));
  assert.ok(sent._ === 'auth.sentCode');
  const phoneCode = sandbox.said().at(-1)?.code ?? '';
  return signIn(client, { phone, phoneCodeHash: sent.phoneCodeHash, phoneCode });
}

describe('mtcute', TIMEOUT, () => {
  test('signs in with a code and out again', async () => {
    await using sandbox = await sandboxFor();
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    const user = await enter(peer, sandbox, '9996620001');
    assert.deepEqual([user.phoneNumber, user.isSelf], ['9996620001', true]);
    const [self] = await peer.client.call({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] });
    assert.equal(self?.id, user.id);
    assert.equal((await peer.client.call({ _: 'auth.logOut' }))._, 'auth.loggedOut');
    await assert.rejects(peer.client.call({ _: 'updates.getState' }), /AUTH_KEY_UNREGISTERED/);
    assert.deepEqual(peer.complaints, []);
  });

  test('signs in with a code and a password, after a wrong one', async () => {
    await using sandbox = await sandboxFor();
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    await assert.rejects(enter(peer, sandbox, '9996621002'), /SESSION_PASSWORD_NEEDED/);
    await assert.rejects(checkPassword(peer.client, 'wrong'), /PASSWORD_HASH_INVALID/);
    assert.equal((await checkPassword(peer.client, 'sandbox')).phoneNumber, '9996621002');
    assert.deepEqual(peer.complaints, []);
  });

  test('recovers its password', async () => {
    await using sandbox = await sandboxFor();
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    await assert.rejects(enter(peer, sandbox, '9996621003'), /SESSION_PASSWORD_NEEDED/);
    assert.equal(await sendRecoveryCode(peer.client), 's***@example.com');
    const recoveryCode = sandbox.said().at(-1)?.code ?? '';
    assert.equal((await recoverPassword(peer.client, { recoveryCode })).phoneNumber, '9996621003');
  });

  test('signs in on another data centre', async () => {
    await using sandbox = await sandboxFor();
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    await assert.rejects(enter(peer, sandbox, '9996611002'), /SESSION_PASSWORD_NEEDED/);
    assert.equal((await checkPassword(peer.client, 'sandbox')).phoneNumber, '9996611002');
  });

  test('signs a bot in', async () => {
    await using sandbox = await sandboxFor();
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    const bot = await signInBot(peer.client, `123456789:${'b'.repeat(35)}`);
    assert.deepEqual([bot.id, bot.isBot], [123456789, true]);
    assert.deepEqual(peer.complaints, []);
  });

  for (const [what, phone] of [
    ['here', '9996620001'],
    ['with a password', '9996621002'],
    ['on another data centre', '9996610001'],
    ['on another data centre, with a password', '9996611002'],
  ] as const)
    test(`signs in by QR code, ${what}`, async () => {
      await using sandbox = await sandboxFor();
      await using peer = peerOf(sandbox, { updates: true });
      await peer.client.connect();
      let scanned = false;
      const user = await signInQr(peer.client, {
        onUrlUpdated: (link) => sandbox.scan(link, phone),
        onQrScanned: () => {
          scanned = true;
        },
        password: 'sandbox',
      });
      assert.deepEqual([user.phoneNumber, scanned], [phone, true]);
    });
});

async function self({ client }: Peer): Promise<bigint> {
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

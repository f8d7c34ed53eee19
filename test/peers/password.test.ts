/** Passwords that mtcute and tg-auth set, change, check and remove for each other. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import {
  checkPassword,
  enableCloudPassword,
  removeCloudPassword,
  signIn,
  verifyPasswordEmail,
} from '@mtcute/core/methods.js';
import { passwordQuestion } from '../../src/auth/password.ts';
import { updatePassword } from '../../src/auth/two-step/settings.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { current } from '../../src/tl/layer.ts';
import { sendCode as ourSendCode, TestClient } from '../sandbox/client.ts';
import { peerOf, sandboxFor, sendCode, TIMEOUT } from './peer.ts';

const PHONE = '9996620001';
const random = (length: number) => new Uint8Array(randomBytes(length));

async function enter({ client }: ReturnType<typeof peerOf>, sandbox: Sandbox) {
  const sent = await client.call(sendCode(PHONE));
  assert.ok(sent._ === 'auth.sentCode');
  return signIn(client, {
    phone: PHONE,
    phoneCodeHash: sent.phoneCodeHash,
    phoneCode: sandbox.said().at(-1)?.code ?? '',
  });
}

/** Our client, signed in to an account without a password. */
async function ours(sandbox: Sandbox): Promise<TestClient> {
  const client = await TestClient.start(sandbox);
  const sent = await client.call(current, 'auth.sendCode', ourSendCode(PHONE));
  assert.ok(sent._ === 'auth.sentCode');
  const phone_code = sandbox.said().at(-1)?.code ?? '';
  await client.call(current, 'auth.signIn', { phone_number: PHONE, phone_code_hash: sent.phone_code_hash, phone_code });
  return client;
}

test(
  'mtcute signs in with a password that we have set, and we change and remove one that it has set',
  TIMEOUT,
  async () => {
    await using sandbox = await sandboxFor();
    const client = await ours(sandbox);
    const first = { password: 'pässword 密码 ', hint: 'h' };
    assert.equal(await updatePassword(client, { renewal: first, random }), true);
    await using peer = peerOf(sandbox);
    await peer.client.connect();
    await assert.rejects(enter(peer, sandbox), /SESSION_PASSWORD_NEEDED/);
    assert.equal((await checkPassword(peer.client, first.password)).phoneNumber, PHONE);
    await removeCloudPassword(peer.client, first.password);
    assert.equal((await passwordQuestion(client)).has_password, undefined);

    await enableCloudPassword(peer.client, { password: 'theirs', hint: 'mtcute' });
    assert.equal((await passwordQuestion(client)).hint, 'mtcute');
    const renewal = { password: 'ours', hint: '' };
    const email = 'ada@example.com';
    assert.deepEqual(await updatePassword(client, { password: 'theirs', renewal, email, random }), { length: 6 });
    await verifyPasswordEmail(peer.client, sandbox.said().at(-1)?.code ?? '');
    assert.equal(await updatePassword(client, { password: 'ours', renewal: null, random }), true);
    assert.deepEqual(peer.complaints, []);
    client.close();
  },
);

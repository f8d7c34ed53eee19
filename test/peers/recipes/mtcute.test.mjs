import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MemoryStorage, TelegramClient } from '@mtcute/node';
import { addPublicKey, NodeCryptoProvider } from '@mtcute/node/utils.js';

test('signs in with a password', async () => {
  const [ipAddress, port] = process.env.TG_AUTH_SERVER.split(':');
  const dc = { id: 2, ipAddress, port: Number(port) };
  const crypto = new NodeCryptoProvider();
  addPublicKey(crypto, readFileSync(process.env.TG_AUTH_SERVER_KEY, 'utf8'));
  const client = new TelegramClient({
    apiId: 1,
    apiHash: 'hash',
    crypto,
    storage: new MemoryStorage(),
    defaultDcs: { main: dc, media: dc },
  });
  const user = await client.start({ phone: '9996621002', code: () => '22222', password: 'sandbox' });
  assert.equal(user.phoneNumber, '9996621002');
  await client.destroy();
});

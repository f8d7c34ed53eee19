import assert from 'node:assert/strict';
import { createHash, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import bigInt from 'big-integer';
import { TelegramClient } from 'teleproto';
import RSA from 'teleproto/crypto/RSA.js';
import { ConnectionTCPObfuscated as Tcp } from 'teleproto/network/index.js';
import { StringSession } from 'teleproto/sessions/index.js';

test('signs in with a password', async () => {
  const { n } = createPublicKey(readFileSync(process.env.TG_AUTH_SERVER_KEY)).export({ format: 'jwk' });
  const key = Buffer.from(n, 'base64url').toString('hex');
  const tl = Buffer.from(`fe000100${key}03010001`, 'hex');
  const digest = createHash('sha1').update(tl).digest();
  RSA._serverKeys.set(String(digest.readBigInt64LE(12)), { n: bigInt(key, 16), e: 65537 });
  const [ip, port] = process.env.TG_AUTH_SERVER.split(':');
  const session = new StringSession('');
  session.setDC(2, ip, Number(port));
  const connection = new Proxy(Tcp, { construct: (_, [options]) => new Tcp({ ...options, port: Number(port) }) });
  const client = new TelegramClient(session, 1, 'hash', { connection });
  await client.start({ phoneNumber: '9996621002', phoneCode: async () => '22222', password: async () => 'sandbox' });
  assert.equal((await client.getMe()).phone, '9996621002');
  await client.destroy();
});

/**
 * One request by mtcute, as a process of its own: `mtcute.mjs PORT KEYFILE [KEEP]`. KEEP is a file for the auth_key of
 * DC 2; it is created if missing. mtcute's layer has no auth.sendCall; auth.sendCode takes the same round trips.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { MemoryStorage } from '@mtcute/core';
import { mtcuteClient } from '../peers/mtcute.ts';

const [, , port, keyFile = '', keep] = process.argv;
const storage = new MemoryStorage();
if (keep !== undefined && existsSync(keep)) storage.authKeys.set(2, new Uint8Array(readFileSync(keep)));
const { client, close } = mtcuteClient({
  host: '127.0.0.1',
  dcs: [{ id: 2, port: Number(port) }],
  publicKeyPem: readFileSync(keyFile, 'utf8'),
  storage,
});
const settings = { _: 'codeSettings' as const };
const sent = await client.call({ _: 'auth.sendCode', phoneNumber: '9996620000', apiId: 1, apiHash: 'x', settings });
const made = await storage.authKeys.get(2);
if (keep !== undefined && made !== null && made !== undefined) writeFileSync(keep, made);
await close();
process.stdout.write(`${sent._}\n`);

/** An attacker on the network, with real processes: none of the forged answers costs the user the session. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { KEY_REFUSED, type MiddleboxOptions, startMiddlebox } from '../middlebox.ts';
import { BIN, checkFailure, cleanEnv, type Env, folder, lasting, sessionFile, start } from './cli.ts';
import { tgAuth } from './in-process.ts';

const PHONE = '+9996621234';

/** A sandbox in a process of its own, and the variables that point to it. */
async function serve(): Promise<{ readonly port: number; readonly env: Env }> {
  const { child } = start(process.execPath, [BIN, 'sandbox', '--json'], cleanEnv());
  assert.ok(child.stdout !== null);
  const lines = createInterface(child.stdout);
  const [line] = await once(lines, 'line');
  lines.on('line', () => {});
  const { dcs, publicKey } = JSON.parse(String(line));
  const keyFile = join(folder(), 'key.pem');
  writeFileSync(keyFile, publicKey);
  const port: number = dcs[1].port;
  const env = cleanEnv({
    TG_AUTH_SERVER: `127.0.0.1:${port}`,
    TG_AUTH_SERVER_KEY: keyFile,
    TG_API_ID: '12345',
    TG_API_HASH: '0123456789abcdef0123456789abcdef',
  });
  return { port, env };
}

async function via(target: number, box: Omit<MiddleboxOptions, 'target'>): Promise<Env> {
  const { port } = await lasting(startMiddlebox({ target, ...box }));
  return { TG_AUTH_SERVER: `127.0.0.1:${port}` };
}

async function signedIn(): Promise<{ readonly port: number; readonly env: Env }> {
  const { port, env } = await serve();
  assert.equal((await tgAuth(['send-code', PHONE], env)).code, 0);
  const { code, stderr } = await tgAuth(['sign-in', PHONE, '--code', '-'], env, '22222\n');
  assert.equal(code, 0, stderr);
  return { port, env };
}

/** The keys and the user of the stored session. */
function stored(env: Env): unknown {
  const { keys, user, pending } = JSON.parse(readFileSync(sessionFile(env) ?? assert.fail(), 'utf8'));
  return { keys, user, pending };
}

test('a forged -404 ends no session: each command fails with a network error, and the session stays signed in', async () => {
  const { port, env } = await signedIn();
  const before = stored(env);
  const forged = await via(port, {
    answer: ({ auth_key_id }) => (auth_key_id === 0n ? undefined : KEY_REFUSED),
    others: false,
  });
  for (const args of [
    ['logout'],
    ['whoami'],
    ['send-code', '+9996620000'],
    ['login', '--qr', '--timeout', '5'],
    ['login', '--bot', '--token', '-'],
    ['logout', '--pfs'],
  ]) {
    const input = args.includes('-') ? `123456:${'s'.repeat(35)}\n` : '';
    const ended = await tgAuth([...args, '--json'], { ...env, ...forged }, input);
    checkFailure(ended, 30, /^(TRANSPORT_ERROR|TIMEOUT)$/);
    assert.deepEqual(stored(env), before, args.join(' '));
  }
  assert.equal((await tgAuth(['whoami'], env)).code, 0);
  const { code, stdout } = await tgAuth(['logout'], env);
  assert.deepEqual([code, stdout], [0, 'true\n']);
});

test('a middlebox that breaks one transport is avoided, and one that breaks all is reported', async () => {
  const { port, env } = await serve();
  const answer = () => new Uint8Array(40).fill(1);
  const spoilt = { ...env, ...(await via(port, { answer })) };
  assert.equal((await tgAuth(['send-code', PHONE], spoilt)).code, 0);
  assert.equal((await tgAuth(['send-call', PHONE], { ...env, ...(await via(port, { answer })) })).code, 0);
  const alone = { ...env, ...(await via(port, { answer, others: false })), XDG_STATE_HOME: folder() };
  checkFailure(await tgAuth(['send-code', PHONE, '--json'], alone), 31, 'SECURITY_CHECK_FAILED');
  assert.deepEqual(
    readdirSync(alone.XDG_STATE_HOME, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json')),
    [],
  );
});

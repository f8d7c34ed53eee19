/** WebSocket inside TLS, as at Telegram's hosts for browsers. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { createServer, type Server } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { listen } from '../loopback.ts';
import { LOCALHOST_PEM } from '../proxies.ts';
import { portOf } from './fixture.ts';

let sandbox: Sandbox;
/** Terminates TLS, as the proxy in front of a web server does. */
let front: Server;
let port = 0;
before(async () => {
  sandbox = await startSandbox();
  const pem = readFileSync(LOCALHOST_PEM);
  front = createServer({ key: pem, cert: pem }, (near) => {
    const far = connect({ host: '127.0.0.1', port: portOf(sandbox, 2) });
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  front.on('tlsClientError', () => {}); // a client that does not trust it hangs up
  port = await listen(front);
});
after(async () => {
  front.close();
  await sandbox.close();
});

async function call(env: NodeJS.ProcessEnv): Promise<string> {
  const script = fileURLToPath(new URL('wss.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, String(port), sandbox.publicKey], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  await once(child, 'close');
  return said;
}

test('a call is answered', async () => {
  const said = await call({ NODE_EXTRA_CA_CERTS: LOCALHOST_PEM });
  assert.match(said, /^true\n/);
  assert.match(said, /connected to localhost:\d+ \(websocket\)/);
});

test('an untrusted certificate is refused, whatever the environment says', async () => {
  for (const env of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' }])
    assert.match(await call(env), /^CERTIFICATE_UNTRUSTED\n/);
});

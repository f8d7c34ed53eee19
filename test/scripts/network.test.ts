/** Servers that do not answer, have the wrong key, or do not speak MTProto. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { TRANSPORTS } from '../../src/transport/names.ts';
import { checkFailure, type Env, envOf, folder } from './cli.ts';
import { tgAuth } from './in-process.ts';

const CALL = ['send-call', '+79991234567', '--hash', '2dc02d2cda9e615c84', '--json'];

let sandbox: Sandbox;
const servers: Server[] = [];
before(async () => {
  sandbox = await startSandbox();
});
after(async () => {
  for (const server of servers) server.close();
  await sandbox.close();
});

/** The environment that points a command at a server which treats each connection like this. */
async function peer(serve: (socket: Socket) => void): Promise<Env> {
  const server = await listening((socket) => {
    socket.on('error', () => {}); // the client may disconnect at any time
    serve(socket);
  });
  servers.push(server);
  return envAt(server);
}

async function listening(serve: (socket: Socket) => void): Promise<Server> {
  const server = createServer(serve);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function envAt(server: Server): Env {
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${address.port}` });
}

describe('a server that is', { concurrency: 4 }, () => {
  test('not listening exits with 30', async () => {
    const server = await listening(() => {});
    const env = envAt(server);
    server.close();
    await once(server, 'close');
    checkFailure(await tgAuth(CALL, env), 30, 'CONNECTION_REFUSED');
  });

  test('silent exits with 30 at the deadline, not earlier', async () => {
    const env = await peer(() => {});
    checkFailure(await tgAuth([...CALL, '--timeout', '0.6'], env), 30, 'TIMEOUT');
    checkFailure(await tgAuth(CALL, { ...env, TG_AUTH_TIMEOUT: '0.6' }), 30, 'TIMEOUT');
  });

  test('a web server exits with 30', async () => {
    const env = await peer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'));
    checkFailure(await tgAuth(CALL, env), 30, 'HTTP_ANSWER');
  });

  test('sending noise exits with 30', async () => {
    const env = await peer((socket) => socket.write(Buffer.alloc(4096, 0x5a)));
    checkFailure(await tgAuth(CALL, env), 30, 'FRAME_MALFORMED');
  });

  test('closing each connection exits with 30', async () => {
    const env = await peer((socket) => socket.destroy());
    checkFailure(await tgAuth(CALL, env), 30, 'CONNECTION_CLOSED');
  });

  test('another one, with another key, exits with 31', async () => {
    const other = await startSandbox({ newKey: true });
    after(() => other.close());
    const file = join(folder(), 'other.pem');
    writeFileSync(file, other.publicKey);
    checkFailure(await tgAuth([...CALL, '--server-key', file], envOf(sandbox)), 31, 'SERVER_KEY_UNKNOWN');
  });

  test('tampered with exits with 31', async () => {
    const faulty = await startSandbox({ faults: ['nonce@every-h1'] });
    after(() => faulty.close());
    const ended = await tgAuth(CALL, envOf(faulty));
    checkFailure(ended, 31, 'SECURITY_CHECK_FAILED');
  });
});

describe('the transport', { concurrency: 4 }, () => {
  for (const transport of TRANSPORTS)
    test(`can be ${transport}`, async () => {
      const { code, stdout } = await tgAuth(CALL, envOf(sandbox, { TG_AUTH_TRANSPORT: transport }));
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), {
        ok: true,
        command: 'send-call',
        method: 'auth.sendCall',
        result: true,
        phone: '+79991234567',
        dc: 2,
        next: [],
      });
    });

  test('needs a readable key file', async () => {
    checkFailure(await tgAuth([...CALL, '--server-key', 'nowhere.pem'], envOf(sandbox)), 32, 'FILE_UNREADABLE');
    checkFailure(await tgAuth([...CALL, '--server-key', 'package.json'], envOf(sandbox)), 2, 'USAGE');
  });
});

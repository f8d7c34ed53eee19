/** `tg-auth sandbox` and `tg-auth sandbox -- COMMAND`, as a login script in CI uses them. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { sealPlain } from '../../src/mtproto/envelope.ts';
import { DEVIATIONS } from '../../src/sandbox/index.ts';
import { mtproto } from '../../src/tl/layer.ts';
import { clientTransport } from '../../src/transport/transport.ts';
import { BIN, cleanEnv, type Ended, folder, POSIX, said, start, tgAuth } from './cli.ts';

/** Runs a script for /bin/sh in a sandbox. The script stops at the first command that fails. */
function script(text: string, options: readonly string[] = [], env = cleanEnv()): Promise<Ended> {
  const file = join(folder(), 'login.sh');
  writeFileSync(file, `#!/bin/sh\nset -e\n${text}\n`);
  chmodSync(file, 0o700);
  return tgAuth(['sandbox', ...options, '--', file], env, '');
}

describe('a script in a sandbox', { concurrency: 3, ...POSIX }, () => {
  test('asks for a code, then for a call without repeating the hash', async () => {
    const { code, stdout, stderr } = await script(`
      hash=$(tg-auth send-code +9996620001)
      test -n "$hash"
      tg-auth send-call +9996620001`);
    assert.deepEqual([code, stdout], [0, 'true\n'], stderr);
    assert.match(stderr, /\bapps\b/);
    assert.match(stderr, /Voice call: "Your code is/);
  });

  test('stores the pending code before it prints its hash', async () => {
    const { code, stdout, stderr } = await script(
      'tg-auth send-code +9996620001 | true\ntg-auth send-call +9996620001',
    );
    assert.deepEqual([code, stdout], [0, 'true\n'], stderr);
  });

  test('is redirected to another DC, and finds its code there again', async () => {
    const { code, stdout, stderr } = await script(`
      tg-auth send-code +9996619303 --json
      tg-auth send-call +9996619303 --json
      tg-auth resend-code +9996610000 --hash abc || echo "exit $?"
      tg-auth send-code +9996610000 --json`);
    const [sent = '', called = '', lost, other = ''] = stdout.split('\n');
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(sent).dc, 2);
    assert.equal(JSON.parse(called).result, true);
    assert.equal(lost, 'exit 12');
    assert.equal(JSON.parse(other).dc, 1);
  });

  test('gets its call from a server that has dropped auth.sendCall, and asks auth.resendCode directly next time', async () => {
    const log = join(folder(), 'requests.log');
    const { code, stdout, stderr } = await script(
      `tg-auth send-code +9996620001 -q
       tg-auth send-call +9996620001 --json
       tg-auth send-code +9996620002 -q
       tg-auth send-call +9996620002
       tg-auth send-code +9996620003 -q
       tg-auth send-call +9996620003 --method sendCall || echo "exit $?"`,
      ['--layer', 'current', '--log', log],
    );
    assert.equal(code, 0, stderr);
    const [, called = '', , again, , strict] = stdout.split('\n');
    assert.equal(JSON.parse(called).method, 'auth.resendCode');
    assert.equal(JSON.parse(called).type, 'call');
    assert.equal(again, 'true');
    assert.equal(strict, 'exit 18');
    assert.match(stderr, /no longer has auth\.sendCall \(400 INPUT_METHOD_INVALID/);
    assert.match(stderr, /calling \+9996620001/);
    const events = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const methods = events.filter(({ event }) => event === 'request').map(({ method }) => method);
    assert.deepEqual(
      methods.filter((method) => /sendCall|resendCode/.test(method)),
      ['auth.sendCall', 'auth.resendCode', 'auth.resendCode', 'auth.sendCall'],
    );
  });

  test('gets false if the server chose another delivery method', async () => {
    const { stdout, stderr } = await script(
      'tg-auth send-code +9996622001 -q\ntg-auth send-call +9996622001 --json || echo "exit $?"',
      ['--layer', 'current'],
    );
    const [, called = '', status] = stdout.split('\n');
    assert.equal(JSON.parse(called).result, false);
    assert.equal(JSON.parse(called).type, 'sms');
    assert.equal(status, 'exit 1');
    assert.match(stderr, /Telegram chose another delivery method/);
    assert.match(stderr, /by SMS/);
  });

  test('waits with --wait until the next delivery method is due', async () => {
    const { code, stdout, stderr } = await script(
      'tg-auth send-code +9996622014 -q\ntg-auth send-call +9996622014 --wait',
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /true\n$/);
    assert.match(stderr, /Waiting for the next delivery method/);
  });

  test('does not start a wait that --timeout would cut short', async () => {
    const ended = await script(
      'tg-auth send-code +9996620000 -q\ntg-auth send-call +9996620000 --wait --timeout 10 --json',
    );
    assert.equal(ended.code, 20, ended.stderr);
    const { error } = JSON.parse(ended.stdout.split('\n')[1] ?? '');
    assert.equal(error.type, 'WAIT_TOO_LONG');
    assert.ok(error.retryAfter >= 10, 'the seconds are in the JSON');
    assert.match(said(ended), /--timeout ends before/);
    assert.doesNotMatch(ended.stderr, /Waiting/);
  });

  test('waits out a flood wait within --wait-flood', async () => {
    const { code, stdout, stderr } = await script('tg-auth send-call +9996629020 --hash abc --wait-flood 3');
    assert.deepEqual([code, stdout], [0, 'true\n'], stderr);
    assert.match(stderr, /FLOOD_WAIT_3/);
  });

  test('does not start a flood wait that --timeout would cut short, or that exceeds --wait-flood', async () => {
    const short = await script('tg-auth send-call +9996629020 --hash abc --wait-flood 3 --timeout 2');
    assert.equal(short.code, 20, short.stderr);
    assert.match(short.stderr, /--timeout ends before/);
    assert.doesNotMatch(short.stderr, /Waiting/);
    const again = await script('tg-auth send-call +9996629020 --hash abc --wait-flood 1 --timeout 0', [
      '--fault',
      'rpc-error:420 FLOOD_WAIT_1@every-a1',
    ]);
    assert.equal(again.code, 20, again.stderr);
    assert.equal(again.stderr.match(/Waiting/g)?.length, 1);
  });

  test('has its own exit code and sessions, and none of the variables of the user', async () => {
    const env = cleanEnv({ TG_AUTH_SESSION: 'work', TG_AUTH_TEST: '1', TG_API_HASH: 'f00d'.repeat(8) });
    const { code, stdout } = await script(
      'env | grep -E "^(TG_|XDG_STATE)"\nls -ld "$TG_AUTH_SERVER_KEY"\nexit 7',
      [],
      env,
    );
    assert.equal(code, 7);
    assert.match(stdout, /^TG_AUTH_SESSION=sandbox$/m);
    assert.match(stdout, /^TG_AUTH_TEST=0$/m);
    assert.match(stdout, /^-rw-------/m);
    assert.doesNotMatch(stdout, /f00d/);
    const [, state = ''] = /^XDG_STATE_HOME=(.*)$/m.exec(stdout) ?? [];
    assert.notEqual(state, '');
    assert.ok(!existsSync(state), 'its folder is deleted');
    assert.deepEqual(readdirSync(env.XDG_STATE_HOME ?? ''), [], "the user's sessions are unchanged");
  });

  test('exits with the number of the signal that ended it', async () => {
    assert.equal((await script('kill -TERM $$')).code, 143);
  });

  test('finds tg-auth if the sandbox was started through a link, as npx does', async () => {
    const link = join(folder(), 'tg-auth');
    symlinkSync(BIN, link);
    const args = ['sandbox', '--', 'sh', '-c', 'tg-auth send-call 79991234567 --hash 2dc02d2cda9e615c84'];
    const { code, stdout, stderr } = await start(link, args, cleanEnv(), '').ended;
    assert.deepEqual([code, stdout], [0, 'true\n'], stderr);
  });

  test('receives the signals sent to its sandbox', async () => {
    const file = join(folder(), 'trap.sh');
    writeFileSync(file, "#!/bin/sh\ntrap 'echo caught; exit 5' TERM\necho ready\nwhile :; do sleep 0.1; done\n");
    chmodSync(file, 0o700);
    const { child, ended } = start(process.execPath, [BIN, 'sandbox', '--', file], cleanEnv(), '');
    if (child.stdout !== null) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const { code, stdout } = await ended;
    assert.deepEqual([code, stdout], [5, 'ready\ncaught\n']);
  });
});

describe('tg-auth sandbox', POSIX, () => {
  test('prints its addresses and key, a line for each request, and ends with Ctrl-C', async () => {
    const { child, ended } = start(
      process.execPath,
      [BIN, 'sandbox', '--json', '--seed', 'a', '--dcs', '3'],
      cleanEnv(),
      '',
    );
    assert.ok(child.stdout !== null);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const ready = JSON.parse((await lines.next()).value ?? '');
    assert.deepEqual(Object.keys(ready), ['event', 'host', 'dcs', 'publicKey', 'fingerprint']);
    assert.deepEqual([ready.event, ready.host, ready.dcs.length], ['ready', '127.0.0.1', 3]);
    assert.match(ready.fingerprint, /^[0-9a-f]{16}$/);
    const file = join(folder(), 'key.pem');
    writeFileSync(file, ready.publicKey);
    const server = ['--server', `127.0.0.1:${ready.dcs[1].port}`, '--server-key', file, '--api-id', '5'];
    const call = await tgAuth(['send-call', '79991234567', '--hash', '2dc02d2cda9e615c84', ...server]);
    assert.equal(call.stdout, 'true\n', call.stderr);
    const request = [JSON.parse((await lines.next()).value ?? ''), JSON.parse((await lines.next()).value ?? '')].find(
      ({ event }) => event === 'request',
    );
    assert.deepEqual(request, {
      event: 'request',
      dc: 2,
      method: 'auth.sendCall',
      layer: 49,
      params: { phone_number: '79991234567', phone_code_hash: '2dc02d2cda9e615c84' },
      answer: true,
    });
    child.kill('SIGINT');
    assert.equal((await ended).code, 0);
  });

  test('prints the same as text', async () => {
    const { child, ended } = start(process.execPath, [BIN, 'sandbox'], cleanEnv(), '');
    if (child.stdout !== null) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 143);
    assert.match(stdout, /^DC 1: 127\.0\.0\.1:\d+\nDC 2: 127\.0\.0\.1:\d+\n-----BEGIN RSA PUBLIC KEY-----\n/);
    assert.match(stderr, /Press Ctrl-C to stop it/);
  });

  test('prints what it tolerates as an event or a line, and refuses it with --strict', async () => {
    const payload = sealPlain(0n, mtproto.encodeCall('req_pq_multi', { nonce: new Uint8Array(16) }));
    /** The output of a sandbox up to what a text matches, after a client has sent the payload. */
    const output = async (args: readonly string[], expected: RegExp): Promise<string> => {
      const { child, ended } = start(process.execPath, [BIN, 'sandbox', ...args], cleanEnv(), '');
      const { stdout, stderr } = child;
      assert.ok(stdout !== null && stderr !== null);
      let text = '';
      const seen = new Promise<void>((resolve) => {
        const read = (chunk: string) => {
          text += chunk;
          if (expected.test(text)) resolve();
        };
        for (const stream of [stdout, stderr]) stream.on('data', read);
      });
      await once(stdout, 'data');
      const port = Number(/DC 2: 127\.0\.0\.1:(\d+)|"id":2,"port":(\d+)/.exec(text)?.slice(1).find(Boolean));
      const socket = createConnection({ host: '127.0.0.1', port });
      socket.on('error', () => socket.destroy());
      socket.write(clientTransport('intermediate', { random: randomBytes }).pack(payload));
      await seen;
      socket.destroy();
      child.kill('SIGTERM');
      await ended;
      return text;
    };
    const json = await output(['--json'], /"tolerated".*\n/);
    assert.deepEqual(JSON.parse(/.*"tolerated".*/.exec(json)?.[0] ?? ''), {
      event: 'tolerated',
      dc: 2,
      deviation: 'plain-msg-id',
      text: DEVIATIONS['plain-msg-id'],
    });
    assert.match(await output([], /tolerated.*\n/), /DC 2 {2}tolerated plain-msg-id: The msg_id of a plain message/);
    assert.match(await output(['--strict'], /closed.*\n/), /DC 2 {2}closed a connection: .*msg_id is a client's/);
  });

  test('prints its MTProxies, and gives the first to the command that it runs', async () => {
    const secrets = ['f1e2d3c4b5a69788796a5b4c3d2e1f00', 'ddf1e2d3c4b5a69788796a5b4c3d2e1f00'];
    const asked = secrets.flatMap((secret) => ['--mtproxy', secret]);
    const json = start(process.execPath, [BIN, 'sandbox', '--json', ...asked], cleanEnv(), '');
    assert.ok(json.child.stdout !== null);
    const [line] = await once(createInterface({ input: json.child.stdout }), 'line');
    json.child.kill('SIGTERM');
    await json.ended;
    const { proxies } = JSON.parse(line);
    const linkTo = (port: number, secret: string) => `tg://proxy?server=127.0.0.1&port=${port}&secret=${secret}`;
    assert.deepEqual(
      proxies,
      secrets.map((secret, i) => {
        const { port } = proxies[i];
        return { secret, port, link: linkTo(port, secret) };
      }),
    );

    const text = start(process.execPath, [BIN, 'sandbox', ...asked], cleanEnv(), '');
    if (text.child.stdout !== null) await once(text.child.stdout, 'data');
    text.child.kill('SIGTERM');
    assert.match(
      (await text.ended).stdout,
      /^DC 2: .*\nMTProxy: tg:\/\/proxy\?.*=f1e2.*\nMTProxy: tg:\/\/proxy\?.*=ddf1e2.*\n-----BEGIN/m,
    );

    const show = ['--', process.execPath, '-p', 'process.env.TG_AUTH_PROXY'];
    const env = cleanEnv({ TG_AUTH_PROXY: 'socks5://127.0.0.1:1' });
    const child = await tgAuth(['sandbox', ...asked, ...show], env, '');
    assert.match(
      child.stdout,
      /^tg:\/\/proxy\?server=127\.0\.0\.1&port=\d+&secret=f1e2d3c4b5a69788796a5b4c3d2e1f00\n$/,
    );
    const without = await tgAuth(['sandbox', ...show], env, '');
    assert.equal(without.stdout, '\n', "the user's proxy is not used for the sandbox");
  });

  test('refuses malformed options', async () => {
    for (const args of [
      ['--mtproxy', 'secret'],
      ['--port', '99999'],
      ['--dcs', '0'],
      ['--layer', '49'],
      ['--fault', 'rain'],
    ]) {
      const { code, stderr } = await tgAuth(['sandbox', ...args], cleanEnv(), '');
      assert.equal(code, 2, stderr);
      assert.match(stderr, /^✖ /);
    }
  });
});

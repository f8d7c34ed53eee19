/** Bad networks and wrong clocks: a login succeeds, or its failure is reported in time. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/index.ts';
import { startBroken } from '../proxies.ts';
import { startRelay } from '../relay.ts';
import { checkFailure, type Env, envOf, lasting, said } from './cli.ts';
import { tgAuth } from './in-process.ts';

const serve = (options?: SandboxOptions) => lasting(startSandbox(options));

/** A whole login, each step a process. Returns the stderr of each. */
async function signIn(env: Env): Promise<string[]> {
  const phone = '+9996621002'; // two-step verification
  const secrets = { ...env, TG_AUTH_PASSWORD: 'sandbox' };
  const said: string[] = [];
  for (const args of [['send-code', phone], ['send-call', phone], ['sign-in', phone, '--code', '-'], ['whoami']]) {
    const { code, stderr } = await tgAuth(args, secrets, args.includes('-') ? '22222\n' : '');
    assert.equal(code, 0, `${args[0]}: ${stderr}`);
    said.push(stderr);
  }
  return said;
}

describe('a login succeeds', { concurrency: 3 }, () => {
  for (const [seconds, words] of [
    [86400, /This machine's clock is .+ slow/],
    [-86400, /This machine's clock is .+ fast/],
  ] as const)
    test(`with a clock that is ${seconds} seconds off, with one warning`, async () => {
      const said = await signIn(envOf(await serve({ faults: [`clock:${seconds}`] })));
      assert.deepEqual(
        said.map((each) => words.test(each)),
        [true, false, false, false],
      );
    });

  test('with a clock that jumps by a day between two steps', async () => {
    let ahead = 0;
    const sandbox = await serve({ now: () => Date.now() + ahead });
    const env = envOf(sandbox);
    assert.equal((await tgAuth(['send-code', '+9996621234'], env)).code, 0);
    ahead = 86_400_000;
    const { code, stderr } = await tgAuth(['send-code', '+9996621234'], env);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /This machine's clock is/);
  });

  test('over a network that drops every third connection', async () => {
    const sandbox = await serve();
    const change = (chunk: Uint8Array, { connection }: { connection: number }) =>
      connection % 3 === 2 ? undefined : chunk;
    const relay = await lasting(startRelay({ target: sandbox.dcs[1]?.port ?? 0, change }));
    await signIn(envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${relay.port}` }));
    assert.ok(relay.connections >= 5, 'some were dropped');
  });

  test('through an MTProxy with fake TLS, with a clock that is a day off, with temporary keys', async () => {
    const secret = `ee00112233445566778899aabbccddeeff${Buffer.from('www.example.com').toString('hex')}`;
    const sandbox = await serve({ mtproxy: [secret] });
    await signIn(envOf(sandbox, { TG_AUTH_PROXY: sandbox.proxies[0]?.link ?? '', TG_AUTH_PFS: '1' }));
  });

  test('on a network that allows only HTTP; the route is remembered', async () => {
    const sandbox = await serve();
    const isHttp = (chunk: Uint8Array) => String.fromCharCode(...chunk.subarray(0, 4)) === 'GET ';
    let censored = 0;
    const relay = await lasting(
      startRelay({
        target: sandbox.dcs[1]?.port ?? 0,
        change(chunk, { direction, offset }) {
          if (direction === 'down' || offset > 0 || isHttp(chunk)) return chunk;
          censored++;
          return undefined;
        },
      }),
    );
    const env = envOf(sandbox, { TG_AUTH_SERVER: `127.0.0.1:${relay.port}` });
    assert.equal((await tgAuth(['send-code', '+9996621234'], env)).code, 0);
    const before = censored;
    assert.ok(before > 0);
    assert.equal((await tgAuth(['send-call', '+9996621234'], env)).code, 0);
    assert.equal(censored, before);
  });
});

test('a missing answer is reported at the deadline, with how far the command got', async () => {
  const sandbox = await serve({ faults: ['silence@every-a1'] });
  const begun = process.hrtime.bigint();
  const ended = await tgAuth(['send-code', '+9996621234', '--json', '--timeout', '2'], envOf(sandbox));
  const took = Number(process.hrtime.bigint() - begun) / 1e9;
  checkFailure(ended, 30, 'TIMEOUT');
  assert.match(said(ended), /Connected to the server, but it did not answer in time\./);
  assert.ok(took >= 2, 'not before the time was up');

  const silent = await lasting(startBroken(() => {}));
  const unanswered = await tgAuth(['send-code', '+9996621234', '--json', '--timeout', '1'], {
    ...envOf(sandbox),
    TG_AUTH_SERVER: `127.0.0.1:${silent.port}`,
  });
  checkFailure(unanswered, 30, 'TIMEOUT');
  assert.match(said(unanswered), /127\.0\.0\.1:\d+ accepted the connection, but sent nothing\./);
});

test('the session stores the route and the clock offset', async () => {
  const sandbox = await serve({ faults: ['clock:3600'] });
  const env = envOf(sandbox);
  assert.equal((await tgAuth(['send-code', '+9996621234'], env)).code, 0);
  const home = env.XDG_STATE_HOME ?? '';
  const [file = ''] = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.json'));
  const { time_offset, routes } = JSON.parse(readFileSync(join(home, file), 'utf8'));
  assert.ok(Math.abs(time_offset - 3600) <= 2);
  assert.deepEqual(Object.values(routes), [
    { address: { host: '127.0.0.1', port: sandbox.dcs[1]?.port }, transport: 'intermediate' },
  ]);
});

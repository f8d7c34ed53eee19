/** Failures at the worst moments: no call runs twice, fails wrongly, or leaves something open. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { TgAuthError } from '../../src/errors.ts';
import { serverNetwork } from '../../src/net/datacentres.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { current, legacy } from '../../src/tl/layer.ts';
import { startBroken } from '../proxies.ts';
import { type Relay, type RelayOptions, startRelay } from '../relay.ts';
import { clientAt, portOf, SEED_CALL, sendCall } from './fixture.ts';
import { KNOWN, startScriptedServer } from './scripted-server.ts';

const HOUR = 3600;

/** Returns `answered`, or the type of a call's error. */
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'answered';
  } catch (error) {
    return error instanceof TgAuthError ? error.type : String(error);
  }
}

/** A sandbox whose clock jumps two hours, and whose relay cuts the first connection, at request number `at`. */
async function jumping(
  t: TestContext,
  at: number,
  loss?: RelayOptions['loss'],
): Promise<{ sandbox: Awaited<ReturnType<typeof startSandbox>>; relay: Relay; methods: string[] }> {
  const methods: string[] = [];
  let jumped = false;
  const sandbox = await startSandbox({
    now: () => Date.now() + (jumped ? 2 * HOUR * 1000 : 0),
    onEvent(event) {
      if (event.event === 'request' && methods.push(event.method) === at) jumped = true;
    },
  });
  t.after(() => sandbox.close());
  const relay = await startRelay({
    target: portOf(sandbox, 2),
    change: (chunk, { direction, connection }) =>
      jumped && connection === 0 && direction === 'down' ? undefined : chunk,
    ...(loss && { loss }),
  });
  t.after(() => relay.close());
  return { sandbox, relay, methods };
}

test('a call that ran under a temporary key that then expired is not made again', async (t) => {
  const { sandbox, relay, methods } = await jumping(t, 3);
  const { client } = clientAt(sandbox, { pfs: HOUR, port: relay.port });
  t.after(() => client.close());
  assert.equal(await sendCall(client), true);
  assert.equal(await outcomeOf(sendCall(client)), 'ANSWER_LOST');
  assert.deepEqual(methods.filter((method) => method === 'auth.sendCall').length, 2);
});

for (const givenUp of [false, true])
  test(`a call that begins in the pause before a retry runs once, the one before ${givenUp ? '' : 'not '}aborted`, async (t) => {
    const { sandbox, relay, methods } = await jumping(t, 3);
    // Makes pauses as long as possible.
    const random = (length: number) => new Uint8Array(length === 1 ? [255] : randomBytes(length));
    const { client, trace } = clientAt(sandbox, { pfs: HOUR, port: relay.port, random });
    t.after(() => client.close());
    await sendCall(client);
    const over = new AbortController();
    const first = outcomeOf(client.call(legacy, 'auth.sendCall', SEED_CALL, { signal: over.signal }));
    while (!trace.some((line) => line.includes('-404'))) await setImmediate();
    if (givenUp) over.abort();
    assert.equal(await outcomeOf(client.call(current, 'help.getConfig', {})), 'answered');
    assert.equal(await first, givenUp ? 'INTERRUPTED' : 'ANSWER_LOST');
    assert.equal(methods.filter((method) => method === 'help.getConfig').length, 1);
  });

for (const pfs of [undefined, HOUR])
  test(`a new sign-in gets a new key${pfs === undefined ? '' : ', with temporary keys too'}`, async (t) => {
    const sandbox = await startSandbox();
    t.after(() => sandbox.close());
    const { client, saved } = clientAt(sandbox, { state: KNOWN, pfs });
    t.after(() => client.close());
    await client.call(current, 'help.getConfig', {}, { startsAnew: true });
    assert.notDeepEqual(saved.at(-1)?.keys[2], KNOWN.keys[2]);
  });

test('a close from within onProgress opens no connection and leaves no timer', async (t) => {
  const server = await startScriptedServer();
  t.after(() => server.close());
  const place = { host: '127.0.0.1', port: server.dcs[0]?.port ?? 0 };
  const addresses = () => [place, { ...place, host: 'localhost' }];
  const network = { ...serverNetwork({ address: place, dc: 2, pem: server.publicKey }), addresses };
  const { client } = clientAt(server, { state: KNOWN, network, onProgress: () => client.close() });
  const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const before = timers();
  assert.equal(await outcomeOf(sendCall(client)), 'CONNECTION_ENDED');
  assert.equal(timers(), before);
  assert.equal(server.sockets.length, 0);
});

const ABORTING = `
import { clientAt, sendCall } from './test/net/fixture.ts';
import { KNOWN, startScriptedServer } from './test/net/scripted-server.ts';
const over = new AbortController();
const { client } = clientAt(await startScriptedServer(), { state: KNOWN, signal: over.signal });
const called = sendCall(client).catch(() => {});
over.abort();
await called;
setImmediate(() => process.exit(7));
`;

test('an abort in the tick of a call does not block the process', async (t) => {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', ABORTING]);
  t.after(() => child.kill('SIGKILL')); // it might be busy forever
  const [code] = await Promise.race([once(child, 'exit'), setTimeout(20_000, ['still busy'], { ref: false })]);
  assert.equal(code, 7);
});

test('calls with little time each leave a remembered route that has become silent, in the end', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const silent = await startBroken(() => {});
  t.after(() => silent.close());
  const first = clientAt(sandbox);
  await sendCall(first.client);
  first.client.close();
  const place = { host: '127.0.0.1', port: silent.port };
  const state = { ...first.client.state, routes: { 2: { address: place, transport: 'intermediate' } } } as const;
  const real = serverNetwork({ address: { ...place, port: portOf(sandbox, 2) }, dc: 2, pem: sandbox.publicKey });
  const network = { ...real, addresses: (dc: number) => [place, ...real.addresses(dc)] };
  const { client } = clientAt(sandbox, { state, network });
  t.after(() => client.close());
  const signal = () => AbortSignal.timeout(2500);
  const outcomes: string[] = [];
  while (outcomes.length < 5 && !outcomes.includes('answered'))
    outcomes.push(await outcomeOf(client.call(legacy, 'auth.sendCall', SEED_CALL, { signal: signal() })));
  assert.equal(outcomes.at(-1), 'answered', outcomes.join(', '));
});

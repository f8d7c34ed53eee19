/** `connect` as a program that installs the package uses it: by the package's name, with each of its options. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  connect,
  InterruptedError,
  memoryStore,
  openSession,
  parseProxy,
  RpcError,
  sendCode,
  serverNetwork,
  testNetwork,
  UsageError,
  whoAmI,
} from 'tg-auth';
import { type Sandbox, startSandbox } from 'tg-auth/sandbox';
import { startProxy } from '../proxies.ts';

const APPLICATION = { api_id: 12345, api_hash: 'yours' };
const PHONE = '9996620000';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

/** The sandbox's network, with DC `dc` first. */
function network(dc = 2) {
  const port = sandbox.dcs.find(({ id }) => id === dc)?.port ?? 0;
  return serverNetwork({ address: { host: sandbox.host, port }, dc, pem: sandbox.publicKey });
}

test('takes a proxy, a transport and temporary keys', async () => {
  const proxy = await startProxy('socks');
  const trace: string[] = [];
  try {
    await using telegram = await connect({
      api_id: APPLICATION.api_id,
      network: network(),
      proxy: parseProxy(`socks5h://127.0.0.1:${proxy.port}`),
      transport: 'abridged',
      pfs: 86400,
      trace: (line) => trace.push(line),
    });
    const sent = await sendCode(telegram.client, { phone: PHONE, ...APPLICATION });
    assert.equal(sent.kind, 'sent');
  } finally {
    await proxy.close();
  }
  assert.ok(proxy.forwarded > 0, 'the connection went through the proxy');
  assert.match(trace.join('\n'), /abridged/);
  assert.match(trace.join('\n'), /temporary/);
});

test('reports its progress, and throws a FLOOD_WAIT that is longer than waitFlood', async () => {
  const stages = new Set<string>();
  await using telegram = await connect({
    api_id: APPLICATION.api_id,
    network: network(),
    waitFlood: 5,
    onWait: () => assert.fail('nothing is waited for'),
    onProgress: ({ stage }) => stages.add(stage),
  });
  const sent = sendCode(telegram.client, { phone: '9996629120', ...APPLICATION });
  await assert.rejects(sent, (error) => error instanceof RpcError && error.type === 'FLOOD_WAIT_X');
  assert.deepEqual([...stages], ['connecting', 'waiting', 'answered']);
});

test('keeps the session in the store, and opens it again', async () => {
  const store = memoryStore();
  const options = { api_id: APPLICATION.api_id, network: network(), store, session: 'work' };
  {
    await using telegram = await connect(options);
    await sendCode(telegram.client, { phone: PHONE, ...APPLICATION });
    await telegram.change({ dropped: ['auth.sendCall'] });
  }
  const session = await openSession({ network: network(), store, name: 'work' });
  assert.deepEqual(Object.keys(session.value.keys), ['2']);
  assert.deepEqual(session.value.dropped, ['auth.sendCall']);
  await session.remove();
  assert.deepEqual(session.value.keys, {});
  assert.deepEqual(store.list(), []);
});

test('takes a session that is open, and another data centre', async () => {
  const session = await openSession({ network: network() });
  const telegram = await connect({ api_id: APPLICATION.api_id, network: network(), session, dc: 1 });
  assert.equal(telegram.client.state.dc, 1);
  await telegram.signedIn({ id: 7n, bot: false });
  assert.deepEqual(session.value.user, { id: 7n, bot: false });
  assert.deepEqual(telegram.session, session.value);
  await telegram.close();
});

test('refuses a session of another network', async () => {
  const session = await openSession({ network: testNetwork() });
  await assert.rejects(connect({ ...APPLICATION, network: network(), session }), UsageError);
});

test("ends with the signal's reason", async () => {
  const stop = new AbortController();
  await using telegram = await connect({ api_id: APPLICATION.api_id, network: network(), signal: stop.signal });
  stop.abort(new InterruptedError());
  await assert.rejects(whoAmI(telegram.client), InterruptedError);
});

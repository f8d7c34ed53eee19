import assert from 'node:assert/strict';
import dns from 'node:dns';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { after, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { InterruptedError, NetworkError } from '../../../src/errors.ts';
import type { StepOptions } from '../../../src/net/dial/guarded-step.ts';
import { resolveName } from '../../../src/net/dial/names.ts';
import { type Link, linkOf, openSocket } from '../../../src/net/dial/socket.ts';
import { listen as listenOn } from '../../loopback.ts';
import { deadPort } from '../../proxies.ts';

const open = new Set<Server>();
after(() => {
  for (const server of open) server.close();
});

/** A server on a free loopback port; `accepted` is its first connection. */
async function listen(host = '127.0.0.1'): Promise<{ host: string; port: number; accepted: Promise<Socket> }> {
  const server = createServer();
  open.add(server);
  const accepted = once(server, 'connection').then(([socket]: Socket[]) => socket ?? assert.fail('no socket'));
  return { host, port: await listenOn(server, host), accepted };
}

const dial = async (address: { host: string; port: number }, options: StepOptions) =>
  linkOf(await openSocket(address, options), address);

const patient = () => ({ timeoutMs: 20_000, signal: new AbortController().signal });

async function connected(
  host?: string,
): Promise<{ link: Link; peer: Socket; address: { host: string; port: number } }> {
  const { accepted, ...address } = await listen(host);
  const link = await dial(address, patient());
  return { link, peer: await accepted, address };
}

async function readAll(link: Link): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for (;;) {
    const chunk = await link.read();
    if (chunk === undefined) return Buffer.concat(chunks);
    chunks.push(chunk);
  }
}

const hasIPv6 = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));

for (const host of ['127.0.0.1', '::1'])
  test(`bytes go both ways over ${host}`, { skip: host === '::1' && !hasIPv6 && 'no IPv6 here' }, async () => {
    const { link, peer } = await connected(host);
    link.send(Uint8Array.of(1, 2, 3));
    const [asked] = await once(peer, 'data');
    assert.deepEqual([...asked], [1, 2, 3]);
    peer.end(Buffer.alloc(300_000, 7));
    assert.ok((await readAll(link)).equals(Buffer.alloc(300_000, 7)));
    assert.equal(link.reason, undefined);
    assert.equal(await link.read(), undefined);
    link.send(Uint8Array.of(4)); // has no effect after the end
    await setImmediate();
    assert.equal(link.reason, undefined);
    link.close();
  });

/** Makes every name resolve to both loopback addresses. */
function twoAddresses(t: TestContext): void {
  const both = [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ];
  t.mock.method(dns, 'lookup', (_: string, __: unknown, found: (error: null, all: typeof both) => void) => {
    process.nextTick(found, null, both);
  });
}

test('a name with two addresses connects to the one that answers', async (t) => {
  const { port, accepted } = await listen();
  twoAddresses(t);
  const link = await dial({ host: 'both.invalid', port }, patient());
  (await accepted).end('here');
  assert.equal(String(await readAll(link)), 'here');
});

test('a name with two addresses where nothing listens', async (t) => {
  const port = await deadPort();
  twoAddresses(t);
  await assert.rejects(dial({ host: 'both.invalid', port }, patient()), {
    type: 'CONNECTION_REFUSED',
    message: `both.invalid:${port} refused the connection.`,
  });
});

test('a port where nothing listens', async () => {
  const port = await deadPort();
  await assert.rejects(dial({ host: '127.0.0.1', port }, patient()), {
    name: 'NetworkError',
    type: 'CONNECTION_REFUSED',
    exit: 30,
    message: `127.0.0.1:${port} refused the connection.`,
  });
});

test('a host that does not exist', async () => {
  // None leaves the machine: they are not names, or too long for one. Node.js takes an empty one for localhost.
  for (const host of [
    'no\0name',
    '\0',
    '::1%\0',
    'no\x01name',
    'no name',
    'no\nname',
    '',
    ' ',
    '\ud800',
    'x'.repeat(300),
  ]) {
    const expected = { name: 'NetworkError', type: 'HOST_NOT_FOUND' };
    await assert.rejects(dial({ host, port: 1 }, patient()), expected, JSON.stringify(host));
    await assert.rejects(resolveName(host), expected, JSON.stringify(host));
  }
});

test('an impossible port is a network error, because a server may name it', async () => {
  for (const port of [-1, 65536])
    await assert.rejects(dial({ host: '127.0.0.1', port }, patient()), { type: 'NETWORK_UNREACHABLE', exit: 30 });
});

test('the time to connect is limited', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { port } = await listen();
  const dialled = dial({ host: '127.0.0.1', port }, { ...patient(), timeoutMs: 8000 });
  t.mock.timers.tick(8000);
  await assert.rejects(dialled, {
    name: 'NetworkError',
    type: 'CONNECT_TIMEOUT',
    message: `Could not connect to 127.0.0.1:${port} within 8 s.`,
  });
});

test('the time to connect does not limit the connection', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { link, peer } = await connected();
  t.mock.timers.tick(1_000_000);
  peer.end('still here');
  assert.equal(String(await readAll(link)), 'still here');
});

test('an abort before and while connecting', async () => {
  const { port } = await listen();
  const address = { host: '127.0.0.1', port };
  const reason = new NetworkError('TIMEOUT', { seconds: 1 });
  await assert.rejects(dial(address, { timeoutMs: 1000, signal: AbortSignal.abort(reason) }), reason);
  const foreign = new Error('enough');
  await assert.rejects(dial(address, { timeoutMs: 1000, signal: AbortSignal.abort(foreign) }), (error) => {
    assert.ok(error instanceof InterruptedError);
    assert.equal(error.exit, 130);
    assert.equal(error.cause, foreign);
    return true;
  });
  const controller = new AbortController();
  const dialled = dial(address, { timeoutMs: 20_000, signal: controller.signal });
  controller.abort();
  await assert.rejects(dialled, { name: 'InterruptedError', type: 'INTERRUPTED' });
});

test('an abort after connecting does not affect the link', async () => {
  const { accepted, ...address } = await listen();
  const controller = new AbortController();
  const link = await dial(address, { timeoutMs: 20_000, signal: controller.signal });
  controller.abort();
  const peer = await accepted;
  peer.end('still here');
  assert.equal(String(await readAll(link)), 'still here');
});

test('a connection that is torn down has a reason', async () => {
  const { link, peer, address } = await connected();
  const waiting = link.read();
  peer.resetAndDestroy();
  assert.equal(await waiting, undefined);
  assert.equal(link.reason?.type, 'CONNECTION_CLOSED');
  assert.equal(link.reason?.message, `127.0.0.1:${address.port} closed the connection.`);
});

test('a close on this side ends a pending read, and is not an error of the peer', async () => {
  const { link, peer } = await connected();
  const waiting = link.read();
  link.send(Uint8Array.of(5, 6));
  link.close();
  assert.equal(await waiting, undefined);
  assert.equal(link.reason, undefined);
  const [last] = await once(peer, 'data');
  assert.deepEqual([...last], [5, 6]);
  await once(peer, 'end');
});

test('a peer that sends without end is held back while its data are not read', async () => {
  const flood = Buffer.alloc(32 << 20, 7);
  const { link, peer } = await connected();
  peer.end(flood);
  // The same flood to a reader: when that is done, the first one would be done too if it were read.
  const { accepted, ...address } = await listen();
  const reader = connect(address);
  (await accepted).end(flood);
  reader.resume();
  await once(reader, 'end');
  assert.ok(peer.writableLength > 0);
  assert.ok((await readAll(link)).equals(flood));
});

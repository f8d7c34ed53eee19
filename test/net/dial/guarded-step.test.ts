/** Guarded steps: they are bounded in time, and a socket that breaks is noticed and does not end the process. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { InterruptedError, NetworkError } from '../../../src/errors.ts';
import { guardedStep } from '../../../src/net/dial/guarded-step.ts';
import { parseProxy } from '../../../src/net/dial/proxy.ts';
import { openSocket } from '../../../src/net/dial/socket.ts';
import { tunnel } from '../../../src/net/dial/tunnel.ts';
import { openWebSocket } from '../../../src/net/dial/websocket.ts';
import { startBroken } from '../../proxies.ts';

const patient = () => ({ timeoutMs: 20_000, signal: new AbortController().signal });
const never = () => new Promise<never>(() => {});
const errors = { late: 'PROXY_SILENT', closed: 'PROXY_CLOSED', values: { proxy: 'SOCKS p:1' } } as const;

/** A connected socket and its other end. */
async function pair(
  t: TestContext,
): Promise<{ socket: Socket; peer: Socket; address: { host: string; port: number } }> {
  const { promise, resolve } = deferred<Socket>();
  const { port, close } = await startBroken(resolve);
  t.after(close);
  const address = { host: '127.0.0.1', port };
  const socket = await openSocket(address, patient());
  t.after(() => socket.destroy());
  return { socket, peer: await promise, address };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve = (_: T) => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

describe('a step', () => {
  test('returns the result, and leaves the socket open', async (t) => {
    const { socket } = await pair(t);
    assert.equal(await guardedStep(socket, patient(), errors, async () => 7), 7);
    assert.equal(socket.destroyed, false);
    assert.equal(socket.listenerCount('close'), 0);
  });

  test('throws the error of its function, and destroys the socket', async (t) => {
    const { socket } = await pair(t);
    const error = new RangeError('x');
    const act = async () => {
      throw error;
    };
    await assert.rejects(guardedStep(socket, patient(), errors, act), (thrown: unknown) => thrown === error);
    assert.equal(socket.destroyed, true);
  });

  test('fails after its time', async (t) => {
    const { socket } = await pair(t);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const done = guardedStep(socket, patient(), errors, never);
    t.mock.timers.tick(20_000);
    await assert.rejects(done, { type: 'PROXY_SILENT' });
    assert.equal(socket.destroyed, true);
  });

  test('ends with the signal', async (t) => {
    const { socket } = await pair(t);
    const stop = new AbortController();
    const done = guardedStep(socket, { timeoutMs: 20_000, signal: stop.signal }, errors, never);
    stop.abort();
    await assert.rejects(done, InterruptedError);
    assert.equal(socket.destroyed, true);
  });

  for (const act of ['end', 'resetAndDestroy'] as const)
    test(`ends with the socket, closed before or during the step (${act})`, async (t) => {
      for (const when of ['before', 'during'] as const) {
        const { socket, peer } = await pair(t);
        socket.resume();
        peer[act]();
        if (when === 'before') await closing(socket);
        await assert.rejects(guardedStep(socket, patient(), errors, never), { type: 'PROXY_CLOSED' });
      }
    });

  test('throws its own error if it notices the close itself', async (t) => {
    const { socket, peer } = await pair(t);
    const act = () =>
      new Promise<never>((_, reject) =>
        socket.once('close', () => reject(new NetworkError('PROXY_SECRET', errors.values))),
      );
    peer.resetAndDestroy();
    await assert.rejects(guardedStep(socket, patient(), errors, act), { type: 'PROXY_SECRET' });
  });
});

describe('a socket that was reset unnoticed', () => {
  test('gets no WebSocket upgrade', async (t) => {
    const { socket, peer, address } = await pair(t);
    peer.resetAndDestroy();
    await closing(socket);
    const opened = openWebSocket(socket, address, { path: '/apiws', secure: false }, patient());
    await assert.rejects(opened, { type: 'CONNECTION_CLOSED' });
  });

  test('does not end the process, and counts as a closed connection', async (t) => {
    const { socket, peer, address } = await pair(t);
    peer.resetAndDestroy();
    await closing(socket);
    const opened = openWebSocket(socket, address, { path: '/apiws', secure: true }, patient());
    await assert.rejects(opened, { type: 'CONNECTION_CLOSED' });
  });
});

for (const url of ['socks5', 'socks4', 'http', 'https'])
  test(`a proxy that hangs up at once counts as closed, not silent (${url})`, async (t) => {
    for (const act of ['end', 'resetAndDestroy'] as const) {
      const { port, close } = await startBroken((socket) => setImmediate(() => socket[act]()));
      t.after(close);
      const proxy = parseProxy(`${url}://127.0.0.1:${port}`);
      assert.ok(proxy.kind !== 'mtproxy');
      const through = tunnel(proxy, { host: '127.0.0.1', port: 1 }, patient());
      await assert.rejects(through, (error: unknown) => {
        assert.ok(error instanceof NetworkError);
        assert.ok(['PROXY_CLOSED', 'PROXY_UNREACHABLE'].includes(error.type), error.type);
        return true;
      });
    }
  });

/** The race of routes, with attempts and a clock that the test controls. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { InterruptedError, NetworkError, SecurityError, TlError } from '../../../src/errors.ts';
import { race } from '../../../src/net/routes/race.ts';
import type { Route } from '../../../src/net/routes/route.ts';

/** `HOST TRANSPORT`: a route at port 443. */
type Name = `${string} ${Route['transport']}`;

interface Attempt {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly win: () => void;
  readonly lose: (error: unknown) => void;
}

function routeOf(name: Name): Route {
  const [host = '', transport] = name.split(' ');
  assert.ok(transport === 'intermediate' || transport === 'obfuscated' || transport === 'websocket');
  return { address: { host, port: 443 }, transport };
}

/** A race whose attempts wait for the test. Each resolves to its own name. */
function start(t: TestContext, names: readonly Name[]) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const attempts: Attempt[] = [];
  const at = (i: number) => attempts[i] ?? assert.fail(`attempt ${i} has not begun`);
  const undone: string[] = [];
  const trace: string[] = [];
  const stop = new AbortController();
  const attempt = ({ address, transport }: Route, signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      const name = `${address.host} ${transport}`;
      attempts.push({ name, signal, win: () => resolve(name), lose: reject });
    });
  const ended = race(names.map(routeOf), attempt, {
    dc: 2,
    signal: stop.signal,
    undo: (late) => undone.push(late),
    trace: (line) => trace.push(line),
  });
  ended.catch(() => {}); // a test may await it later
  return {
    ended,
    stop,
    undone,
    trace,
    begun: () => attempts.map(({ name }) => name),
    at,
    /** Advances the clock, and runs what waits for it. */
    async pass(ms: number) {
      t.mock.timers.tick(ms);
      await setImmediate();
    },
    async lose(i: number, error: unknown) {
      at(i).lose(error);
      await setImmediate();
    },
  };
}

const refused = (host = 'a') => new NetworkError('CONNECTION_REFUSED', { host, port: 443 });
const closed = (host = 'a') => new NetworkError('CONNECTION_CLOSED', { host, port: 443 });
const untrusted = () => new SecurityError('the TLS certificate', 'CERTIFICATE_UNTRUSTED', { host: 'w', reason: 'x' });

const AB: readonly Name[] = ['a intermediate', 'b intermediate', 'a obfuscated', 'b obfuscated'];

describe('routes are tried', () => {
  test('one after the other, with an overlap, until none is left', async (t) => {
    const { begun, pass } = start(t, AB.slice(0, 3));
    assert.deepEqual(begun(), AB.slice(0, 1), 'the first starts at once');
    await pass(299);
    assert.deepEqual(begun(), AB.slice(0, 1));
    await pass(1);
    assert.deepEqual(begun(), AB.slice(0, 2));
    await pass(300);
    assert.deepEqual(begun(), AB.slice(0, 3));
    await pass(60_000);
    assert.deepEqual(begun(), AB.slice(0, 3));
  });

  test('at once when one fails, and then after the overlap again', async (t) => {
    const { begun, pass, lose } = start(t, AB);
    await pass(200);
    await lose(0, closed());
    assert.deepEqual(begun(), AB.slice(0, 2));
    await pass(299);
    assert.deepEqual(begun(), AB.slice(0, 2), 'the time counts from the latest start');
    await pass(1);
    assert.deepEqual(begun(), AB.slice(0, 3));
  });

  test('no more once one has worked', async (t) => {
    const { ended, at, begun, pass } = start(t, AB);
    await pass(10);
    at(0).win();
    assert.equal(await ended, AB[0]);
    await pass(60_000);
    assert.deepEqual(begun(), AB.slice(0, 1));
  });

  for (const type of ['CONNECTION_REFUSED', 'HOST_NOT_FOUND', 'NETWORK_UNREACHABLE', 'CONNECT_TIMEOUT'] as const)
    test(`not with another transport if the address is dead (${type})`, async (t) => {
      const { begun, pass, lose } = start(t, AB);
      await lose(0, new NetworkError(type, { host: 'a', port: 443, seconds: 8 }));
      await pass(300);
      await pass(300);
      assert.deepEqual(begun(), ['a intermediate', 'b intermediate', 'b obfuscated']);
    });

  for (const type of ['CONNECTION_CLOSED', 'FRAME_MALFORMED', 'PROXY_REFUSED', 'PROXY_CLOSED', 'PROXY_SILENT'] as const)
    test(`with another transport if the address answers (${type})`, async (t) => {
      const { begun, pass, lose } = start(t, AB);
      const values = { host: 'a', port: 443, seconds: 8, proxy: 'SOCKS p:1', reason: 'x', detail: 'x' };
      await lose(0, new NetworkError(type, values));
      await pass(300);
      await pass(300);
      assert.deepEqual(begun(), AB);
    });
});

describe('the first success wins', () => {
  test('whichever it is, and the other attempts are aborted', async (t) => {
    const { ended, at, pass, undone } = start(t, AB);
    await pass(300);
    await pass(300);
    at(1).win();
    assert.equal(await ended, AB[1]);
    for (const i of [0, 2]) assert.equal(at(i).signal.aborted, true);
    for (const i of [0, 2]) at(i).lose(at(i).signal.reason);
    await setImmediate();
    assert.deepEqual(undone, []);
  });

  test('and later successes are undone', async (t) => {
    const { ended, at, pass, undone } = start(t, AB);
    await pass(300);
    await pass(300);
    at(2).win();
    at(0).win();
    assert.equal(await ended, AB[2]);
    at(1).win();
    await setImmediate();
    assert.deepEqual(undone, [AB[0], AB[1]]);
  });

  test('after failures too', async (t) => {
    const { ended, at, lose, trace } = start(t, AB);
    await lose(0, refused());
    await lose(1, closed('b'));
    at(2).win();
    assert.equal(await ended, AB[3]);
    assert.deepEqual(trace, [
      'a 443 (intermediate): a:443 refused the connection.',
      'b 443 (intermediate): b:443 closed the connection.',
    ]);
  });
});

describe('all fail', () => {
  test('at the only address: the first error', async (t) => {
    const { ended, lose } = start(t, ['a intermediate', 'a obfuscated']);
    const first = closed();
    await lose(0, first);
    await lose(1, new NetworkError('FRAME_MALFORMED', { detail: 'x' }));
    await assert.rejects(ended, (error: unknown) => error === first);
  });

  test('at several addresses: NO_WAY_THROUGH, with the reason of the first', async (t) => {
    const { ended, lose } = start(t, AB);
    const first = refused();
    await lose(0, first);
    await lose(1, closed('b'));
    await lose(2, closed('b'));
    await assert.rejects(ended, (error: unknown) => {
      assert.ok(error instanceof NetworkError);
      assert.equal(error.type, 'NO_WAY_THROUGH');
      assert.deepEqual(error.values, { routes: '3 routes', dc: 2, reason: first.message });
      assert.equal(error.cause, first);
      return true;
    });
  });

  test('only once the last one has', async (t) => {
    const { ended, at, lose, pass } = start(t, AB);
    for (let i = 0; i < 3; i++) await pass(300);
    for (const i of [0, 1, 3]) await lose(i, closed());
    at(2).win();
    assert.equal(await ended, AB[2]);
  });

  test('and one had an untrusted certificate: that error', async (t) => {
    const { ended, lose } = start(t, ['a intermediate', 'w websocket', 'b intermediate']);
    const wrong = untrusted();
    await lose(0, closed());
    await lose(1, wrong);
    await lose(2, closed('b'));
    await assert.rejects(ended, (error: unknown) => error === wrong);
  });

  test('because there is none: DC_UNKNOWN', async (t) => {
    const { ended } = start(t, []);
    await assert.rejects(ended, { name: 'NetworkError', type: 'DC_UNKNOWN' });
  });
});

describe('a final error', () => {
  const FINAL: Readonly<Record<string, unknown>> = {
    'an unreachable proxy': new NetworkError('PROXY_UNREACHABLE', { proxy: 'SOCKS p:1', reason: 'x' }),
    'a wrong password for the proxy': new NetworkError('PROXY_AUTH', { proxy: 'SOCKS p:1', refusal: 'x' }),
    'a proxy that speaks another protocol': new NetworkError('PROXY_MALFORMED', { proxy: 'SOCKS p:1', detail: 'x' }),
    'a bug': new RangeError('x'),
  };
  for (const [name, error] of Object.entries(FINAL))
    test(`${name} ends the race`, async (t) => {
      const { ended, at, begun, lose, pass } = start(t, AB);
      await pass(300);
      await lose(1, error);
      await assert.rejects(ended, (thrown: unknown) => thrown === error);
      assert.equal(at(0).signal.aborted, true);
      await pass(60_000);
      assert.deepEqual(begun(), AB.slice(0, 2));
    });

  test('is not a malformed answer, a certificate or a failed check: another route may work', async (t) => {
    const { ended, at, lose } = start(t, AB);
    await lose(0, new TlError(0, 'x', 'y'));
    await lose(1, untrusted());
    await lose(2, new SecurityError('nonce is ours'));
    at(3).win();
    assert.equal(await ended, AB[3]);
  });
});

describe('an abort', () => {
  test('ends the race with its reason, and aborts the attempts', async (t) => {
    const { ended, stop, at, begun, pass, undone } = start(t, AB);
    await pass(300);
    const reason = new NetworkError('TIMEOUT', { seconds: 1 });
    stop.abort(reason);
    await assert.rejects(ended, (error: unknown) => error === reason);
    assert.ok(at(0).signal.aborted && at(1).signal.aborted);
    await pass(60_000);
    assert.deepEqual(begun(), AB.slice(0, 2));
    at(0).win();
    await setImmediate();
    assert.deepEqual(undone, [AB[0]]);
  });

  test('before the start prevents all attempts', async () => {
    let begun = 0;
    const attempt = async () => begun++;
    const options = { dc: 2, signal: AbortSignal.abort(), undo: () => {}, trace: () => {} };
    await assert.rejects(race(AB.map(routeOf), attempt, options), InterruptedError);
    assert.equal(begun, 0);
  });

  test('afterwards changes nothing', async (t) => {
    const { ended, stop, at, undone } = start(t, AB);
    at(0).win();
    assert.equal(await ended, AB[0]);
    stop.abort();
    await setImmediate();
    assert.deepEqual(undone, []);
  });
});

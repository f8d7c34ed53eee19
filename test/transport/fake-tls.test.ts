import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { describe, test } from 'node:test';
import { createServer } from 'node:tls';
import fc from 'fast-check';
import { concat, toHex } from '../../src/bytes.ts';
import { FakeTlsServer } from '../../src/sandbox/protocol/fake-tls-server.ts';
import { FakeTls, type FakeTlsOptions } from '../../src/transport/fake-tls.ts';
import { seeded } from '../pair.ts';

const NOTHING = new Uint8Array(0);
const malformed = { type: 'FRAME_MALFORMED', exit: 30 };
const insecure = (check: RegExp) => ({ type: 'SECURITY_CHECK_FAILED', exit: 31, check });

function options(changed: Partial<FakeTlsOptions> = {}): FakeTlsOptions {
  const [secret, random] = [seeded('secret')(16), seeded('random')];
  return { secret, domain: 'www.example.com', time: 1_700_000_000, random, ...changed };
}

const clientOf = (changed: Partial<FakeTlsOptions> = {}) => new FakeTls(options(changed));
const serverOf = (changed: Partial<FakeTlsOptions> = {}) =>
  new FakeTlsServer(options({ random: seeded('server'), ...changed }));

/** Both sides after their hellos. */
function pair(seed = 'pair') {
  const [client, server] = [clientOf({ random: seeded(seed) }), serverOf({ random: seeded(`${seed} server`) })];
  const answer = server.accept(client.hello);
  assert.ok(answer);
  assert.equal(client.accept(answer), true);
  return { client, server };
}

const each = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));

/** A copy of the bytes with one of them changed. */
const flip = (bytes: Uint8Array, at: number, mask = 1) => bytes.map((byte, i) => (i === at ? byte ^ mask : byte));

describe('the hellos', () => {
  test("the client's is one record of 517 bytes for any domain; the server's are three records", () => {
    for (const domain of ['a', 'www.example.com', 'a'.repeat(182)]) {
      const { hello } = clientOf({ domain });
      assert.equal(hello.length, 517);
      assert.equal(toHex(hello.subarray(0, 11)), '1603010200010001fc0303');
      const answer = serverOf({ domain }).accept(hello) ?? NOTHING;
      assert.equal(toHex(answer.subarray(0, 11)), '160303007a020000760303');
      assert.deepEqual(answer.subarray(44, 76), hello.subarray(44, 76), 'the session_id comes back');
      assert.equal(toHex(answer.subarray(127, 136)), '140303000101170303');
      const data = 256 * (answer[136] ?? 0) + (answer[137] ?? 0);
      assert.equal(answer.length, 138 + data);
      assert.ok(data >= 1024 && data <= 4096);
    }
    assert.throws(() => clientOf({ domain: 'a'.repeat(183) }), RangeError);
  });

  test("a TLS parser reads our domain in the client's hello", async () => {
    const seen = new Promise((resolve) => {
      const SNICallback = (name: string, done: (error: Error | null) => void) => {
        resolve(name);
        done(null);
      };
      const server = createServer({ SNICallback, minVersion: 'TLSv1.3' });
      server.on('tlsClientError', () => server.close());
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        assert.ok(typeof address === 'object' && address);
        const socket = createConnection({ port: address.port, host: '127.0.0.1' });
        socket.on('error', () => socket.destroy());
        socket.write(clientOf().hello);
      });
      once(server, 'close').then(resolve);
    });
    assert.equal(await seen, 'www.example.com');
  });

  test('two hellos differ, unless randomness and time are the same', () => {
    assert.deepEqual(clientOf().hello, clientOf().hello);
    assert.notDeepEqual(clientOf({ random: seeded('other') }).hello, clientOf().hello);
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const { hello } = clientOf({ random: seeded(seed) });
        assert.ok(serverOf().accept(hello));
      }),
    );
  });

  test('may arrive byte by byte', () => {
    const [client, server] = [clientOf(), serverOf()];
    const answers = each(client.hello).map((byte) => server.accept(byte));
    const answer = answers.pop() ?? NOTHING;
    assert.ok(answers.every((early) => early === undefined) && answer.length > 0);
    const accepted = each(answer).map((byte) => client.accept(byte));
    assert.deepEqual([accepted.indexOf(true), accepted.length], [answer.length - 1, answer.length]);
  });

  test('may be followed by other bytes at once', () => {
    const [client, server] = [clientOf(), serverOf()];
    const data = seeded('data')(100);
    const answer = server.accept(concat(client.hello, client.pack(data)));
    assert.ok(answer);
    assert.deepEqual(server.unpack(NOTHING), data);
    assert.equal(client.accept(concat(answer, server.pack(data))), true);
    assert.deepEqual(client.unpack(NOTHING), data);
  });
});

describe('refused', () => {
  /** Whether a side accepts these bytes. It may throw only one of the two errors. */
  const passes = (take: () => unknown): boolean => {
    try {
      const result = take();
      return result !== undefined && result !== false;
    } catch (error) {
      assert.match(String(error), /^(SecurityError|NetworkError)/);
      return false;
    }
  };

  test("a client's hello with any byte changed, by the server or then by the client", () => {
    const { hello } = clientOf();
    for (let at = 0; at < hello.length; at++) {
      const [server, client] = [serverOf(), clientOf()];
      let answer: Uint8Array | undefined;
      const taken = passes(() => {
        answer = server.accept(flip(hello, at));
        return answer;
      });
      // The lowest bytes of the time may differ.
      assert.equal(taken, at === 39 || at === 40, `byte ${at}`);
      const received = answer ?? NOTHING;
      if (taken) assert.throws(() => client.accept(received), insecure(/the proxy's hello/));
    }
  });

  test("a server's hello with any byte changed", () => {
    const answer = serverOf().accept(clientOf().hello) ?? NOTHING;
    for (let at = 0; at < answer.length; at++) {
      const client = clientOf();
      assert.ok(!passes(() => client.accept(flip(answer, at))), `byte ${at}`);
    }
  });

  test('another secret, on either side', () => {
    const secret = seeded('another')(16);
    assert.throws(() => serverOf({ secret }).accept(clientOf().hello), insecure(/client's hello is made with our/));
    const answer = serverOf({ secret }).accept(clientOf({ secret }).hello) ?? NOTHING;
    assert.throws(() => clientOf().accept(answer), insecure(/the proxy's hello is made with our secret/));
  });

  test('the answer to another hello', () => {
    const answer = serverOf().accept(clientOf({ random: seeded('else') }).hello) ?? NOTHING;
    assert.throws(() => clientOf().accept(answer), insecure(/the proxy's hello/));
  });

  test('a client with another domain', () => {
    for (const domain of ['example.com', 'www.example.com.', 'www.example.org'])
      assert.throws(() => serverOf({ domain }).accept(clientOf().hello), insecure(/for our domain/));
  });

  test('a client whose clock is over 20 minutes behind or 10 ahead', () => {
    const { time } = options();
    for (const ahead of [-1200, 0, 600]) assert.ok(serverOf().accept(clientOf({ time: time + ahead }).hello));
    for (const ahead of [-1201, 601, -time])
      assert.throws(() => serverOf().accept(clientOf({ time: time + ahead }).hello), insecure(/made now/));
  });

  test('other protocols, at the first byte that differs', () => {
    for (const text of ['GET', '\x16\x03\x03', '\x16\x03\x01\xff', '\xee']) {
      const bytes = Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(2)]);
      assert.throws(() => serverOf().accept(bytes), malformed, text);
    }
    assert.throws(() => serverOf().accept(Uint8Array.of(0x16, 3, 1, 0, 2, 1, 0)), malformed);
    for (const text of ['H', '\x15\x03\x03\0\x02\x02\x28', '\x16\x03\x03\0\x01\0', '\x16\x03\x03\xff\xff'])
      assert.throws(() => clientOf().accept(Buffer.from(text, 'latin1')), malformed, text);
  });
});

describe('the records', () => {
  test('carry any bytes in both directions, in any chunks', () => {
    const sizes = fc.array(fc.nat(40_000), { maxLength: 4 });
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 1, max: 5000 }), (up, down, piece) => {
        const { client, server } = pair();
        const pass = (from: FakeTls | FakeTlsServer, to: FakeTls | FakeTlsServer, lengths: readonly number[]) => {
          const sent = lengths.map((length) => seeded('data')(length));
          const stream = concat(...sent.map((bytes) => from.pack(bytes)));
          const pieces = Array.from({ length: Math.ceil(stream.length / piece) }, (_, i) =>
            to.unpack(stream.subarray(i * piece, (i + 1) * piece)),
          );
          assert.ok(Buffer.concat(pieces).equals(concat(...sent)));
        };
        pass(client, server, up);
        pass(server, client, down);
      }),
      { numRuns: 40 },
    );
  });

  test('have at most 2878 bytes from a client, 16384 from a server', () => {
    const { client, server } = pair();
    const sizes = (stream: Uint8Array): number[] => {
      if (stream.length === 0) return [];
      const size = 256 * (stream[3] ?? 0) + (stream[4] ?? 0);
      assert.equal(toHex(stream.subarray(0, 3)), '170303');
      return [size, ...sizes(stream.subarray(5 + size))];
    };
    assert.deepEqual(client.pack(NOTHING), NOTHING);
    const first = client.pack(new Uint8Array(2879));
    assert.equal(toHex(first.subarray(0, 6)), '140303000101');
    assert.deepEqual(sizes(first.subarray(6)), [2878, 1]);
    assert.deepEqual(sizes(client.pack(new Uint8Array(3))), [3]);
    assert.deepEqual(sizes(server.pack(new Uint8Array(40_000))), [16_384, 16_384, 7232]);
  });

  test('a change cipher spec is ignored once, as the first record', () => {
    const change = Uint8Array.of(0x14, 3, 3, 0, 1, 1);
    const data = Uint8Array.of(0x17, 3, 3, 0, 1, 7);
    for (const end of ['client', 'server'] as const) {
      assert.deepEqual(pair()[end].unpack(concat(change, data)), Uint8Array.of(7));
      assert.deepEqual(pair()[end].unpack(data), Uint8Array.of(7));
      assert.throws(() => pair()[end].unpack(concat(change, change)), malformed);
      assert.throws(() => pair()[end].unpack(concat(data, change)), malformed);
      assert.throws(() => pair()[end].unpack(flip(change, 5)), malformed);
    }
  });

  test('other or too long records are refused by their heads', () => {
    for (const end of ['client', 'server'] as const) {
      assert.deepEqual(pair()[end].unpack(Uint8Array.of(0x17, 3, 3, 0x41, 0)), NOTHING);
      for (const head of ['1703034101', '1503030002', '16', '170301'])
        assert.throws(() => pair()[end].unpack(Buffer.from(head, 'hex')), malformed, head);
    }
  });
});

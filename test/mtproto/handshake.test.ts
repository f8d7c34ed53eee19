/** Both sides of the key exchange, and an attacker between them who changes a byte. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equal, type Random, toHex, trimStart } from '../../src/bytes.ts';
import { dhPair, KNOWN_PRIME } from '../../src/crypto/dh.ts';
import { authKeyId, temporaryCipher } from '../../src/crypto/keys.ts';
import { NetworkError, SecurityError, TgAuthError, TlError } from '../../src/errors.ts';
import { openPlain, sealPlain } from '../../src/mtproto/envelope.ts';
import { handshake } from '../../src/mtproto/handshake.ts';
import { openHashed, sealHashed } from '../../src/mtproto/handshake-crypto.ts';
import { withFingerprint } from '../../src/mtproto/server-key.ts';
import { mtproto } from '../../src/tl/layer.ts';
import { exchange, NOW, seeded, serverKey, type Tamper } from '../pair.ts';

test('both sides get the same key and salt', () => {
  const { client, server } = exchange();
  assert.ok(equal(client.auth_key, server.auth_key));
  assert.equal(client.auth_key.length, 256);
  assert.equal(client.server_salt, server.server_salt);
  assert.equal(client.time_offset, 0);
});

test('the same seeds give the same bytes', () => {
  const [one, two] = [exchange(), exchange()];
  assert.deepEqual(one.transcript.map(toHex), two.transcript.map(toHex));
  assert.notDeepEqual(one.transcript.map(toHex), exchange({ seed: 'another' }).transcript.map(toHex));
});

test('the server takes a g_b without its leading zero, as @mtproto/core sends it', () => {
  const seed = 'short g_b 100';
  const drawn = seeded(`${seed} client`);
  drawn(16);
  const cipher = temporaryCipher(drawn(32), seeded(`${seed} server`)(16));
  let size = 0;
  const tamper: Tamper = (payload, from, step) => {
    const { msg_id, body } = openPlain(payload);
    if (from === 'server' || step !== 2) return payload;
    const call = mtproto.decodeCall(body);
    assert.equal(call._, 'set_client_DH_params');
    const inner = openHashed('Client_DH_Inner_Data', call.encrypted_data, cipher);
    const g_b = trimStart(inner.g_b);
    size = g_b.length;
    const encrypted_data = sealHashed(mtproto.encode({ ...inner, g_b }), cipher, seeded('padding'));
    return sealPlain(msg_id, mtproto.encodeCall('set_client_DH_params', { ...call, encrypted_data }));
  };
  const { client, server } = exchange({ seed, tamper });
  assert.equal(size, 255);
  assert.ok(equal(client.auth_key, server.auth_key));
});

test('dh_gen_retry: the client draws a new b and sends the retry_id', () => {
  const taken: bigint[] = [];
  const { client, server } = exchange({
    server: { isTaken: (id) => taken.length < 2 && taken.push(id) > 0 },
  });
  assert.equal(taken.length, 2);
  assert.ok(equal(client.auth_key, server.auth_key));
  assert.ok(!taken.includes(authKeyId(client.auth_key)));
});

test('a pair that is drawn before the server names its group is used only in the usual group', () => {
  for (const [server, draws] of [
    [inGroup(3), 1],
    [inGroup(4), 2],
    [inGroup(7), 2],
    [{ ...inGroup(3), isTaken: onceTrue() }, 2],
  ] as const) {
    const random = seeded('early');
    let drawn = 0;
    let early = 0;
    const meanwhile = (work: () => void) => {
      early++;
      work();
    };
    const counted: Random = (length) => {
      if (length === 256) drawn++;
      return random(length);
    };
    const { client, server: served } = exchange({ server, client: { random: counted, meanwhile } });
    assert.ok(equal(client.auth_key, served.auth_key));
    assert.deepEqual([drawn, early], [draws, 'isTaken' in server ? 3 : 2]);
  }
});

/** A server's half in another group. */
function inGroup(g: number, dh_prime = KNOWN_PRIME) {
  const drawHalf = (random: Random) => {
    const { public: g_a, shared } = dhPair(g, dh_prime, random(256));
    return { g, dh_prime, g_a, shared };
  };
  return { drawHalf };
}

function onceTrue(): () => boolean {
  let asked = 0;
  return () => asked++ === 0;
}

test('the client gives up on a server that always answers dh_gen_retry', () => {
  assert.throws(() => exchange({ server: { isTaken: () => true } }), { type: 'HANDSHAKE_REFUSED' });
});

test('the client refuses a group that fails a check', () => {
  const notPrime = KNOWN_PRIME.slice();
  notPrime[100] = (notPrime[100] ?? 0) ^ 4;
  for (const [g, dh_prime] of [
    [2, KNOWN_PRIME],
    [5, KNOWN_PRIME],
    [4, notPrime],
  ] as const)
    assert.throws(() => exchange({ server: inGroup(g, dh_prime) }), { name: 'SecurityError' });
});

test('a test DC has 10000 added; another DC is refused with -444', () => {
  assert.ok(exchange({ dc: 10002 }).client.auth_key);
  assert.throws(
    () => exchange({ dc: 3 }),
    (error: unknown) => error instanceof NetworkError && error.values.code === -444,
  );
});

test('an error names the fingerprint of an unknown server key', () => {
  const unknown = withFingerprint({ ...serverKey, n: serverKey.n.map((byte, i) => (i === 255 ? byte ^ 2 : byte)) });
  const flow = handshake({
    keys: [unknown],
    dc: 2,
    random: seeded('exchange client'),
    now: () => NOW,
    nextId: () => 4n,
  });
  flow.next();
  const { transcript } = exchange();
  assert.throws(() => flow.next(transcript[1] ?? assert.fail()), { type: 'SERVER_KEY_UNKNOWN' });
});

test('a changed byte is detected, or has no effect', () => {
  const { transcript } = exchange();
  const places = transcript.flatMap((payload, i) =>
    Array.from(payload, (_, at) => ({
      from: i % 2 === 0 ? ('client' as const) : ('server' as const),
      step: i >> 1,
      at,
    })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.integer({ min: 1, max: 255 }), (place, mask) => {
      const changes = (error: unknown) =>
        error instanceof SecurityError || error instanceof TlError || error instanceof NetworkError;
      try {
        const { client, server } = exchange({
          tamper: (payload, from, step) =>
            from === place.from && step === place.step
              ? payload.map((byte, i) => (i === place.at ? byte ^ mask : byte))
              : payload,
        });
        // A plain msg_id and the padding of a TL string are not authenticated. Both sides must still get the same key.
        assert.ok(equal(client.auth_key, server.auth_key));
        assert.equal(client.server_salt, server.server_salt);
      } catch (error) {
        assert.ok(error instanceof TgAuthError && changes(error), String(error));
      }
    }),
    { numRuns: 150 },
  );
});

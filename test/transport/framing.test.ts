import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { concat } from '../../src/bytes.ts';
import { serverTransport, transportErrorPayload } from '../../src/sandbox/protocol/transport-server.ts';
import { transportError } from '../../src/transport/errors.ts';
import { abridged, type Framing, full, intermediate, MAX_PAYLOAD, padded } from '../../src/transport/framing.ts';
import { clientTransport, type Transport } from '../../src/transport/transport.ts';
import { seeded } from '../pair.ts';

const broken = { type: 'FRAME_MALFORMED', exit: 30 };
const FRAMINGS: readonly (readonly [string, () => Framing])[] = [
  ['abridged', abridged],
  ['intermediate', intermediate],
  ['padded', () => padded(seeded('padding'))],
  ['full', full],
];

function words(...values: number[]): Uint8Array {
  const out = new Uint8Array(4 * values.length);
  for (const [i, value] of values.entries()) new DataView(out.buffer).setUint32(4 * i, value, true);
  return out;
}

/** Any whole words, mostly few. */
const anyWords = fc
  .oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) }, fc.integer({ min: 120, max: 200 }))
  .chain((count) => fc.uint8Array({ minLength: 4 * count, maxLength: 4 * count }));

/** auth_key_id 0, msg_id, length, body. */
const plain = fc
  .tuple(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.integer({ min: 0, max: 30 }))
  .chain(([msg_id, count]) =>
    fc
      .uint8Array({ minLength: 4 * count, maxLength: 4 * count })
      .map((body) => concat(new Uint8Array(8), msg_id, words(body.length), body)),
  );

/** auth_key_id, msg_key, blocks of 16. */
const encrypted = fc
  .integer({ min: 3, max: 20 })
  .chain((blocks) => fc.uint8Array({ minLength: 24 + 16 * blocks, maxLength: 24 + 16 * blocks }))
  .filter((payload) => payload.subarray(0, 8).some((byte) => byte !== 0));

const refusal = fc.integer({ min: -(2 ** 31), max: -1 }).map(transportErrorPayload);

const message = fc.oneof(plain, encrypted, refusal);

/** Feeds a stream in chunks, whose lengths repeat. */
function feed(wire: Transport, stream: Uint8Array, steps: readonly number[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (let at = 0, i = 0; at < stream.length; i++) {
    const step = steps[i % steps.length] ?? 1;
    out.push(...wire.unpack(stream.subarray(at, at + step)));
    at += step;
  }
  return out;
}

describe('payloads arrive in both directions, however the stream is split', () => {
  const cases = [
    ['abridged', anyWords],
    ['intermediate', anyWords],
    ['full', anyWords],
    ['padded', message],
    ['obfuscated', anyWords],
    ['obfuscated-abridged', anyWords],
    ['obfuscated-padded', message],
  ] as const;
  for (const [name, payload] of cases)
    test(name, () => {
      const payloads = fc.array(payload, { minLength: 1, maxLength: 6 });
      const steps = fc.oneof(
        fc.constant([1]),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 }),
      );
      fc.assert(
        fc.property(payloads, payloads, steps, fc.string(), (there, back, cuts, seed) => {
          const client = clientTransport(name, { random: seeded(seed) });
          const server = serverTransport({ random: seeded(`${seed}!`) });
          assert.equal(server.name, undefined);
          assert.deepEqual(feed(server, concat(...there.map((each) => client.pack(each))), cuts), there);
          assert.equal(server.name, name);
          assert.deepEqual(feed(client, concat(...back.map((each) => server.pack(each))), cuts), back);
        }),
      );
    });
});

describe('lengths', () => {
  test('the longest payload is accepted; packing a longer one is a RangeError', () => {
    for (const [name, make] of FRAMINGS) {
      const most = name === 'padded' ? MAX_PAYLOAD - 24 : MAX_PAYLOAD; // whole blocks after 24 bytes
      const payload = new Uint8Array(most).fill(1);
      assert.deepEqual(make().unpack(make().pack(payload))?.payload, payload, name);
      for (const length of [0, 2, 5, MAX_PAYLOAD + 4])
        assert.throws(() => make().pack(new Uint8Array(length)), RangeError, `${name} ${length}`);
      if (name === 'padded') assert.throws(() => make().pack(new Uint8Array(MAX_PAYLOAD - 12)), RangeError);
    }
  });

  test('an invalid length is refused as soon as its bytes have arrived', () => {
    const four = fc.oneof(fc.nat(MAX_PAYLOAD + 64), fc.integer({ min: 0, max: 0xffffffff }));
    const isWhole = (length: number) => length >= 4 && length <= MAX_PAYLOAD && length % 4 === 0;
    const judge = (framing: Framing, head: Uint8Array, isGood: boolean) =>
      isGood ? assert.equal(framing.unpack(head), undefined) : assert.throws(() => framing.unpack(head), broken);
    fc.assert(
      fc.property(four, (length) => {
        judge(intermediate(), words(length), isWhole(length));
        judge(padded(seeded('')), words(length), length >= 4 && length <= MAX_PAYLOAD);
        judge(full(), words(length), isWhole(length - 12));
        judge(abridged(), words(0x7f + (length % 2 ** 24) * 256), isWhole(4 * (length % 2 ** 24)));
      }),
    );
    for (let first = 0; first < 256; first++) judge(abridged(), Uint8Array.of(first), first >= 1 && first <= 0x7f);
  });
});

describe('full', () => {
  test('every changed byte is detected', () => {
    const frame = full().pack(seeded('payload')(64));
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = frame.map((byte, i) => (i === at ? byte ^ mask : byte));
        // A changed length may need more bytes than there are.
        const more = concat(changed, full().pack(seeded('next')(4096)));
        if (at < 3) assert.throws(() => full().unpack(concat(more, new Uint8Array(MAX_PAYLOAD))), broken);
        else assert.throws(() => full().unpack(changed), broken);
      }),
    );
  });

  test('a wrong sequence number is refused before the rest of the frame arrives', () => {
    assert.throws(() => full().unpack(words(4096, 1)), broken);
    assert.equal(full().unpack(words(4096, 0)), undefined);
  });
});

describe('padded', () => {
  /** A frame with this padding. */
  const withPadding = (payload: Uint8Array, padding: number) =>
    concat(words(payload.length + padding), payload, new Uint8Array(padding).fill(0xaa));
  const read = (stream: Uint8Array) => padded(seeded('')).unpack(stream)?.payload ?? assert.fail('no frame');

  test('the 0 to 15 bytes of padding are removed from every message', () => {
    fc.assert(
      fc.property(message, fc.nat(15), (payload, padding) => {
        assert.deepEqual(read(withPadding(payload, padding)), payload);
      }),
    );
  });

  test('a plain message with an invalid length stays as it is', () => {
    for (const length of [0xffffffff, 48, 0]) {
      const payload = concat(new Uint8Array(16), words(length), new Uint8Array(40));
      assert.deepEqual(read(withPadding(payload, 0)), payload, String(length));
    }
  });
});

test('only four bytes with a negative number are a transport error', () => {
  assert.equal(transportError(words(-404)), -404);
  assert.equal(transportError(words(1, -444).subarray(4)), -444);
  assert.equal(transportError(words(404)), undefined);
  assert.equal(transportError(words(0)), undefined);
  assert.equal(transportError(words(-404, 0)), undefined);
  assert.equal(transportError(words(-404).subarray(0, 3)), undefined);
  assert.equal(transportError(new Uint8Array(0)), undefined);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../src/bytes.ts';
import { deobfuscate, serverTransport, transportErrorPayload } from '../../src/sandbox/protocol/transport-server.ts';
import { transportError } from '../../src/transport/errors.ts';
import { abridged, type Framing, full, intermediate, padded } from '../../src/transport/framing.ts';
import { TRANSPORTS } from '../../src/transport/names.ts';
import { obfuscate } from '../../src/transport/obfuscated.ts';
import { clientTransport } from '../../src/transport/transport.ts';
import { seeded } from '../pair.ts';

const { framing, obfuscated2 } = JSON.parse(
  readFileSync(new URL('../vectors/transports.json', import.meta.url), 'utf8'),
);
const broken = { type: 'FRAME_MALFORMED' };

/** All transports over TCP. */
const WIRES = TRANSPORTS.filter((name) => name !== 'websocket');

test('the framings write the vectors', () => {
  const [payload, big] = [fromHex(framing.payload), fromHex(framing.payload_big)];
  assert.equal(toHex(abridged().pack(payload)), framing.abridged.frame);
  assert.equal(toHex(abridged().pack(big)), framing.abridged.frame_big);
  assert.equal(toHex(abridged().tag), framing.abridged.prefix_once);
  assert.equal(toHex(intermediate().pack(payload)), framing.intermediate.frame);
  assert.equal(toHex(intermediate().pack(big)), framing.intermediate.frame_big);
  assert.equal(toHex(intermediate().tag), framing.intermediate.prefix_once);
  const { padding, frame, prefix_once } = framing.padded_intermediate;
  const pieces = [Uint8Array.of(padding.length / 2), fromHex(padding)];
  const pad = padded(() => pieces.shift() ?? assert.fail('more randomness than expected'));
  assert.equal(toHex(pad.pack(payload)), frame);
  assert.equal(toHex(pad.tag), prefix_once);
  const error = fromHex(framing.transport_error.intermediate_frame);
  assert.deepEqual(padded(() => assert.fail('a transport error has no padding')).pack(error.subarray(4)), error);
  const frames = full();
  for (const [i, each] of [payload, big, payload].entries())
    assert.equal(toHex(frames.pack(each)), framing.full.frames[i].frame);
});

test('the framings read the vectors', () => {
  const payload = fromHex(framing.payload);
  assert.deepEqual(abridged().unpack(fromHex(framing.abridged.frame))?.payload, payload);
  assert.deepEqual(
    intermediate().unpack(fromHex(framing.intermediate.frame_big))?.payload,
    fromHex(framing.payload_big),
  );
  const reader = full();
  for (const { frame } of framing.full.frames) assert.ok(reader.unpack(fromHex(frame)));
  const { code, intermediate_frame, abridged_frame } = framing.transport_error;
  for (const read of [intermediate().unpack(fromHex(intermediate_frame)), abridged().unpack(fromHex(abridged_frame))])
    assert.equal(transportError(read?.payload ?? assert.fail('no frame')), code);
});

test('obfuscation: the vectors, from both sides', () => {
  for (const v of obfuscated2) {
    const secret = v.secret === null ? {} : { secret: fromHex(v.secret).slice(-16) };
    const tag = Number.parseInt(v.tag.slice(0, 2), 16);
    const dc = v.dc_int16 === null ? {} : { dc: v.dc_int16 };
    const client = obfuscate({ tag, ...dc, ...secret }, () => fromHex(v.random_64));
    assert.equal(toHex(client.header), v.init_sent, v.name);
    assert.equal(toHex(client.encrypt(fromHex(v.first_frame_plain))), v.first_frame_sent);
    assert.equal(toHex(client.decrypt(fromHex(v.server_frame_on_wire))), v.server_frame_plain);
    const server = deobfuscate(fromHex(v.init_sent), secret.secret);
    assert.equal(toHex(server.tag), v.tag);
    assert.equal(toHex(server.decrypt(fromHex(v.first_frame_sent))), v.first_frame_plain);
    assert.equal(toHex(server.encrypt(fromHex(v.server_frame_plain))), v.server_frame_on_wire);
  }
});

test('obfuscation: headers that look like another protocol are drawn again', () => {
  const good = seeded('good')(64);
  for (const start of ['ef', '48454144', '504f5354', '47455420', '4f505449', 'dddddddd', 'eeeeeeee', '16030102']) {
    const bad = Uint8Array.from([...fromHex(start), ...good.subarray(start.length / 2)]);
    const drawn = [bad, good];
    obfuscate({ tag: 0xee }, () => drawn.shift() ?? assert.fail('drawn too often'));
    assert.equal(drawn.length, 0, start);
  }
  const drawn = [Uint8Array.from([1, 2, 3, 4, 0, 0, 0, 0, ...good.subarray(8)]), good];
  obfuscate({ tag: 0xee }, () => drawn.shift() ?? assert.fail('drawn too often'));
  assert.equal(drawn.length, 0);
});

describe('payloads arrive unchanged, however the stream is split', () => {
  // An encrypted message has 24 + 16k bytes.
  const payload = fc
    .integer({ min: 3, max: 60 })
    .chain((blocks) => fc.uint8Array({ minLength: 24 + 16 * blocks, maxLength: 24 + 16 * blocks }))
    .filter((bytes) => bytes.subarray(0, 8).some((byte) => byte !== 0));
  const script = fc.array(payload, { minLength: 1, maxLength: 5 });
  for (const name of WIRES)
    test(name, () => {
      fc.assert(
        fc.property(script, script, fc.integer({ min: 1, max: 300 }), fc.string(), (there, back, step, seed) => {
          const client = clientTransport(name, { random: seeded(seed), dc: 2 });
          const server = serverTransport({ random: seeded(`${seed}!`) });
          const cut = (wire: { unpack(chunk: Uint8Array): Uint8Array[] }, stream: Uint8Array) => {
            const out: Uint8Array[] = [];
            for (let at = 0; at < stream.length; at += step) out.push(...wire.unpack(stream.subarray(at, at + step)));
            return out;
          };
          assert.deepEqual(cut(server, Buffer.concat(there.map((each) => client.pack(each)))), there);
          assert.equal(server.name, name);
          assert.deepEqual(cut(client, Buffer.concat(back.map((each) => server.pack(each)))), back);
        }),
        { numRuns: 40 },
      );
    });
});

test('every transport carries a transport error, and no message is read as one', () => {
  for (const name of WIRES) {
    const client = clientTransport(name, { random: seeded('client') });
    const server = serverTransport({ random: seeded('server') });
    server.unpack(client.pack(new Uint8Array(40).fill(7)));
    for (const code of [-404, -429, -444]) {
      const [payload] = client.unpack(server.pack(transportErrorPayload(code)));
      assert.equal(transportError(payload ?? assert.fail('nothing came')), code, name);
    }
  }
  assert.equal(transportError(new Uint8Array(20).fill(255)), undefined);
  assert.equal(transportError(Uint8Array.of(1, 0, 0, 0)), undefined);
});

test('invalid lengths are refused as soon as their bytes have arrived', () => {
  const cases: [() => Framing, string][] = [
    [abridged, '00'],
    [abridged, '7f000000'],
    [abridged, '7fffffff'],
    [abridged, '80'],
    [abridged, 'ff'],
    [intermediate, '00000000'],
    [intermediate, '05000000'],
    [intermediate, '04001000'],
    [intermediate, 'fcffff7f'],
    [intermediate, '00000080'],
    [intermediate, 'ffffffff'],
    [() => padded(seeded('')), '03000000'],
    [() => padded(seeded('')), '04001000'],
    [() => padded(seeded('')), 'ffffffff'],
    [full, '00000000'],
    [full, '0c000000'],
    [full, '11000000'],
    [full, 'ffffff7f'],
    [full, 'ffffffff'],
  ];
  for (const [make, head] of cases) assert.throws(() => make().unpack(fromHex(head)), broken, head);
});

test('full: a wrong checksum or sequence number is refused', () => {
  const frame = full().pack(new Uint8Array(40).fill(3));
  for (let at = 4; at < frame.length; at++)
    assert.throws(() => full().unpack(frame.map((byte, i) => (i === at ? byte ^ 1 : byte))), broken, `byte ${at}`);
  const twice = full();
  twice.unpack(frame);
  assert.throws(() => twice.unpack(frame), broken);
});

test('a client of another protocol is refused', () => {
  const speak = (text: string) => serverTransport({ random: seeded('') }).unpack(Buffer.from(text));
  assert.throws(() => speak(`GET / HTTP/1.1\r\nHost: localhost\r\n${'x'.repeat(80)}`), broken);
  assert.deepEqual(speak('GET'), []);
});

test('a mebibyte byte by byte takes linear time', () => {
  const wire = clientTransport('intermediate', { random: seeded('') });
  const frame = intermediate().pack(new Uint8Array(1 << 20));
  let count = 0;
  for (let at = 0; at < frame.length; at++) count += wire.unpack(frame.subarray(at, at + 1)).length;
  assert.equal(count, 1);
});

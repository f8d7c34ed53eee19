import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { TlError } from '../../src/errors.ts';
import { current, legacy, mtproto } from '../../src/tl/layer.ts';
import { randomSchema } from './random.ts';

const SCHEMAS = { mtproto, legacy: legacy.codec, current: current.codec };

/** Ignores a `TlError`; any other error fails the test. */
function valueOrTlError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof TlError)) throw error;
  }
}

for (const [name, codec] of Object.entries(SCHEMAS)) {
  const random = randomSchema(codec.text);

  suite(`every line of the ${name} schema`, () => {
    test('decodes to the encoded value', () => {
      for (const line of random.lines)
        fc.assert(
          fc.property(random.of(line), (value) => {
            const encoded = codec.encodeLine(line.name, value);
            assert.deepEqual(codec.decodeLine(encoded), value);
          }),
          { numRuns: 25 },
        );
    });

    test('cut short or with one byte changed is a value or a TlError', () => {
      for (const line of random.lines)
        fc.assert(
          fc.property(random.of(line), fc.infiniteStream(fc.integer({ min: 1, max: 255 })), (value, masks) => {
            const encoded = codec.encodeLine(line.name, value);
            for (let length = 0; length < encoded.length; length++)
              valueOrTlError(() => codec.decodeLine(encoded.subarray(0, length)));
            for (const [i, byte] of encoded.entries()) {
              encoded[i] = byte ^ masks.next().value;
              valueOrTlError(() => codec.decodeLine(encoded));
              encoded[i] = byte;
            }
          }),
          { numRuns: 3 },
        );
    });

    test('with any bytes after its id is a value or a TlError', () => {
      fc.assert(
        fc.property(fc.constantFrom(...random.lines), fc.uint8Array({ maxLength: 64 }), ({ id }, tail) => {
          const bytes = new Uint8Array(4 + tail.length);
          new DataView(bytes.buffer).setUint32(0, id, true);
          bytes.set(tail, 4);
          valueOrTlError(() => codec.decodeLine(bytes));
        }),
        { numRuns: 2000 },
      );
    });
  });
}

test('every change of every byte of an answer is a value or a TlError', () => {
  const app = { _: 'auth.sentCodeTypeApp' as const, length: 5 };
  const next = { _: 'auth.codeTypeCall' as const };
  const sent = {
    _: 'auth.sentCode' as const,
    type: app,
    phone_code_hash: '2dc02d2cda9e615c84',
    next_type: next,
    timeout: 60,
  };
  const encoded = current.codec.encode(sent);
  for (const [i, byte] of encoded.entries()) {
    for (let mask = 1; mask < 256; mask++) {
      encoded[i] = byte ^ mask;
      valueOrTlError(() => current.codec.decodeAnswer('auth.sendCode', encoded));
    }
    encoded[i] = byte;
  }
  assert.deepEqual(current.codec.decodeAnswer('auth.sendCode', encoded), sent);
});

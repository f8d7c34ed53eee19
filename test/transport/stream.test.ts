import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat } from '../../src/bytes.ts';
import { Stream } from '../../src/transport/stream.ts';

test('a stream holds the bytes that were pushed and not skipped', () => {
  const step = fc.record({
    chunk: fc.uint8Array({ maxLength: 1500, size: 'max' }),
    taken: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const stream = new Stream();
      let model = new Uint8Array(0);
      for (const { chunk, taken } of steps) {
        stream.push(chunk);
        model = Uint8Array.from(concat(model, chunk));
        const length = Math.floor(taken * model.length);
        stream.skip(length);
        model = model.slice(length);
        assert.deepEqual(stream.bytes, model);
        stream.map((bytes) => bytes.map((byte) => byte ^ 0xff));
        model = model.map((byte) => byte ^ 0xff);
        assert.deepEqual(stream.bytes, model);
      }
    }),
  );
});

test('a chunk is copied, so its memory may be reused', () => {
  const stream = new Stream();
  const chunk = Uint8Array.of(1, 2, 3);
  stream.push(chunk);
  chunk.fill(9);
  assert.deepEqual(stream.bytes, Uint8Array.of(1, 2, 3));
});

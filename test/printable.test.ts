/** Text that is safe to show. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { exactJson, printable, printableJson, printableLines } from '../src/printable.ts';
import { UNSAFE } from './hostile.ts';

const UNSAFE_ONES = [
  ...Array.from({ length: 32 }, (_, i) => i),
  ...Array.from({ length: 33 }, (_, i) => 0x7f + i),
  0x61c,
  0x200e,
  0x200f,
  0x2028,
  0x2029,
  ...Array.from({ length: 5 }, (_, i) => 0x202a + i),
  ...Array.from({ length: 4 }, (_, i) => 0x2066 + i),
  0xd800,
  0xdfff,
].map((code) => String.fromCharCode(code));

/** Any text, with many unsafe characters in it. */
const anyText = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...UNSAFE_ONES)))
  .map((parts) => parts.join(''));

describe('printable', () => {
  test('replaces each character that controls a terminal with U+FFFD', () => {
    for (const each of UNSAFE_ONES) assert.equal(printable(`a${each}b`), 'a\ufffdb', JSON.stringify(each));
    assert.equal(printable('Zoë 👩‍💻 نام ‌x'), 'Zoë 👩‍💻 نام ‌x');
  });

  test('cuts a long text', () => {
    assert.equal(printable('a'.repeat(500)), 'a'.repeat(500));
    assert.equal(printable('a'.repeat(501)), `${'a'.repeat(500)}…`);
    assert.equal(printable(`${'a'.repeat(499)}👩`), `${'a'.repeat(499)}\ufffd…`);
    assert.equal(printable('a'.repeat(501), Number.POSITIVE_INFINITY), 'a'.repeat(501));
  });

  test('leaves nothing unsafe in any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.doesNotMatch(printable(text), UNSAFE);
        assert.doesNotMatch(printable(text), /[\n\t]/);
        assert.doesNotMatch(printableLines(text), UNSAFE);
      }),
    );
  });
});

describe('JSON', () => {
  test('exactJson loses nothing and leaves nothing unsafe', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = exactJson({ text });
        assert.doesNotMatch(json, UNSAFE);
        assert.deepEqual(JSON.parse(json), { text });
      }),
    );
  });

  test('printableJson makes every string printable', () => {
    const found = printableJson({ a: ['\x1b', { b: '\u202e' }], c: 1, d: null, e: undefined, f: 'f'.repeat(600) });
    assert.deepEqual(found, { a: ['\ufffd', { b: '\ufffd' }], c: 1, d: null, e: undefined, f: `${'f'.repeat(500)}…` });
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../../src/bytes.ts';
import { fromWords, toWords } from '../../../src/cli/tell/tl-words.ts';
import { UsageError } from '../../../src/errors.ts';

const { queries } = JSON.parse(readFileSync(new URL('../../vectors/query.json', import.meta.url), 'utf8'));

for (const { method, words, serialized } of queries)
  test(`${method} in words matches Telegram's page`, () => {
    assert.deepEqual(toWords(fromHex(serialized)), words);
    assert.equal(toHex(fromWords(words.join(' '))), serialized);
  });

test('bytes and words survive a round trip', () => {
  const bytes = fc
    .uint8Array({ minLength: 1, maxLength: 16 })
    .map((quarter) => new Uint8Array([...quarter, ...quarter, ...quarter, ...quarter]));
  fc.assert(fc.property(bytes, (original) => assert.deepEqual(fromWords(toWords(original).join('\n')), original)));
});

test('words may be separated by any white space, prefixed, and in capitals', () => {
  const expected = '6415c503b5757299';
  for (const text of ['03c51564 997275b5', '  0x03C51564\r\n\t0x997275B5\n', '03c51564\u00a0997275b5'])
    assert.equal(toHex(fromWords(text)), expected, text);
});

test('bytes that are not whole words have no words', () => {
  assert.throws(() => toWords(new Uint8Array(7)), RangeError);
  assert.deepEqual(toWords(new Uint8Array()), []);
});

test('a view into a larger buffer uses only its own bytes', () => {
  assert.deepEqual(toWords(fromHex('ffffffb5757299ff').subarray(3, 7)), ['997275b5']);
});

const wrong: [text: string, message: RegExp][] = [
  ['', /no words/],
  [' \n', /no words/],
  ['03c51564 997275b', /^Word 2 of 2, "997275b",/],
  ['03c51564 997275b5a 997275b5', /^Word 2 of 3, "997275b5a",/],
  ['03c5156g', /^Word 1 of 1, "03c5156g",/],
  ['0x 03c51564', /^Word 1 of 2, "0x",/],
  ['-3c51564', /^Word 1 of 1/],
  ['03c51564,997275b5', /^Word 1 of 1/],
  ['x'.repeat(1000), /^Word 1 of 1 is not/], // it may be a secret
];
for (const [text, message] of wrong)
  test(`${JSON.stringify(text.slice(0, 30))} is refused with the position of the wrong word`, () => {
    assert.throws(
      () => fromWords(text),
      (error) => error instanceof UsageError && message.test(error.message) && error.exit === 2,
    );
  });

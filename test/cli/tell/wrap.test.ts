/** Wrapping at words, and tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { table } from '../../../src/cli/tell/table.ts';
import { cutTo, widthOf, wrap } from '../../../src/cli/tell/wrap.ts';

const COMMAND = 'tg-auth --session work send-call +79991234567 --hash 2dc02d2cda9e615c84';
const lines = (text: string, columns = 40) => wrap(text, columns).split('\n');

test('a message wraps at words, under its text', () => {
  assert.deepEqual(lines('✖ The code has expired. (400 PHONE_CODE_EXPIRED)'), [
    '✖ The code has expired. (400',
    '  PHONE_CODE_EXPIRED)',
  ]);
  assert.deepEqual(lines('  A code works for a few minutes, and only in the session that asked for it.'), [
    '  A code works for a few minutes, and',
    '  only in the session that asked for it.',
  ]);
  assert.deepEqual(lines('\x1b[33m!\x1b[39m Telegram keeps this session signed in, as it was before.'), [
    '\x1b[33m!\x1b[39m Telegram keeps this session signed in,',
    '  as it was before.',
  ]);
});

test('a command has a line of its own, and is not broken', () => {
  assert.deepEqual(lines(`  Ask for a call, which reads out the code to you:  ${COMMAND}`), [
    '  Ask for a call, which reads out the',
    '  code to you:',
    `    ${COMMAND}`,
  ]);
  assert.deepEqual(lines('  Sign in:  tg-auth login'), ['  Sign in:  tg-auth login']);
});

test('a long word is not broken', () => {
  const link = `tg://login?token=${'A'.repeat(60)}`;
  assert.deepEqual(lines(`Open ${link} there`), ['Open', link, 'there']);
});

test('the last column of a row continues under itself, or below if there is no room', () => {
  assert.deepEqual(lines('  9012  wrong: every code is refused as if it had expired'), [
    '  9012  wrong: every code is refused as',
    '        if it had expired',
  ]);
  assert.deepEqual(lines('  --server <host:port>  use another data centre; requires --server-key'), [
    '  --server <host:port>',
    '      use another data centre; requires',
    '      --server-key',
  ]);
});

test('wide characters count two columns, and marks on a letter none', () => {
  assert.equal(widthOf('你好 🎉 é e\u0301 ✔'), 4 + 1 + 2 + 1 + 1 + 1 + 1 + 1 + 1);
  assert.deepEqual(lines('你好你好 你好你好 你好', 20), ['你好你好 你好你好', '你好']);
});

test('without a terminal, or on a tiny one, a text stays as it is', () => {
  const text = `✖ ${'word '.repeat(50)}`;
  for (const columns of [undefined, 5, 0]) assert.equal(wrap(text, columns), text);
});

test('wrapping loses and adds nothing but line breaks and spaces, and fits where words do', () => {
  const word = fc.stringMatching(/^[a-z✖!:.é你]{1,12}$/u);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 40, max: 120 }), (words, columns) => {
      const wrapped = wrap(words.join(' '), columns);
      assert.deepEqual(wrapped.split(/\s+/), words);
      for (const line of wrapped.split('\n')) assert.ok(widthOf(line) <= columns, line);
    }),
  );
});

test('cutting leaves room for the dots', () => {
  assert.deepEqual([cutTo('waiting', 7), cutTo('waiting', 5), cutTo('你好你好', 5)], ['waiting', 'wait…', '你好…']);
});

test('a table that does not fit becomes blocks with the names of the columns', () => {
  const head = ['HASH', 'ACTIVE', 'DEVICE'];
  const rows = [
    ['1234567890123456789', 'this session', 'PC, Windows 10'],
    ['2', '2026-01-01 10:00', '你好'],
  ];
  const wide = table(rows, { head, columns: undefined }).split('\n');
  assert.equal(wide[0], 'HASH                 ACTIVE            DEVICE');
  assert.equal(table(rows, { head, columns: 53 }), wide.join('\n'));
  assert.deepEqual(table(rows, { head, columns: 40 }).split('\n').slice(0, 4), [
    '1234567890123456789',
    '  active  this session',
    '  device  PC, Windows 10',
    '2',
  ]);
  assert.deepEqual(table(rows, { columns: 40 }).split('\n').slice(0, 2), ['1234567890123456789', '  this session']);
  assert.equal(table([], { columns: 40 }), '');
});

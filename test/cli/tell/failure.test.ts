/** What an internal error may say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../../../src/cli/tell/failure.ts';

test('an internal error names no phone number, however it is spelt', () => {
  for (const phone of ['79991234567', '+7 999 123-45-67', '+7 (999) 123.45.67', '+12345'])
    for (const thrown of [new RangeError(`pending.${phone}.length is -1`), `${phone}!`]) {
      const failure = failureOf(thrown, { phone }, new Map(), 0);
      assert.equal(failure.exitCode, 70);
      const said = [failure.message, ...failure.advice].join('\n');
      assert.doesNotMatch(said.replace(/\D/g, ''), /999|12345/, said);
    }
});

test('and keeps the rest of its words', () => {
  assert.match(
    failureOf(new TypeError('x is not a function'), {}, new Map(), 0).message,
    /TypeError: x is not a function/,
  );
});

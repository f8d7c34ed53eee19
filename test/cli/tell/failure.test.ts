/** The message of an internal error. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../../../src/cli/tell/failure.ts';

test('an internal error has no phone number, in any spelling', () => {
  for (const phone of ['79991234567', '+7 999 123-45-67', '+7 (999) 123.45.67', '+12345'])
    for (const thrown of [new RangeError(`pending.${phone}.length is -1`), `${phone}!`]) {
      const failure = failureOf(thrown, { phone }, new Map(), 0);
      assert.equal(failure.exitCode, 70);
      const said = [failure.message, ...failure.why].join('\n');
      assert.doesNotMatch(said.replace(/\D/g, ''), /999|12345/, said);
    }
});

test('an internal error keeps the rest of its message', () => {
  assert.match(
    failureOf(new TypeError('x is not a function'), {}, new Map(), 0).message,
    /TypeError: x is not a function/,
  );
});

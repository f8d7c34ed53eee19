import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expiredCause, parseHash } from '../../src/auth/hash.ts';
import { lookup } from '../../src/catalogue.ts';
import { UsageError } from '../../src/errors.ts';

test('spaces around a hash are removed', () => {
  assert.equal(parseHash(' 2dc02d2cda9e615c84\r\n'), '2dc02d2cda9e615c84');
});

test('an empty hash is refused with the message of PHONE_CODE_HASH_EMPTY', () => {
  const { exit, sentence, next } = lookup('PHONE_CODE_HASH_EMPTY', 400);
  for (const text of ['', ' \n'])
    assert.throws(
      () => parseHash(text),
      (error) =>
        error instanceof UsageError &&
        error.type === 'PHONE_CODE_HASH_EMPTY' &&
        error.exit === exit &&
        error.next === next &&
        error.message === sentence,
    );
});

test('two words or other characters are not a hash', () => {
  for (const text of ['2dc0 2d2c', '2dc0\n2d2c', '2dc\u00e9', '2dc\u0000'])
    assert.throws(
      () => parseHash(text),
      (error) => error instanceof UsageError && error.exit === 2,
    );
});

test('a hash of another session is the likely cause of PHONE_CODE_EXPIRED', () => {
  assert.equal(expiredCause('h1', 'h1'), undefined);
  assert.match(expiredCause('h1', 'h2') ?? '', /another session.*got another hash for this number/);
  assert.match(expiredCause('h1', undefined) ?? '', /another session.*never requested a code for this number/);
});

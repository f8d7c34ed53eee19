import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { parseCode } from '../../src/auth/login-code.ts';
import { UsageError } from '../../src/errors.ts';

suite('the code in what people paste', () => {
  const same = [
    '22222',
    ' 22222\r\n',
    '22-222',
    '22 222',
    '2.2.2.2.2',
    '"22222"',
    '(22222)',
    '22222.',
    '22\u00ad222',
    '22\u2013222',
    '22\u2212222',
    '\u200e22222\u200f',
    '\ufeff2\u200b2\u200d222',
    '\u0662\u0662\u0662\u0662\u0662',
    '\u06f2\u06f2\u06f2\u06f2\u06f2',
    '\uff12\uff12\uff12\uff12\uff12',
    '\u0968\u0968\u0968\u0968\u0968',
    '2\ufe0f\u20e32\ufe0f\u20e32\ufe0f\u20e32\ufe0f\u20e32\ufe0f\u20e3',
    'Login code: 22222. Do not give this code to anyone, even if they say they are from Telegram!',
    'login code: 22222. do not share it within 5 minutes',
    'Login code: 22-222. Do not give this code to anyone',
    '\u041a\u043e\u0434 \u0434\u043b\u044f \u0432\u0445\u043e\u0434\u0430: 22222. \u041d\u0435 \u0434\u0430\u0432\u0430\u0439\u0442\u0435 \u043a\u043e\u0434',
    '\u9a8c\u8bc1\u780122222\u3002',
    '\u0643\u0648\u062f: \u0662\u0662\u0662\u0662\u0662',
    'Telegram code: 22222\n\nYou can also tap on this link to log in:\nhttps://t.me/login/22222\n\nO2P2z+/jBpJ',
  ];
  for (const text of same)
    test(JSON.stringify(text), () => {
      assert.equal(parseCode(text), '22222');
      assert.equal(parseCode(text, { type: 'app', length: 5 }), '22222');
    });
});

suite('refused before it costs a try', () => {
  const wrong: [text: string, length: number | undefined, type: string][] = [
    ['2222', 5, 'PHONE_CODE_INVALID'],
    ['222222', 5, 'PHONE_CODE_INVALID'],
    ['Login code: 222222.', 5, 'PHONE_CODE_INVALID'],
    ['wrong', 6, 'PHONE_CODE_INVALID'],
    ['12345 or 54321', undefined, 'PHONE_CODE_INVALID'],
    ['', 5, 'PHONE_CODE_EMPTY'],
    ['\u200b', undefined, 'PHONE_CODE_EMPTY'],
    ['---', 5, 'PHONE_CODE_EMPTY'],
  ];
  for (const [text, length, type] of wrong)
    test(JSON.stringify(text), () =>
      assert.throws(
        () => parseCode(text, { length }),
        (error) => error instanceof UsageError && error.exit === 13 && error.type === type,
      ),
    );
});

test('without a length, a number of any length is a code', () => {
  for (const text of ['1', '79991234567']) assert.equal(parseCode(text, { type: 'flashCall' }), text);
  assert.equal(parseCode('2222', { type: 'app', length: 0 }), '2222');
});

test('a word or a phrase stays as it is', () => {
  assert.equal(parseCode(' apple '), 'apple');
  assert.equal(parseCode('the 12345 red apples', { type: 'smsPhrase' }), 'the 12345 red apples');
  assert.equal(parseCode('12-34', { type: 'smsWord' }), '12-34');
});

test('a code is found between any separators and in any message', () => {
  const code = fc.stringMatching(/^[0-9]{5,8}$/);
  const between = fc.constantFrom('', ' ', '-', '\u2013', '.', '\u00ad', '\u200b');
  const words = fc.stringMatching(/^[a-z ]{0,20}$/);
  fc.assert(
    fc.property(code, between, words, words, (digits, separator, before, after) => {
      assert.equal(parseCode([...digits].join(separator), { length: digits.length }), digits);
      assert.equal(parseCode(`${before} ${digits}. ${after}`, { length: digits.length }), digits);
    }),
  );
});

test('any text is a code or a UsageError', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 0, max: 9 }), (text, length) => {
      try {
        assert.notEqual(parseCode(text, { length }), '');
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
      }
    }),
  );
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { parsePhone, showPhone } from '../../src/auth/phone.ts';
import { UsageError } from '../../src/errors.ts';

suite('different ways to write one number', () => {
  const same = [
    '79991234567',
    '+79991234567',
    '+7 999 123-45-67',
    '+7 (999) 123.45.67',
    '007 999 123 45 67',
    '00 7 999 1234567',
    ' +7\u00a0999\u202f123\u201145\u201367\t\n',
    '+7 999 123\u221245\u221267',
    '\u202a+7 999 123-45-67\u202c',
    '\ufeff7999\u200b1234567',
    '\uff0b\uff17\uff19\uff19\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17',
    '+\u0667\u0669\u0669\u0669\u0661\u0662\u0663\u0664\u0665\u0666\u0667',
    '+\u06f7\u06f9\u06f9\u06f9\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7',
  ];
  for (const text of same) test(JSON.stringify(text), () => assert.equal(parsePhone(text), '79991234567'));
});

suite('other texts are refused with the reason', () => {
  const wrong: [text: string, why: RegExp][] = [
    ['', /is empty/],
    [' - ', /is empty/],
    ['+', /is empty/],
    ['00', /is empty/],
    ['+7999123456x', /"x" is not part/],
    ['+7 999 123 O567', /"O" is not part/],
    ['seven', /"s" is not part/],
    ['+7999+1234567', /"\+" is not part/],
    ['++79991234567', /"\+" is not part/],
    ['7999,1234567', /"," is not part/],
    ['7999/1234567', /"\/" is not part/],
    ['79991234567#1', /"#" is not part/],
    ['7999\u00b21234567', /"²" is not part/],
    ['\u0966\u096779991234567', /"\u0966" is not part/],
    ['7999😀1234567', /"😀" is not part/],
    ['tel:+79991234567', /"t" is not part/],
    ['09991234567', /no country code begins with 0/],
    ['+0079991234567', /no country code begins with 0/],
    ['00079991234567', /no country code begins with 0/],
    ['+7999', /has 4 digits.* 5 to 15/],
    ['+1234567890123456', /has 16 digits.* 5 to 15/],
  ];
  for (const [text, why] of wrong)
    test(JSON.stringify(text), () => {
      assert.throws(
        () => parsePhone(text),
        (error) =>
          error instanceof UsageError && error.exit === 2 && why.test(error.message) && error.next !== undefined,
      );
    });

  test('an error quotes only the beginning of a long text', () => {
    assert.throws(
      () => parsePhone('1'.repeat(100_000)),
      (error) => error instanceof UsageError && error.message.length < 150,
    );
  });
});

test('the shortest and longest numbers and test numbers are accepted', () => {
  for (const digits of ['42777', '9996621234', '123456789012345']) assert.equal(parsePhone(digits), digits);
});

test('showing and parsing are inverse', () => {
  const digits = fc.stringMatching(/^[1-9][0-9]{4,14}$/);
  fc.assert(fc.property(digits, (phone) => assert.equal(parsePhone(showPhone(phone)), phone)));
});

test('any text is a number or a UsageError', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'+0123 -().x\u0661') }));
  fc.assert(
    fc.property(text, (written) => {
      try {
        assert.match(parsePhone(written), /^[1-9][0-9]{4,14}$/);
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
      }
    }),
  );
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { parsePhone, readPhone, showPhone } from '../../src/auth/phone.ts';
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
    ['\u0966\u096779991234567', /no country code begins with 0/],
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
        (error) => error instanceof UsageError && error.exit === 2 && why.test(error.message) && error.why.length === 1,
      );
    });

  test('an error quotes only the beginning of a long text', () => {
    assert.throws(
      () => parsePhone('1'.repeat(100_000)),
      (error) => error instanceof UsageError && error.message.length < 150,
    );
  });
});

suite('a number with a national prefix is refused with both readings', () => {
  const doubtful: [text: string, meant: string, instead: string][] = [
    ['+44 (0)20 7946 0018', '442079460018', '4402079460018'],
    ['0044 ( 0 ) 20 7946 0018', '442079460018', '4402079460018'],
    ['44(0)2079460018', '442079460018', '4402079460018'],
    ['+44 020 7946 0018', '442079460018', '4402079460018'],
    ['+44 (020) 7946 0018', '442079460018', '4402079460018'],
    ['+49\u200b (\u0660) 30 123456', '4930123456', '49030123456'],
    ['+380 (0)44 123 45 67', '380441234567', '3800441234567'],
    ['+39 (0)6 1234 5678', '390612345678', '39612345678'],
    ['8 999 123-45-67', '79991234567', '89991234567'],
    ['8(999)1234567', '79991234567', '89991234567'],
    ['+8 999 123-45-67', '79991234567', '89991234567'],
    ['8 495 123-45-67', '74951234567', '84951234567'],
    ['8 812 123-45-67', '78121234567', '88121234567'],
    ['8 701 123 45 67', '77011234567', '87011234567'],
    ['+7 8 999 123-45-67', '79991234567', '789991234567'],
  ];
  for (const [text, meant, instead] of doubtful)
    test(text, () => {
      const { digits: _, ...rest } = readPhone(text);
      assert.deepEqual(rest, { meant, instead });
      assert.throws(
        () => parsePhone(text),
        (error) =>
          error instanceof UsageError &&
          error.exit === 2 &&
          error.message.includes(`+${meant}`) &&
          error.message.includes(`+${instead}`),
      );
    });
});

test('a number without a national prefix is not doubtful', () => {
  const plain: [text: string, digits: string][] = [
    ['+39 06 1234 5678', '390612345678'],
    ['+39 (06) 12345678', '390612345678'],
    ['+225 07 12 34 56 78', '2250712345678'],
    ['+888 0123 4567', '88801234567'],
    ['88801234567', '88801234567'],
    ['+84 95 123 45 67', '84951234567'],
    ['85291234567', '85291234567'],
    ['+44 20 7946 0018', '442079460018'],
    ['+7 800 123-45-67', '78001234567'],
    ['+20 100 123 4567', '201001234567'],
  ];
  for (const [text, digits] of plain) assert.equal(parsePhone(text), digits);
});

test('digits of every script are read', () => {
  const zeros = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10, 0x1d7ce, 0x1d7f6];
  const number = fc
    .stringMatching(/^[1-9][0-9]{4,14}$/)
    .filter((digits) => readPhone(`+${digits}`).meant === undefined);
  fc.assert(
    fc.property(number, fc.constantFrom(...zeros), (digits, zero) => {
      const other = digits.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
      assert.equal(parsePhone(`+${other}`), digits);
    }),
  );
});

test('the shortest and longest numbers and test numbers are accepted', () => {
  for (const digits of ['42777', '9996621234', '123456789012345']) assert.equal(parsePhone(digits), digits);
});

test('showing and parsing are inverse', () => {
  const digits = fc.stringMatching(/^[1-9][0-9]{4,14}$/).filter((phone) => readPhone(`+${phone}`).meant === undefined);
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

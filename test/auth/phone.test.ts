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

test('8 800 is Russian, although 880 is the code of Bangladesh', () => {
  for (const text of ['8 800 555-35-35', '8-800-555-35-35', '88005553535', '8 (800) 555 35 35', '+8 800 555-35-35']) {
    const { meant, instead, others } = readPhone(text);
    assert.deepEqual([meant, instead, others], ['78005553535', '88005553535', ['8805553535']], text);
    assert.throws(() => parsePhone(text), /may be \+78005553535, \+8805553535 or \+88005553535/);
  }
  for (const text of ['+880 1712 345678', '8801712345678', '880 2 9555555', '88029555555'])
    assert.equal(readPhone(text).meant, undefined, text);
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
    ['8 804 333-44-55', '78043334455', '88043334455'],
    ['8 (801) 333 44 55', '78013334455', '88013334455'],
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

suite('a number without its country code is refused with what it may be', () => {
  const national: [text: string, ...readings: string[]][] = [
    ['212 555 0123', '12125550123', '2125550123'],
    ['(212) 555-0123', '12125550123', '2125550123'],
    ['2125550123', '12125550123', '2125550123'],
    ['\uff08415\uff09 555 2671', '14155552671', '4155552671'],
    ['\u0662\u0661\u0662 \u0665\u0665\u0665 \u0660\u0661\u0662\u0663', '12125550123', '2125550123'],
    ['(555) 123-4567', '15551234567', '525551234567', '5551234567'],
    ['06 12 34 56 78', '33612345678', '66612345678', '27612345678'],
    ['479 234 5678', '14792345678', '4792345678'],
    ['07911 123456', '447911123456', '917911123456'],
    ['0171 1234567', '491711234567', '8801711234567'],
    ['0532 123 45 67', '905321234567'],
    ['067 123 45 67', '380671234567', '33671234567', '66671234567'],
    ['(11) 98765-4321', '5511987654321', '11987654321'],
    ['(51) 98765-4321', '5551987654321', '51987654321'],
    ['11987654321', '5511987654321', '11987654321'],
    ['98765 43210', '919876543210', '79876543210', '9876543210'],
    ['9876543210', '919876543210', '79876543210', '9876543210'],
    ['999 123-45-67', '79991234567', '919991234567', '9991234567'],
    ['139 1234 5678', '8613912345678', '5513912345678', '13912345678'],
    ['150 1234 5678', '8615012345678', '15012345678'],
    ['612 345 678', '34612345678', '33612345678', '612345678'],
    ['347 123 4567', '393471234567', '13471234567', '3471234567'],
    ['8 029 123-45-67', '375291234567', '80291234567'],
  ];
  for (const [text, meant, ...others] of national)
    test(text, () => {
      assert.equal(readPhone(text).meant, meant);
      const shown = [meant, ...others].map((each) => `+${each}`).join(', ');
      assert.throws(
        () => parsePhone(text),
        (error) =>
          error instanceof UsageError &&
          error.exit === 2 &&
          error.message.endsWith(` may be ${shown.replace(/, ([^,]*)$/, ' or $1')}.`),
      );
    });
});

test('a real international number without + is not doubtful', () => {
  const real = `79991234567 12125550123 13105550123 15012345678 447911123456 4915123456789 33612345678 34612345678 393471234567
    4520123456 4790012345 4791234567 6581234567 6421123456 37251234567 3725123456 51987654321 66912345678
    5511987654321 5215512345678 8613912345678 919876543210 905321234567 989121234567 380671234567 375291234567 77011234567
    212612345678 2348012345678 9607712345678 99366123456 9996621234 42777`;
  for (const digits of real.split(/\s+/)) assert.equal(parsePhone(digits), digits);
});

test('+ and 00 settle what digits mean', () => {
  for (const text of ['+212 555 0123', '00 212 555 0123', '+ (212) 5550123', '\uff0b2125550123'])
    assert.equal(parsePhone(text), '2125550123');
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

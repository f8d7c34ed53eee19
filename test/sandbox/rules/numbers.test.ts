import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRpcMessage } from '../../../src/errors.ts';
import { codeFor, spoken } from '../../../src/sandbox/rules/delivery-text.ts';
import { homeOf, OTHERS, SEED, subscriber, TEST_NUMBERS } from '../../../src/sandbox/rules/numbers.ts';

describe('the table of test numbers', () => {
  test('every row is a number of its own, with words for it', () => {
    const digits = TEST_NUMBERS.map(({ yyyy }) => yyyy);
    assert.equal(new Set(digits).size, digits.length);
    assert.deepEqual(
      digits.filter((yyyy) => !/^\d{4}$/.test(yyyy)),
      ['others'],
    );
    for (const { title, happens } of TEST_NUMBERS) {
      assert.ok(title.length > 0 && title.length <= 45, title);
      assert.match(happens, /^\S.*\.$/);
    }
  });

  test('has a row for everything it promises', () => {
    const refused = TEST_NUMBERS.flatMap(({ behaviour: { refusal } }) => (refusal === undefined ? [] : [refusal.text]));
    for (const name of [
      ...[
        'PHONE_NUMBER_INVALID',
        'PHONE_NUMBER_BANNED',
        'PHONE_CODE_HASH_EMPTY',
        'PHONE_CODE_EXPIRED',
        'PHONE_CODE_INVALID',
      ],
      ...['AUTH_RESTART', 'SEND_CODE_UNAVAILABLE', 'MOON_PHASE_INVALID_7'],
    ])
      assert.ok(refused.includes(name), name);
    const first = new Set(TEST_NUMBERS.map(({ behaviour: { route } }) => route[0]));
    for (const way of [
      'app',
      'sms',
      'call',
      'flash call',
      'missed call',
      'fragment',
      'email',
      'sms word',
      'sms phrase',
    ] as const)
      assert.ok(first.has(way), way);
    const has = (wanted: (row: (typeof TEST_NUMBERS)[number]['behaviour']) => boolean) =>
      assert.ok(TEST_NUMBERS.some(({ behaviour }) => wanted(behaviour)));
    has(({ unregistered }) => unregistered === true);
    has(({ password, recoveryEmail }) => password !== undefined && recoveryEmail === undefined);
    has(({ password, recoveryEmail }) => password !== undefined && recoveryEmail !== undefined);
    has(({ flood = 0 }) => flood > 0 && flood < 10);
    has(({ flood = 0 }) => flood > 3600);
    has(({ home }) => home === 'next');
  });

  test('an error that no catalogue knows still has the form of one', () => {
    assert.deepEqual(parseRpcMessage('MOON_PHASE_INVALID_7'), { type: 'MOON_PHASE_INVALID_X', parameter: 7 });
  });
});

describe('reading a number', () => {
  for (const [text, phone] of [
    ['9996621234', '9996621234'],
    ['+9996621234', '9996621234'],
    ['+7 (999) 123-45-67', '79991234567'],
    ['+79991112233', '79991112233'],
  ] as const)
    test(`${text} is ${phone}`, () => assert.equal(subscriber(text)?.phone, phone));

  for (const text of [
    '',
    '+',
    '12345',
    '0123456789',
    'seven',
    '1234567890123456',
    '999662123',
    '99966212345',
    '9996601234',
  ])
    test(`'${text}' is none`, () => assert.equal(subscriber(text), undefined));

  test('the last digits choose the behaviour, and no others do', () => {
    const row = TEST_NUMBERS.find(({ yyyy }) => yyyy === '9001');
    assert.ok(row);
    assert.equal(subscriber('9996629001')?.behaviour, row.behaviour);
    assert.equal(subscriber('9996619001')?.behaviour, row.behaviour);
    assert.equal(subscriber('9996690012')?.behaviour, OTHERS.behaviour);
    assert.equal(subscriber('79999669001')?.behaviour, OTHERS.behaviour);
  });
});

describe('home', () => {
  const home = (phone: string, dcs: number) => {
    const found = subscriber(phone);
    assert.ok(found);
    return homeOf(found, dcs);
  };
  for (const [phone, dcs, dc] of [
    ['9996611234', 2, 1],
    ['9996621234', 2, 2],
    ['9996631234', 2, 1],
    ['9996631234', 3, 3],
    ['9996621234', 1, 1],
    ['9996619303', 2, 2],
    ['9996629303', 2, 1],
    ['9996629303', 1, 1],
    ['9996629333', 2, 'nowhere'],
    ['79991112233', 3, 2],
    ['79991112233', 1, 1],
    [SEED.phone, 3, 'anywhere'],
  ] as const)
    test(`${phone} of ${dcs} DCs: ${dc}`, () => assert.equal(home(phone, dcs), dc));
});

describe('what arrives', () => {
  test('the code is the digit X as often as the way wants', () => {
    assert.equal(codeFor('app', '222222'), '22222');
    assert.equal(codeFor('email', '222222'), '222222');
    assert.equal(codeFor('missed call', '222222'), '2222');
    assert.equal(codeFor('flash call', '222222'), '8005522222');
    assert.equal(codeFor('sms word', '222222'), 'sandbox');
  });

  test('a robot spells it', () => {
    assert.match(spoken('9996621234', 'call', '222222')?.text ?? '', /a robot says: "Your code is 2 2 2 2 2\./);
  });

  test('every way but the two that are none says something with the code in it', () => {
    for (const { behaviour } of TEST_NUMBERS)
      for (const way of behaviour.route) {
        const words = spoken('9996621234', way, '123456');
        if (way === 'payment' || way === 'email set-up') assert.equal(words, undefined);
        else assert.ok(words?.text.replaceAll(' ', '').includes(words.code.replaceAll(' ', '')), way);
      }
  });

  test('an ordinary account is called next', () =>
    assert.deepEqual(OTHERS.behaviour.route.slice(0, 2), ['app', 'call']));
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseRpcMessage } from '../../../src/errors.ts';
import { codeFor, delivery } from '../../../src/sandbox/rules/delivery-text.ts';
import { homeOf, OTHERS, ownerOf, SEED, TEST_NUMBERS } from '../../../src/sandbox/rules/numbers.ts';

describe('the table of test numbers', () => {
  test('every row has its own number, a title and a sentence', () => {
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

  test('has a row for every kind of behaviour', () => {
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
    const first = new Set(TEST_NUMBERS.map(({ behaviour: { methods } }) => methods[0]));
    for (const method of [
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
      assert.ok(first.has(method), method);
    const has = (wanted: (row: (typeof TEST_NUMBERS)[number]['behaviour']) => boolean) =>
      assert.ok(TEST_NUMBERS.some(({ behaviour }) => wanted(behaviour)));
    has(({ unregistered }) => unregistered === true);
    has(({ password, recoveryEmail }) => password !== undefined && recoveryEmail === undefined);
    has(({ password, recoveryEmail }) => password !== undefined && recoveryEmail !== undefined);
    has(({ flood = 0 }) => flood > 0 && flood < 10);
    has(({ flood = 0 }) => flood > 3600);
    has(({ home }) => home === 'next');
  });

  test('an unknown error still has the form of an error', () => {
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
    test(`${text} is ${phone}`, () => assert.equal(ownerOf(text)?.phone, phone));

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
    test(`'${text}' is invalid`, () => assert.equal(ownerOf(text), undefined));

  test('only the last four digits choose the behaviour', () => {
    const row = TEST_NUMBERS.find(({ yyyy }) => yyyy === '9001');
    assert.ok(row);
    assert.equal(ownerOf('9996629001')?.behaviour, row.behaviour);
    assert.equal(ownerOf('9996619001')?.behaviour, row.behaviour);
    assert.equal(ownerOf('9996690012')?.behaviour, OTHERS.behaviour);
    assert.equal(ownerOf('79999669001')?.behaviour, OTHERS.behaviour);
  });
});

describe('the DC of an account', () => {
  const home = (phone: string, dcs: number) => {
    const found = ownerOf(phone);
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
    test(`${phone}, ${dcs} DCs: ${dc}`, () => assert.equal(home(phone, dcs), dc));
});

describe('a delivered code', () => {
  test('repeats the digit X as often as the delivery method requires', () => {
    assert.equal(codeFor('app', '222222'), '22222');
    assert.equal(codeFor('email', '222222'), '222222');
    assert.equal(codeFor('missed call', '222222'), '2222');
    assert.equal(codeFor('flash call', '222222'), '8005522222');
    assert.equal(codeFor('sms word', '222222'), 'sandbox');
  });

  test('is spelt in a voice call', () => {
    assert.match(delivery('9996621234', 'call', '222222')?.text ?? '', /Your code is 2 2 2 2 2\./);
  });

  test('is in the text of every delivery method that delivers one', () => {
    for (const { behaviour } of TEST_NUMBERS)
      for (const method of behaviour.methods) {
        const delivered = delivery('9996621234', method, '123456');
        if (method === 'payment' || method === 'email set-up') assert.equal(delivered, undefined);
        else assert.ok(delivered?.text.replaceAll(' ', '').includes(delivered.code.replaceAll(' ', '')), method);
      }
  });

  test('of an ordinary account comes by voice call next', () =>
    assert.deepEqual(OTHERS.behaviour.methods.slice(0, 2), ['app', 'call']));
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { named, names } from '../../../src/catalogue.ts';
import { findName, nearest } from '../../../src/cli/tell/error-name.ts';
import { parseRpcMessage } from '../../../src/errors.ts';

const known = (name: string) => named(parseRpcMessage(name).type) !== undefined;

describe('a name is found in', () => {
  const pasted = [
    ['PHONE_CODE_EXPIRED', 'PHONE_CODE_EXPIRED', undefined],
    ['phone-code-expired', 'PHONE_CODE_EXPIRED', undefined],
    ['400 PHONE_CODE_EXPIRED', 'PHONE_CODE_EXPIRED', 400],
    ['FLOOD_WAIT_76543', 'FLOOD_WAIT_76543', undefined],
    ['(420) FLOOD_WAIT_30: A wait of 30 seconds is required', 'FLOOD_WAIT_30', 420],
    ['RPCError 401: SESSION_PASSWORD_NEEDED (caused by auth.SignIn)', 'SESSION_PASSWORD_NEEDED', 401],
    ['telethon.errors.PhoneCodeExpiredError: The code has expired', 'PHONE_CODE_EXPIRED', undefined],
    ['FloodWait', 'FLOOD_WAIT_X', undefined],
    ['✖ Telegram lost track of this login. (500 AUTH_RESTART)', 'AUTH_RESTART', 500],
    ['TIMEOUT', 'TIMEOUT', undefined],
    ['400 MOON_PHASE_INVALID', 'MOON_PHASE_INVALID', 400],
  ] as const;
  for (const [text, name, code] of pasted) test(text, () => assert.deepEqual(findName(text, known), { name, code }));

  test('no text without one', () => assert.equal(findName('what is wrong here?', known), undefined));
});

describe('the nearest names', () => {
  test('are those of a typing error, best first', () => {
    assert.equal(nearest('PHONE_CODE_EXPIERD', names())[0], 'PHONE_CODE_EXPIRED');
    assert.equal(nearest('FLOOD_WIAT_X', names())[0], 'FLOOD_WAIT_X');
    assert.deepEqual(nearest('QQQQQQQQQQQQ', names()), []);
  });

  test('of a known name start with the name itself', () => {
    fc.assert(fc.property(fc.constantFrom(...names()), (name) => assert.equal(nearest(name, names())[0], name)));
  });
});

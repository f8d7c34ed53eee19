/** Meaningless or too many addresses and errors: a command ends, but not with an internal error. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { current } from '../../src/tl/layer.ts';
import type { Constructors } from '../../src/tl/types.ts';
import { extremes } from '../extremes.ts';
import { type Lies, lied, PHONE, refuses, type Schema, sound } from './liar.ts';

const OPTION = { _: 'dcOption', id: 3, ip_address: '127.0.0.1', port: 1 } as const;

/** A config with only these addresses. */
const config = (...dc_options: Constructors<Schema>['dcOption'][]): Lies => ({
  'help.getConfig': (truth) =>
    current.codec.encodeAnswer('help.getConfig', {
      ...current.codec.decodeAnswer('help.getConfig', truth),
      dc_options,
    }),
});
const MOVED = refuses('auth.sendCode', 'PHONE_MIGRATE_3', 303);

describe('addresses from the server', () => {
  test('are ignored if they are extreme', async () => {
    for (const { what, value } of extremes(OPTION)) {
      const ended = await lied(`send-code ${PHONE} --timeout 10`, { ...MOVED, ...config(value) });
      sound(ended, what);
      assert.equal(ended.exit, 30, what);
    }
  });

  for (const [kind, option] of [
    ['of one data centre', (i: number) => ({ ...OPTION, ip_address: `127.0.${i >> 8}.${i & 255}` })],
    ['of as many data centres', (i: number) => ({ ...OPTION, id: i })],
    ['that are all the same', () => OPTION],
  ] as const)
    test(`20,000 ${kind}`, async () => {
      const options = Array.from({ length: 20_000 }, (_, i) => option(i));
      sound(await lied(`send-code ${PHONE} --timeout 10`, { ...MOVED, ...config(...options) }), kind);
      sound(await lied('doctor --timeout 10', config(...options)), `doctor, ${kind}`);
    });
});

describe('an extreme error', () => {
  const NUMBERS = ['0', '-1', '99999999', '2147483647', '2147483648', '9007199254740991', '99999999999999999999', 'X'];
  const NAMES = [
    'FLOOD_WAIT',
    'FLOOD_PREMIUM_WAIT',
    '2FA_CONFIRM_WAIT',
    'SOME_NEW_WAIT',
    'PHONE_MIGRATE',
    'USER_MIGRATE',
  ];
  for (const name of NAMES)
    test(`${name}_…`, async () => {
      for (const number of NUMBERS)
        for (const code of [303, 420]) {
          const line = `send-code ${PHONE} --timeout 10 --wait-flood 0`;
          const ended = await lied(line, refuses('auth.sendCode', `${name}_${number}`, code));
          sound(ended, `${code} ${name}_${number}`);
          assert.ok([20, 21, 30].includes(ended.exit), `${code} ${name}_${number}: ${ended.exit}`);
        }
    });

  test('of any code and length', async () => {
    for (const [code, text] of [
      [-(2 ** 31), ''],
      [0, 'x'.repeat(200_000)],
      [2 ** 31 - 1, '\u0000\u001b[2J'],
    ] as const)
      sound(await lied(`cancel-code ${PHONE} --timeout 10`, refuses('auth.cancelCode', text, code)), `${code}`);
  });

  test('a wait that does not fit an int is an invalid answer', async () => {
    const ended = await lied(`send-code ${PHONE}`, refuses('auth.sendCode', 'FLOOD_WAIT_9007199254740991', 420));
    assert.deepEqual([ended.exit, ended.type], [30, 'ANSWER_MALFORMED']);
  });

  test('repeated waits of 0 seconds end', async () => {
    const ended = await lied(
      `send-code ${PHONE} --timeout 0 --wait-flood 1`,
      refuses('auth.sendCode', 'FLOOD_WAIT_0', 420),
    );
    assert.equal(ended.exit, 20);
  });
});

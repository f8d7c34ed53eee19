import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seededRandom } from '../../../src/sandbox/random.ts';
import * as rules from '../../../src/sandbox/rules/codes.ts';
import { TEST_NUMBERS } from '../../../src/sandbox/rules/numbers.ts';
import { Refusal } from '../../../src/sandbox/rules/refusal.ts';
import { createWorld, type Delivery, type Sender } from '../../../src/sandbox/world.ts';

const ANY = () => true;
const device = { api_id: 1, device_model: 'test', system_version: '1', app_version: '1' };

const key = (phone_number: string, phone_code_hash: string) => ({ phone_number, phone_code_hash });

/** A world whose clock the test moves, and a client in it. */
function setUp(dcs = 2) {
  let time = 1_700_000_000_000;
  const said: Delivery[] = [];
  const world = createWorld({
    dcs,
    now: () => time,
    random: seededRandom('a world'),
    deliver: (delivery) => said.push(delivery),
  });
  const me = { world, dc: 2, auth_key_id: 1n, device };
  return {
    me,
    said,
    pass: (seconds: number) => {
      time += seconds * 1000;
    },
    start: (phone: string, sender: Partial<Sender> = {}) => rules.sendCode({ ...me, ...sender }, phone, ANY),
    hash: (phone: string) => rules.sendCode(me, phone, ANY).phone_code_hash,
  };
}

function refuses(act: () => unknown, text: string, code = 400): void {
  assert.throws(act, (error) => {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.code, error.text], [code, text]);
    return true;
  });
}

describe('a code', () => {
  test('is sent by one delivery method after another, until none is left', () => {
    const { me, said, hash } = setUp();
    const code_hash = hash('9996622001');
    assert.match(code_hash, /^[0-9a-f]{18}$/);
    assert.equal(rules.methodOf(rules.resendCode(me, key('9996622001', code_hash))), 'sms');
    assert.equal(rules.methodOf(rules.resendCode(me, key('+9996622001', code_hash))), 'call');
    refuses(() => rules.resendCode(me, key('9996622001', code_hash)), 'SEND_CODE_UNAVAILABLE', 406);
    assert.deepEqual(
      said.map(({ delivery, code }) => [delivery, code]),
      [
        ['app', '22222'],
        ['sms', '22222'],
        ['call', '22222'],
      ],
    );
  });

  test('belongs to the auth key that asked for it', () => {
    const { me, hash } = setUp();
    const code_hash = hash('9996621234');
    for (const ask of [rules.resendCode, rules.sendCall, rules.sendSms, rules.cancelCode])
      refuses(() => ask({ ...me, auth_key_id: 2n }, key('9996621234', code_hash)), 'PHONE_CODE_EXPIRED');
    assert.equal(rules.sendCall(me, key('9996621234', code_hash)), true);
  });

  test('belongs to the number that it was requested for', () => {
    const { me, hash } = setUp();
    const code_hash = hash('9996621234');
    refuses(() => rules.sendCall(me, key('9996621235', code_hash)), 'PHONE_CODE_EXPIRED');
  });

  test('expires after 300 seconds', () => {
    const { me, hash, pass } = setUp();
    const code_hash = hash('9996621234');
    pass(299);
    assert.equal(rules.sendCall(me, key('9996621234', code_hash)), true);
    pass(1);
    refuses(() => rules.sendCall(me, key('9996621234', code_hash)), 'PHONE_CODE_EXPIRED');
  });

  test('can be cancelled once', () => {
    const { me, hash } = setUp();
    const code_hash = hash('9996621234');
    assert.equal(rules.cancelCode(me, key('9996621234', code_hash)), true);
    refuses(() => rules.cancelCode(me, key('9996621234', code_hash)), 'PHONE_CODE_EXPIRED');
  });

  test('is refused with an empty hash as empty, with an unknown one as expired', () => {
    const { me } = setUp();
    refuses(() => rules.sendCall(me, key('9996621234', '')), 'PHONE_CODE_HASH_EMPTY');
    refuses(() => rules.sendCall(me, key('9996621234', 'abc')), 'PHONE_CODE_EXPIRED');
    refuses(() => rules.sendCall(me, key('abc', '')), 'PHONE_NUMBER_INVALID');
  });

  test('has a timeout while there is a next delivery method', () => {
    const { me, start } = setUp();
    const issued = start('9996622002');
    assert.equal(rules.timeoutOf(issued), 60);
    assert.equal(rules.timeoutOf(rules.resendCode(me, key('9996622002', issued.phone_code_hash))), 0);
  });

  test('is random for a number outside the table, on DC 2', () => {
    const { said, start } = setUp();
    start('79991112233');
    start('79991112244');
    const [first, second] = said.map(({ code }) => code);
    assert.match(first ?? '', /^\d{5}$/);
    assert.notEqual(first, second);
    refuses(() => start('79991112233', { dc: 1 }), 'PHONE_MIGRATE_2', 303);
  });

  test('is dropped as the oldest of more than 1000', () => {
    const { me, hash } = setUp();
    const first = hash('9996621234');
    for (let i = 0; i < 1000; i++) hash('9996621234');
    assert.equal(me.world.codes.size, 1000);
    refuses(() => rules.sendCall(me, key('9996621234', first)), 'PHONE_CODE_EXPIRED');
  });

  test('is refused to a client that supports none of the delivery methods', () => {
    const { me } = setUp();
    refuses(() => rules.sendCode(me, '9996622006', (method) => method === 'sms'), 'UPDATE_APP_TO_LOGIN', 406);
  });
});

describe("Telegram's example of a number and its hash", () => {
  const [phone, hash] = ['79991234567', '2dc02d2cda9e615c84'];
  test('always works, for every key on every DC', () => {
    const { me, said, pass } = setUp(3);
    for (const asker of [{}, { dc: 1, auth_key_id: 7n }, { dc: 3, auth_key_id: 9n }])
      assert.equal(rules.sendCall({ ...me, ...asker }, key(phone, hash)), true);
    pass(100_000);
    assert.equal(rules.sendCall(me, key(phone, hash)), true);
    assert.deepEqual(new Set(said.map(({ delivery }) => delivery)), new Set(['call']));
  });
  test('is what sendCode returns, and still works after cancelCode', () => {
    const { me, start } = setUp();
    assert.equal(start(phone).phone_code_hash, hash);
    assert.equal(rules.cancelCode(me, key(phone, hash)), true);
    assert.equal(rules.methodOf(rules.resendCode(me, key(phone, hash))), 'call');
    refuses(() => rules.sendCall(me, key(phone, 'another')), 'PHONE_CODE_EXPIRED');
  });
});

describe('the test number', () => {
  test('with a refusal for everything refuses every request', () => {
    for (const { yyyy, behaviour } of TEST_NUMBERS) {
      const { refusal } = behaviour;
      if (refusal?.of !== 'everything') continue;
      const { me } = setUp();
      const phone = `999662${yyyy}`;
      refuses(() => rules.sendCode(me, phone, ANY), refusal.text, refusal.code);
      for (const ask of [rules.resendCode, rules.sendCall, rules.sendSms, rules.cancelCode])
        refuses(() => ask(me, key(phone, 'some hash')), refusal.text, refusal.code);
    }
  });

  for (const [yyyy, text] of [
    ['9011', 'PHONE_CODE_HASH_EMPTY'],
    ['9012', 'PHONE_CODE_EXPIRED'],
    ['9013', 'PHONE_CODE_INVALID'],
  ] as const)
    test(`${yyyy}: sendCode works, then every hash gets ${text}`, () => {
      const { me, hash } = setUp();
      const phone = `999662${yyyy}`;
      for (const code_hash of [hash(phone), 'any'])
        for (const ask of [rules.resendCode, rules.sendCall, rules.sendSms, rules.cancelCode])
          refuses(() => ask(me, key(phone, code_hash)), text);
    });

  test('9000 and 9001: sendCall is true and false with any hash, and a resend agrees', () => {
    const { me } = setUp();
    assert.equal(rules.sendCall(me, key('9996629000', 'any')), true);
    assert.equal(rules.methodOf(rules.resendCode(me, key('9996629000', 'other'))), 'call');
    assert.equal(rules.sendCall(me, key('9996629001', 'any')), false);
    assert.equal(rules.methodOf(rules.resendCode(me, key('9996629001', 'any'))), 'sms');
  });

  test('9016: no resend, no call, no SMS, but the code can be cancelled', () => {
    const { me, hash } = setUp();
    const code_hash = hash('9996629016');
    for (const ask of [rules.resendCode, rules.sendCall, rules.sendSms])
      refuses(() => ask(me, key('9996629016', code_hash)), 'SEND_CODE_UNAVAILABLE', 406);
    assert.equal(rules.cancelCode(me, key('9996629016', code_hash)), true);
  });

  test('2012: a code in the app only', () => {
    const { me, hash } = setUp();
    const code_hash = hash('9996622012');
    assert.equal(rules.sendCall(me, key('9996622012', code_hash)), false);
    refuses(() => rules.resendCode(me, key('9996622012', code_hash)), 'SEND_CODE_UNAVAILABLE', 406);
  });

  test('2014: the timeout is enforced', () => {
    const { me, hash, pass } = setUp();
    const code_hash = hash('9996622014');
    refuses(() => rules.sendCall(me, key('9996622014', code_hash)), 'FLOOD_WAIT_3', 420);
    pass(1.5);
    refuses(() => rules.resendCode(me, key('9996622014', code_hash)), 'FLOOD_WAIT_2', 420);
    pass(1.5);
    assert.equal(rules.sendCall(me, key('9996622014', code_hash)), true);
  });

  test('2015: each resend returns a new hash and voids the old one', () => {
    const { me, hash } = setUp();
    const first = hash('9996622015');
    const second = rules.resendCode(me, key('9996622015', first)).phone_code_hash;
    assert.notEqual(second, first);
    refuses(() => rules.resendCode(me, key('9996622015', first)), 'PHONE_CODE_EXPIRED');
    assert.equal(rules.methodOf(rules.resendCode(me, key('9996622015', second))), 'sms');
  });

  test('2016: auth.sendCall is unknown, auth.resendCode works', () => {
    const { me, hash } = setUp();
    const code_hash = hash('9996622016');
    refuses(() => rules.sendCall(me, key('9996622016', code_hash)), 'INPUT_METHOD_INVALID_63247716_0');
    assert.equal(rules.methodOf(rules.resendCode(me, key('9996622016', code_hash))), 'call');
  });

  test('9112: the code expires after three seconds', () => {
    const { me, hash, pass } = setUp();
    const code_hash = hash('9996629112');
    assert.equal(rules.sendCall(me, key('9996629112', code_hash)), true);
    pass(3);
    refuses(() => rules.sendCall(me, key('9996629112', code_hash)), 'PHONE_CODE_EXPIRED');
  });

  for (const [yyyy, seconds] of [
    ['9020', 3],
    ['9120', 76543],
  ] as const)
    test(`${yyyy}: each request works ${seconds} seconds after the first try`, () => {
      const { me, pass } = setUp();
      const call = () => rules.sendCall(me, key(`999662${yyyy}`, 'any'));
      refuses(call, `FLOOD_WAIT_${seconds}`, 420);
      pass(1);
      refuses(call, `FLOOD_WAIT_${seconds - 1}`, 420);
      pass(seconds - 1);
      assert.equal(call(), true);
      refuses(call, `FLOOD_WAIT_${seconds}`, 420);
    });

  test('9500: AUTH_RESTART, once for each auth key', () => {
    const { start } = setUp();
    const other = { auth_key_id: 2n };
    for (const asker of [{}, other]) {
      refuses(() => start('9996629500', asker), 'AUTH_RESTART', 500);
      assert.equal(rules.methodOf(start('9996629500', asker)), 'app');
    }
  });

  test('9303 is on the DC after X; 9333 is on none', () => {
    const { start } = setUp(3);
    const at = (dc: number) => ({ dc });
    refuses(() => start('9996629303', at(2)), 'PHONE_MIGRATE_3', 303);
    assert.equal(rules.methodOf(start('9996629303', at(3))), 'app');
    for (const [dc, next] of [
      [1, 2],
      [2, 3],
      [3, 1],
    ] as const)
      refuses(() => start('9996629333', at(dc)), `PHONE_MIGRATE_${next}`, 303);
  });

  test('of another DC: every request names that DC', () => {
    const { me, start } = setUp();
    refuses(() => start('9996611234'), 'PHONE_MIGRATE_1', 303);
    refuses(() => rules.sendCall(me, key('9996611234', 'any')), 'PHONE_MIGRATE_1', 303);
    refuses(() => rules.checkPhone(me, '9996611234'), 'PHONE_MIGRATE_1', 303);
  });

  test('1001 is not registered; others are', () => {
    const { me } = setUp();
    assert.equal(rules.checkPhone(me, '9996621001'), false);
    assert.equal(rules.checkPhone(me, '9996621234'), true);
  });

  test('of each row answers the same twice with the same seed', () => {
    const answers = () =>
      TEST_NUMBERS.map(({ yyyy }) => {
        const { start, said } = setUp();
        try {
          const issued = start(`999662${yyyy === 'others' ? '1234' : yyyy}`);
          return [issued.phone_code_hash, rules.methodOf(issued), said.map(({ text }) => text)];
        } catch (error) {
          return error instanceof Refusal ? error.text : assert.fail(String(error));
        }
      });
    assert.deepEqual(answers(), answers());
  });
});

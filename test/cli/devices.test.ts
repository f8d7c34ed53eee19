/** `devices` and its commands, against a server that answers what the test wants. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Constructors } from '../../src/tl/types.ts';
import { type Lies, lied, refuses, type Schema, says } from './liar.ts';

type Authorization = Constructors<Schema>['authorization'];

const DEVICE: Authorization = {
  _: 'authorization',
  hash: 5n,
  device_model: ' Pixel  8 ',
  platform: '',
  system_version: '14',
  api_id: 1,
  app_name: 'Telegram',
  app_version: '',
  date_created: 1,
  date_active: 1,
  ip: '',
  country: '',
  region: '',
};
const OWN: Authorization = { ...DEVICE, current: true, hash: 0n, device_model: 'tg-auth' };
const PIXEL = 'Pixel 8, Telegram \\(active 1970-01-01 00:00\\)';

function lists(...authorizations: Authorization[]): Lies {
  const answer = { _: 'account.authorizations', authorization_ttl_days: 180, authorizations } as const;
  return says('account.getAuthorizations', answer);
}

const ACCEPTS: Lies = {
  ...says('account.resetAuthorization', true),
  ...says('account.changeAuthorizationSettings', true),
};

describe('the table of devices', () => {
  test('has no doubled blanks where a field is empty', async () => {
    const { said } = await lied('devices', lists(DEVICE, { ...DEVICE, device_model: '' }));
    assert.match(said, /^1 {4}5 {5}1970-01-01 00:00 {2}Telegram {2}Pixel 8, 14 {2}-$/m);
    assert.match(said, /^2 {4}5 {5}1970-01-01 00:00 {2}Telegram {2}14 {11}-$/m);
    const accepted = await lied('devices accept tg://login?token=AAAA --yes', says('auth.acceptLoginToken', DEVICE));
    assert.match(accepted.said, /✔ Signed in: Pixel 8, Telegram\.$/m);
    const nameless = { ...DEVICE, device_model: '', app_name: '' };
    const ended = await lied('devices terminate 1 --yes', { ...ACCEPTS, ...lists(nameless) });
    assert.match(ended.said, /✔ Signed out - \(active 1970-01-01 00:00\)\.$/m);
  });

  test('shows what is unconfirmed, and what can be done about it', async () => {
    const { said } = await lied(
      'devices',
      lists({ ...OWN, unconfirmed: true }, { ...DEVICE, hash: -7n, unconfirmed: true }, { ...DEVICE, hash: 77_777n }),
    );
    assert.match(said, /^1 {4}0 {6}this session, unconfirmed {6}Telegram/m);
    assert.match(said, /^2 {4}-7 {5}1970-01-01 00:00, unconfirmed {2}Telegram/m);
    assert.match(said, /^3 {4}77777 {2}1970-01-01 00:00 {15}Telegram/m);
    assert.match(
      said,
      /! Row 1 is unconfirmed: tg-auth, .*\n {2}Confirm it on another device of the account\.\n! Row 2/,
    );
    assert.match(
      said,
      new RegExp(`! Row 2 is unconfirmed: ${PIXEL}\\.\\n.*confirm it: {2}tg-auth devices confirm -7\\n`),
    );
    assert.match(said, /If not, sign it out: {2}tg-auth devices terminate -7\n/);
    assert.doesNotMatch(said, /Row 3/);
  });
});

for (const [command, done, method] of [
  ['terminate', 'Signed out', 'account.resetAuthorization'],
  ['confirm', 'Confirmed', 'account.changeAuthorizationSettings'],
] as const)
  describe(`devices ${command}`, () => {
    const on = (device: string | number, lies: Lies) => lied(`devices ${command} ${device} --yes`, lies);

    test('takes a row or a hash, and says which device it was', async () => {
      const hash = 1_234_567_890_123_456_789n;
      const list = { ...ACCEPTS, ...lists(OWN, { ...DEVICE, hash }, { ...DEVICE, hash: -12n, device_model: 'Mac' }) };
      for (const device of [2, hash])
        assert.match((await on(`${device}`, list)).said, new RegExp(`✔ ${done} ${PIXEL}\\.\\ntrue\\n$`));
      assert.match((await on('-12', list)).said, new RegExp(`✔ ${done} Mac, Telegram `));
      const small = { ...ACCEPTS, ...lists(OWN, { ...DEVICE, hash: 9n }) };
      assert.match((await on(9, small)).said, new RegExp(`✔ ${done} ${PIXEL}\\.`));
      const both = { ...ACCEPTS, ...lists(OWN, { ...DEVICE, hash: 2n }) };
      assert.match((await on(2, both)).said, new RegExp(`✔ ${done} ${PIXEL}\\.`));
    });

    test('refuses a number that is a row and the hash of another device', async () => {
      const { exit, said } = await on(2, { ...ACCEPTS, ...lists(OWN, DEVICE, { ...DEVICE, hash: 2n }) });
      assert.equal(exit, 2);
      assert.match(
        said,
        new RegExp(`✖ 2 is a row, and the hash of another device\\.\\n {2}Row 2: ${PIXEL}\\.\\n {2}Hash 2:`),
      );
    });

    test('refuses a row that does not exist, and this session', async () => {
      const one = await on(2, { ...ACCEPTS, ...lists(OWN) });
      assert.deepEqual([one.exit, /There is no row 2: the account has 1 device\./.test(one.said)], [2, true]);
      const two = await on(3, { ...ACCEPTS, ...lists(OWN, DEVICE) });
      assert.deepEqual([two.exit, /There is no row 3: the account has 2 devices\./.test(two.said)], [2, true]);
      const advice = command === 'terminate' ? /Sign it out: {2}tg-auth logout/ : /Only another device of the account/;
      for (const [device, name] of [
        [1, 'Row 1'],
        [0, 'Hash 0'],
      ] as const) {
        const { exit, said } = await on(device, { ...ACCEPTS, ...lists(OWN, DEVICE) });
        assert.equal(exit, 2, said);
        assert.ok(said.includes(`✖ ${name} is this session.`) && advice.test(said), said);
      }
    });

    test('leaves a hash that is not in the list to the server', async () => {
      const ended = await on(77_777, { ...lists(OWN), ...refuses(method, 'HASH_INVALID') });
      assert.deepEqual([ended.exit, ended.type], [21, 'HASH_INVALID']);
    });

    test('refuses what is no number, before it asks anything', async () => {
      for (const device of ['first', '1.5', '99999999999999999999', '0x10', '9223372036854775808']) {
        const { exit, said } = await on(device, lists(OWN, DEVICE));
        assert.deepEqual([exit, said.includes('→')], [2, false], said);
      }
    });

    test('wants --yes without a terminal, and then names the hash: a row can change', async () => {
      const { exit, said } = await lied(`devices ${command} 2`, lists(OWN, DEVICE));
      assert.equal(exit, 2);
      const step = `  Confirm it:  tg-auth devices ${command} ${DEVICE.hash} --yes\n`;
      assert.match(said, /^✖ Confirmation required: .*\n {2}To confirm, pass --yes\.\n/m);
      assert.ok(said.endsWith(step), said);
    });

    test('shows no control characters of a device', async () => {
      const hostile = { ...DEVICE, device_model: 'Pixel\u001b[2J\u202e' };
      const { said } = await on(1, { ...ACCEPTS, ...lists(hostile) });
      assert.match(said, /✔ (Signed out|Confirmed) Pixel/);
      assert.ok(!said.includes('\u001b') && !said.includes('\u202e'));
    });
  });

describe('devices ttl', () => {
  test('prints the days, or sets them', async () => {
    assert.match((await lied('devices ttl', lists(OWN))).said, /\n180\n$/);
    const set = await lied('devices ttl 1', says('account.setAuthorizationTTL', true));
    assert.match(set.said, /✔ Telegram will sign a device out after 1 day without use\.\ntrue\n$/);
  });

  test('refuses other numbers than 1 to 366, before it asks anything', async () => {
    for (const days of ['0', '367', '-1', '1.5', '1e2', 'week', '٣٠']) {
      const { exit, said } = await lied(`devices ttl ${days}`, {});
      assert.deepEqual([exit, said.includes('→')], [2, false], said);
    }
  });

  test('reports the refusals of the server', async () => {
    const days = await lied('devices ttl 366', refuses('account.setAuthorizationTTL', 'TTL_DAYS_INVALID'));
    assert.deepEqual([days.exit, /It allows 1 to 366\./.test(days.said)], [21, true]);
    const fresh = refuses('account.setAuthorizationTTL', 'FRESH_RESET_AUTHORISATION_FORBIDDEN', 406);
    assert.equal((await lied('devices ttl 7', fresh)).exit, 20);
  });
});

test('a session that is not signed in is refused', async () => {
  for (const command of ['devices', 'devices ttl', 'devices ttl 9', 'devices confirm 1 --yes', 'whoami --check'])
    for (const session of ['default', 'new']) {
      const { exit, type } = await lied(`${command} --session ${session}`, {});
      assert.deepEqual([exit, type], [15, 'AUTH_KEY_UNREGISTERED'], `${command}, ${session}`);
    }
});

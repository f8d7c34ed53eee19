/** `whoami --check`, against a server that answers what the test wants. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Constructors, Types } from '../../src/tl/types.ts';
import { type Lies, lied, refuses, type Schema, says } from './liar.ts';

const ADA = { _: 'user', id: 7n, first_name: 'Ada' } as const;

function user(more: Partial<Constructors<Schema>['user']> = {}): Lies {
  return says('users.getUsers', [{ ...ADA, ...more }]);
}

function config(fields: Readonly<Record<string, Types<Schema>['JSONValue']>>): Lies {
  const value = Object.entries(fields).map(([key, value]) => ({ _: 'jsonObjectValue', key, value }) as const);
  return says('help.getAppConfig', { _: 'help.appConfig', hash: 1, config: { _: 'jsonObject', value } });
}

const number = (value: number) => ({ _: 'jsonNumber', value }) as const;

/** The line on stdout, and everything else that the command says. */
async function check(lies: Lies): Promise<{ readonly line: string; readonly said: string }> {
  const { exit, said } = await lied('whoami --check', lies);
  assert.equal(exit, 0, said);
  const lines = said.trimEnd().split('\n');
  return { line: lines.at(-1) ?? '', said };
}

describe('whoami --check', () => {
  test('says that an account has no limits, and what no client can find out', async () => {
    const { line, said } = await check({ ...user(), ...config({ freeze_since_date: number(0) }) });
    assert.equal(line, '7\tAda\t\tok');
    assert.match(said, /✔ Telegram reports no limits on this account\./);
    assert.match(said, /messages to strangers/);
  });

  test('shows why an account is limited, without control characters', async () => {
    const restriction_reason = [
      { _: 'restrictionReason', platform: 'all', reason: 'terms', text: 'Spam.\u001b[2J' },
      { _: 'restrictionReason', platform: 'ios', reason: 'copyright', text: 'A film.' },
      { _: 'restrictionReason', platform: 'android', reason: 'porn', text: '' },
    ] as const;
    const { line, said } = await check({
      ...user({ restricted: true, restriction_reason: [...restriction_reason] }),
      ...config({}),
    });
    assert.equal(line, '7\tAda\t\tlimited');
    assert.match(
      said,
      /! Telegram has limited this account\.\n {2}Spam\.\S*\n {2}A film\. \(in apps for ios\)\n {2}porn \(in apps for android\)\n/,
    );
    assert.ok(!said.includes('\u001b'));
  });

  test('says since when an account is frozen, and where to appeal', async () => {
    const { line, said } = await check({
      ...user(),
      ...config({
        freeze_since_date: number(86_400),
        freeze_until_date: number(2 * 86_400),
        freeze_appeal_url: { _: 'jsonString', value: 'https://t.me/spambot\u202e' },
      }),
    });
    assert.equal(line, '7\tAda\t\tfrozen');
    assert.match(said, /! Telegram froze this account on 1970-01-02 00:00: it is read-only\./);
    assert.match(said, /deletes it after 1970-01-03 00:00/);
    assert.match(said, /Appeal: {2}https:\/\/t\.me\/spambot/);
    assert.ok(!said.includes('\u202e'));
  });

  test('takes a refusal for what it says', async () => {
    const frozen = await check({ ...user(), ...refuses('help.getAppConfig', 'FROZEN_METHOD_INVALID', 406) });
    assert.equal(frozen.line, '7\tAda\t\tfrozen');
    assert.match(frozen.said, /Telegram froze this account: it is read-only\./);
    const deleted = await lied('whoami --check', refuses('users.getUsers', 'USER_DEACTIVATED', 401));
    assert.deepEqual([deleted.exit, deleted.type], [15, 'USER_DEACTIVATED']);
    const other = await lied('whoami --check', { ...user(), ...refuses('help.getAppConfig', 'MOON_PHASE_INVALID') });
    assert.deepEqual([other.exit, other.type], [21, 'MOON_PHASE_INVALID']);
  });

  test('says what it does not know: of a bot, and of a configuration that was not sent', async () => {
    const bot = await check(user({ bot: true, bot_info_version: 1, restricted: true, restriction_reason: [] }));
    assert.equal(bot.line, '7\tAda\t\tlimited');
    assert.match(bot.said, /does not tell bots whether they are frozen/);
    assert.doesNotMatch(bot.said, /strangers/);
    const silent = await check({ ...user(), ...says('help.getAppConfig', { _: 'help.appConfigNotModified' }) });
    assert.equal(silent.line, '7\tAda\t\tok');
    assert.match(silent.said, /did not say whether this account is frozen/);
  });

  test('names a deleted account first', async () => {
    const { line, said } = await check({
      ...user({ deleted: true, restricted: true, restriction_reason: [] }),
      ...config({ freeze_since_date: number(1) }),
    });
    assert.equal(line, '7\tAda\t\tdeleted');
    assert.match(said, /! This account is deleted\./);
  });
});

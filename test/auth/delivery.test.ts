import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { CodeSent, Delivery } from '../../src/auth/code.ts';
import { callOutlook, describeDelivery } from '../../src/auth/delivery.ts';

const phone = '79991234567';
const rest = { kind: 'sent', phone_code_hash: 'secret-hash' } as const;
const words = (sent: CodeSent) => describeDelivery(sent, phone).join('\n');
const sent = (delivery: Delivery, more: Partial<Pick<CodeSent, 'next_type' | 'timeout'>> = {}): CodeSent => ({
  ...rest,
  ...delivery,
  ...more,
});

const ways: [Delivery, RegExp][] = [
  [{ type: 'app', length: 5 }, /message from Telegram.*\n.*void at once/],
  [{ type: 'sms', length: 5 }, /sent the code \(5 characters\) to \+79991234567 by SMS/],
  [{ type: 'call', length: 5 }, /is calling \+79991234567: a voice reads out the code/],
  [{ type: 'flashCall', pattern: '7999*' }, /Do not answer.*looks like 7999\*/],
  [{ type: 'missedCall', prefix: '7999', length: 4 }, /Do not answer.*begins with 7999.*last 4 digits/],
  [{ type: 'emailCode', email_pattern: 's***@e.com', length: 6 }, /by e-mail to s\*\*\*@e\.com/],
  [{ type: 'setUpEmailRequired' }, /^No code was sent: Telegram wants an e-mail address/],
  [{ type: 'fragmentSms', url: 'https://fragment.com/n', length: 5 }, /shown at https:\/\/fragment\.com\/n/],
  [{ type: 'firebaseSms', length: 5 }, /only its own apps can set off/],
  [{ type: 'smsWord', beginning: 'san' }, /SMS.*a word that begins with "san"\./],
  [{ type: 'smsPhrase', beginning: undefined }, /SMS.*a phrase\./],
];

suite('where the code went', () => {
  for (const [delivery, expected] of ways)
    test(delivery.type, () => {
      const text = words(sent(delivery));
      assert.match(text, expected);
      assert.doesNotMatch(text, /undefined|secret-hash/);
      if (!/sms/i.test(delivery.type)) assert.doesNotMatch(text, /by SMS|sent an SMS/);
    });
});

suite('what comes next', () => {
  const app: Delivery = { type: 'app', length: 5 };
  const nexts: [Partial<CodeSent>, RegExp][] = [
    [{ next_type: 'call', timeout: 60 }, /a voice call is next, in 60 seconds: {2}tg-auth send-call \+79991234567$/],
    [{ next_type: 'call' }, /a voice call is next: {2}tg-auth send-call \+79991234567$/],
    [{ next_type: 'sms', timeout: 0 }, /an SMS is next: {2}tg-auth resend-code \+79991234567$/],
    [{ next_type: 'flashCall' }, /a call whose number is the code is next: {2}tg-auth resend-code/],
    [{ next_type: 'missedCall' }, /a missed call.* is next: {2}tg-auth resend-code/],
    [{ next_type: 'fragmentSms' }, /fragment\.com is next: {2}tg-auth resend-code/],
    [{ timeout: 60 }, /no other way for this code: neither a call nor an SMS is likely to follow\.$/],
  ];
  for (const [more, expected] of nexts)
    test(JSON.stringify(more), () => assert.match(words(sent(app, more)), expected));

  test('is not told where no code was sent', () => {
    assert.equal(describeDelivery(sent({ type: 'setUpEmailRequired' }), phone).length, 1);
  });
});

test('the outlook for a call follows from what was announced', () => {
  assert.equal(callOutlook('call'), undefined);
  assert.match(callOutlook('sms') ?? '', /another way than a call.*unlikely.*all the same/);
  assert.match(callOutlook(undefined) ?? '', /no other way.*unlikely.*all the same/);
});

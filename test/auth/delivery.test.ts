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

const deliveries: [Delivery, RegExp][] = [
  [{ type: 'app', length: 5 }, /to your signed-in Telegram apps\.\nEnter it only here\./],
  [{ type: 'sms', length: 5 }, /sent the code \(5 digits\) to \+79991234567 by SMS/],
  [{ type: 'call', length: 5 }, /is calling \+79991234567\. A voice will read out the code/],
  [{ type: 'flashCall', pattern: '7999*' }, /Do not answer.*looks like 7999\*/],
  [{ type: 'missedCall', prefix: '7999', length: 4 }, /Do not answer.*begins with 7999.*last 4 digits/],
  [{ type: 'emailCode', email_pattern: 's***@e.com', length: 6 }, /to the e-mail address s\*\*\*@e\.com/],
  [{ type: 'setUpEmailRequired' }, /^Telegram sent no code: this account needs a login e-mail address/],
  [{ type: 'fragmentSms', url: 'https://fragment.com/n', length: 5 }, /shown at https:\/\/fragment\.com\/n/],
  [{ type: 'firebaseSms', length: 5 }, /only Telegram's own apps can request/],
  [{ type: 'smsWord', beginning: 'san' }, /SMS.*a word that begins with "san"\./],
  [{ type: 'smsPhrase', beginning: undefined }, /SMS.*a phrase\./],
];

suite('where the code was sent', () => {
  for (const [delivery, expected] of deliveries)
    test(delivery.type, () => {
      const text = words(sent(delivery));
      assert.match(text, expected);
      assert.doesNotMatch(text, /undefined|secret-hash/);
      if (!/sms/i.test(delivery.type)) assert.doesNotMatch(text, /by SMS|sent an SMS/);
    });
});

suite('the next delivery method', () => {
  const app: Delivery = { type: 'app', length: 5 };
  const nexts: [Partial<CodeSent>, RegExp][] = [
    [{ next_type: 'call', timeout: 60 }, /ask for a voice call in 60 seconds: {2}tg-auth send-call \+79991234567$/],
    [{ next_type: 'call' }, /ask for a voice call: {2}tg-auth send-call \+79991234567$/],
    [{ next_type: 'sms', timeout: 0 }, /ask for an SMS: {2}tg-auth resend-code \+79991234567$/],
    [{ next_type: 'flashCall' }, /a call from a number that is the code: {2}tg-auth resend-code/],
    [{ next_type: 'missedCall' }, /a missed call.*: {2}tg-auth resend-code/],
    [{ next_type: 'fragmentSms' }, /fragment\.com: {2}tg-auth resend-code/],
    [{ timeout: 60 }, /\nNo other delivery method is available for this code\.$/],
  ];
  for (const [more, expected] of nexts)
    test(JSON.stringify(more), () => assert.match(words(sent(app, more)), expected));

  test('is not described if no code was sent', () => {
    assert.equal(describeDelivery(sent({ type: 'setUpEmailRequired' }), phone).length, 1);
  });
});

test('the outlook for a call depends on the announced delivery method', () => {
  assert.equal(callOutlook('call'), undefined);
  assert.match(callOutlook('sms') ?? '', /other than a call.*unlikely.*still sent/);
  assert.match(callOutlook(undefined) ?? '', /no other delivery method.*unlikely.*still sent/);
});

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
  [
    { type: 'app', length: 5 },
    /^Telegram sent the code \(5 characters\) to your signed-in Telegram apps\.\nEnter it only here\..*stop working at once/,
  ],
  [{ type: 'sms', length: 5 }, /sent the code \(5 characters\) to \+79991234567 by SMS/],
  [{ type: 'call', length: 5 }, /^Telegram is calling \+79991234567\. A voice will read out the code/],
  [{ type: 'flashCall', pattern: '7999*' }, /Do not answer.*looks like 7999\*/],
  [{ type: 'missedCall', prefix: '7999', length: 4 }, /Do not answer.*begins with 7999.*last 4 digits/],
  [{ type: 'emailCode', email_pattern: 's***@e.com', length: 6 }, /by e-mail to s\*\*\*@e\.com/],
  [{ type: 'setUpEmailRequired' }, /^No code was sent: this account needs a login e-mail address/],
  [
    { type: 'fragmentSms', url: 'https://fragment.com/n', length: 5 },
    /code \(5 characters\) at https:\/\/fragment\.com\/n/,
  ],
  [{ type: 'firebaseSms', length: 5 }, /only its own apps can request/],
  [{ type: 'smsWord', beginning: 'san' }, /SMS.*a word that begins with "san"\./],
  [{ type: 'smsPhrase', beginning: undefined }, /SMS.*a phrase\./],
];

suite('where the code went', () => {
  for (const [delivery, expected] of deliveries)
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
    [
      { next_type: 'call', timeout: 60 },
      /^No code\? You can ask for a voice call in 60 seconds: {2}tg-auth send-call \+79991234567$/m,
    ],
    [{ next_type: 'call' }, /ask for a voice call: {2}tg-auth send-call \+79991234567$/],
    [{ next_type: 'sms', timeout: 0 }, /ask for an SMS: {2}tg-auth resend-code \+79991234567$/],
    [{ next_type: 'flashCall' }, /ask for a call from a number that is the code: {2}tg-auth resend-code/],
    [{ next_type: 'missedCall' }, /ask for a missed call.*: {2}tg-auth resend-code/],
    [{ next_type: 'fragmentSms' }, /fragment\.com: {2}tg-auth resend-code/],
    [{ timeout: 60 }, /no other delivery method for this code\. A call or an SMS is unlikely\.$/],
  ];
  for (const [more, expected] of nexts)
    test(JSON.stringify(more), () => assert.match(words(sent(app, more)), expected));

  test('is left out if no code was sent', () => {
    assert.equal(describeDelivery(sent({ type: 'setUpEmailRequired' }), phone).length, 1);
  });
});

test('a call that Telegram did not announce is called unlikely', () => {
  assert.equal(callOutlook('call'), undefined);
  assert.match(callOutlook('sms') ?? '', /unlikely.*different delivery method.*anyway/);
  assert.match(callOutlook(undefined) ?? '', /unlikely.*no other delivery method.*anyway/);
});

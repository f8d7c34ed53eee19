import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseBotToken, signInBot } from '../../src/auth/bot.ts';
import { signIn, signUp } from '../../src/auth/sign-in.ts';
import { nameOf } from '../../src/auth/user.ts';
import { UsageError } from '../../src/errors.ts';
import { current } from '../../src/tl/layer.ts';
import { ADA, ada, answer, bool, fake, refusal, SIGNED_IN } from './fake.ts';

const issued = { phone: '79991234567', phone_code_hash: 'h1' };
const entered = { ...issued, code: '12345' };
const wire = { phone_number: '79991234567', phone_code_hash: 'h1' };
const TERMS = {
  _: 'help.termsOfService',
  id: { _: 'dataJSON', data: '{"a":1}' },
  text: 'Be kind.',
  entities: [],
} as const;

suite('signIn', () => {
  test('sends the code at the current layer and returns the account', async () => {
    const caller = fake(answer('auth.signIn', SIGNED_IN));
    assert.deepEqual(await signIn(caller, entered), { kind: 'signedIn', user: ada });
    assert.deepEqual(caller.asked, [
      { layer: current.number, method: 'auth.signIn', params: { ...wire, phone_code: '12345' } },
    ]);
  });

  test('marks a code that came by e-mail', async () => {
    const caller = fake(answer('auth.signIn', SIGNED_IN));
    await signIn(caller, { ...entered, byEmail: true });
    const email_verification = { _: 'emailVerificationCode', code: '12345' };
    assert.deepEqual(caller.asked[0]?.params, { ...wire, email_verification });
  });

  test('may need a password, or a new account', async () => {
    const password = fake(refusal(401, 'SESSION_PASSWORD_NEEDED', 'auth.signIn'));
    assert.deepEqual(await signIn(password, entered), { kind: 'passwordNeeded' });

    const signUpNeeded = (more: object) =>
      signIn(fake(answer('auth.signIn', { _: 'auth.authorizationSignUpRequired', ...more })), entered);
    assert.deepEqual(await signUpNeeded({}), { kind: 'signUpNeeded' });
    const terms = { id: '{"a":1}', text: 'Be kind.', min_age: 16 };
    const asked = await signUpNeeded({ terms_of_service: { ...TERMS, min_age_confirm: 16 } });
    assert.deepEqual(asked, { kind: 'signUpNeeded', terms });
  });

  test('throws every other error', async () => {
    const wrong = refusal(400, 'PHONE_CODE_INVALID', 'auth.signIn');
    await assert.rejects(signIn(fake(wrong), entered), wrong);
  });
});

suite('signUp', () => {
  const account = { ...issued, first_name: 'Ada', last_name: '' };

  test('makes the account, then accepts the terms', async () => {
    const caller = fake(answer('auth.signUp', SIGNED_IN), bool(true));
    assert.deepEqual(await signUp(caller, { ...account, terms: { id: 'T', text: 'Be kind.' } }), ada);
    assert.deepEqual(
      caller.asked.map(({ method, params }) => [method, params]),
      [
        ['auth.signUp', { ...wire, first_name: 'Ada', last_name: '' }],
        ['help.acceptTermsOfService', { id: { _: 'dataJSON', data: 'T' } }],
      ],
    );
  });

  test('accepts nothing without terms', async () => {
    const caller = fake(answer('auth.signUp', SIGNED_IN));
    await signUp(caller, account);
    assert.equal(caller.asked.length, 1);
  });
});

suite('a bot', () => {
  const token = `123456789:${'a'.repeat(35)}`;

  test('signs in with its token', async () => {
    const bot = {
      _: 'user',
      id: 123456789n,
      bot: true,
      bot_info_version: 1,
      first_name: 'B',
      username: 'b_bot',
    } as const;
    const caller = fake(answer('auth.importBotAuthorization', { _: 'auth.authorization', user: bot }));
    const user = await signInBot(caller, { api_id: 1, api_hash: 'a', token });
    assert.deepEqual(user, { id: 123456789n, bot: true, first_name: 'B', username: 'b_bot' });
    const params = { flags: 0, api_id: 1, api_hash: 'a', bot_auth_token: token };
    assert.deepEqual(caller.asked, [
      { layer: current.number, method: 'auth.importBotAuthorization', params, startsAnew: true },
    ]);
  });

  test('must have a valid token, which no error quotes', () => {
    assert.equal(parseBotToken(` ${token}\n`), token);
    for (const text of ['', '123', `x:${'a'.repeat(35)}`, `123456789:${'a'.repeat(12)}`, `${token}!`])
      assert.throws(
        () => parseBotToken(text),
        (error) => error instanceof UsageError && (text === '' || !error.message.includes(text)),
      );
  });
});

test('a name has the first active username', async () => {
  const usernames = [
    { _: 'username' as const, username: 'old' },
    { _: 'username' as const, username: 'ada', active: true as const },
  ];
  const result = await signIn(fake(answer('auth.signIn', { ...SIGNED_IN, user: { ...ADA, usernames } })), entered);
  assert.equal(result.kind === 'signedIn' && nameOf(result.user), 'Ada (@ada)');
  assert.equal(nameOf({ id: 5n, bot: false }), 'user 5');
  assert.equal(nameOf({ id: 5n, bot: false, first_name: 'Ada ', last_name: ' Lovelace' }), 'Ada Lovelace');
});

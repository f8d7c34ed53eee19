/** The client's password check against the server's half of SRP. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { checkPassword, passwordQuestion } from '../../src/auth/password.ts';
import { recoverPassword, requestRecovery } from '../../src/auth/two-step/recovery.ts';
import { KNOWN_PRIME } from '../../src/crypto/dh.ts';
import {
  type PasswordKdf,
  passwordKeySync,
  passwordVerifier,
  type SrpChallenge,
  srpAccepts,
  srpChallenge,
} from '../../src/crypto/srp.ts';
import { SecurityError } from '../../src/errors.ts';
import { current } from '../../src/tl/layer.ts';
import type { currentText } from '../../src/tl/schema/current.ts';
import type { Answers } from '../../src/tl/types.ts';
import { ada, answer, fake, refusal, SIGNED_IN } from './fake.ts';

const random = (length: number) => new Uint8Array(randomBytes(length));
const ALGO = 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow' as const;
const KDF: PasswordKdf = { salt1: random(8), salt2: random(16), g: 3, p: KNOWN_PRIME };
const V = passwordVerifier(KDF, passwordKeySync(KDF, ' sesame '));

type Question = Answers<typeof currentText>['account.getPassword'];

function question(challenge: SrpChallenge, srp_id: bigint, more: Partial<Question> = {}): Uint8Array {
  return answer('account.getPassword', {
    _: 'account.password',
    has_password: true,
    has_recovery: true,
    current_algo: { _: ALGO, ...KDF },
    srp_B: challenge.srp_B,
    srp_id,
    hint: 'open',
    new_algo: { _: ALGO, ...KDF },
    new_secure_algo: { _: 'securePasswordKdfAlgoUnknown' },
    secure_random: new Uint8Array(),
    ...more,
  });
}

/** The parameters of a call of auth.checkPassword. */
function proofIn(body: Uint8Array | undefined) {
  const call = current.codec.decodeCall(body ?? new Uint8Array());
  assert.equal(call._, 'auth.checkPassword');
  return call.password;
}

const [first, second] = [srpChallenge(KDF, V, random), srpChallenge(KDF, V, random)];
const signedIn = answer('auth.checkPassword', SIGNED_IN);
const stale = refusal(400, 'SRP_ID_INVALID', 'auth.checkPassword');

suite('checkPassword', () => {
  test('proves the password, spaces included, without sending it', async () => {
    const caller = fake(question(first, 11n), signedIn);
    assert.deepEqual(await checkPassword(caller, { password: ' sesame ', random }), ada);
    const proof = proofIn(caller.bodies[1]);
    assert.ok(proof._ === 'inputCheckPasswordSRP');
    assert.equal(proof.srp_id, 11n);
    assert.equal(srpAccepts(KDF, V, first, proof), true);
  });

  test('uses an earlier challenge, and a new one once if that has expired', async () => {
    const before = await passwordQuestion(fake(question(first, 11n)));
    assert.equal(before.hint, 'open');
    const caller = fake(stale, question(second, 12n), signedIn);
    assert.deepEqual(await checkPassword(caller, { password: ' sesame ', random, question: before }), ada);
    const proof = proofIn(caller.bodies[2]);
    assert.ok(proof._ === 'inputCheckPasswordSRP' && proof.srp_id === 12n);
    assert.equal(srpAccepts(KDF, V, second, proof), true);
    const again = fake(question(first, 1n), stale, question(second, 2n), stale);
    await assert.rejects(checkPassword(again, { password: 'x', random }), stale);
    assert.equal(again.asked.length, 4);
  });

  test('throws at once for a wrong password', async () => {
    const wrong = refusal(400, 'PASSWORD_HASH_INVALID', 'auth.checkPassword');
    const caller = fake(question(first, 1n), wrong);
    await assert.rejects(checkPassword(caller, { password: 'sesame', random }), wrong);
    assert.equal(caller.asked.length, 2);
  });

  test('calls the chosen data centre', async () => {
    const caller = fake(question(first, 1n), signedIn);
    await checkPassword(caller, { password: ' sesame ', random, dc: 4 });
    assert.deepEqual(
      caller.asked.map(({ method, dc }) => [method, dc]),
      [
        ['account.getPassword', 4],
        ['auth.checkPassword', undefined],
      ],
    );
  });

  test('an account without a password has the empty one', async () => {
    const none = answer('account.getPassword', {
      _: 'account.password',
      new_algo: { _: ALGO, ...KDF },
      new_secure_algo: { _: 'securePasswordKdfAlgoUnknown' },
      secure_random: new Uint8Array(),
    });
    const caller = fake(none, signedIn);
    await checkPassword(caller, { password: '', random });
    assert.equal(proofIn(caller.bodies[1])._, 'inputCheckPasswordEmpty');
  });

  test('a challenge that would reveal the password gets no answer', async () => {
    for (const current_algo of [
      { _: ALGO, ...KDF, g: 2 },
      { _: ALGO, ...KDF, p: KNOWN_PRIME.slice(1) },
    ] as const) {
      const caller = fake(question(first, 1n, { current_algo }));
      await assert.rejects(checkPassword(caller, { password: 'x', random }), SecurityError);
      assert.equal(caller.asked.length, 1);
    }
    const unknown = fake(question(first, 1n, { current_algo: { _: 'passwordKdfAlgoUnknown' } }));
    await assert.rejects(checkPassword(unknown, { password: 'x', random }), { type: 'ANSWER_MALFORMED' });
  });
});

suite('recovery', () => {
  test('returns the e-mail pattern', async () => {
    const sent = answer('auth.requestPasswordRecovery', { _: 'auth.passwordRecovery', email_pattern: 's***@e.com' });
    assert.equal(await requestRecovery(fake(sent)), 's***@e.com');
  });

  test('removes the password, or sets another with a new salt', async () => {
    const without = fake(answer('auth.recoverPassword', SIGNED_IN));
    assert.deepEqual(await recoverPassword(without, { code: '12345', random }), ada);
    assert.deepEqual(without.asked[0]?.params, { code: '12345' });

    const renewal = { password: 'new one', hint: 'h' };
    const caller = fake(question(first, 1n), answer('auth.recoverPassword', SIGNED_IN));
    await recoverPassword(caller, { code: '12345', renewal, random });
    const call = current.codec.decodeCall(caller.bodies[1] ?? new Uint8Array());
    assert.ok(call._ === 'auth.recoverPassword');
    const { new_algo, new_password_hash, hint } = call.new_settings ?? {};
    assert.ok(new_algo?._ === ALGO);
    assert.equal(hint, 'h');
    assert.equal(new_algo.salt1.length, KDF.salt1.length + 32);
    assert.deepEqual(new_password_hash, passwordVerifier(new_algo, passwordKeySync(new_algo, 'new one')));
  });
});

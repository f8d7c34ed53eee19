/** A new password, from its salt to the proof that a server accepts; and answers that are lost. */
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { recoverPassword } from '../../../src/auth/two-step/recovery.ts';
import { declineReset, resetPassword } from '../../../src/auth/two-step/reset.ts';
import {
  cancelRecoveryEmail,
  confirmRecoveryEmail,
  newSettings,
  type PasswordUpdate,
  updatePassword,
} from '../../../src/auth/two-step/settings.ts';
import { concat, le64 } from '../../../src/bytes.ts';
import { openPassport } from '../../../src/crypto/passport.ts';
import { passwordKeySync, passwordVerifier, srpAccepts, srpAnswer, srpChallenge } from '../../../src/crypto/srp.ts';
import { InterruptedError, NetworkError, type RpcError } from '../../../src/errors.ts';
import { type Caller, current } from '../../../src/tl/layer.ts';
import type { currentText } from '../../../src/tl/schema/current.ts';
import type { Methods } from '../../../src/tl/types.ts';
import { seeded } from '../../pair.ts';
import { ADA, ada, answer, fake, refusal } from '../fake.ts';
import { ALGO, NONE, OFFERED, OLD, type Question, question, random, SET } from './question.ts';

const METHOD = 'account.updatePasswordSettings';
const done = answer(METHOD, true);
const lost = new NetworkError('ANSWER_LOST', { method: METHOD });
const renewal = { password: 'new one', hint: 'h' };
const private_ = answer('account.getPasswordSettings', { _: 'account.passwordSettings', email: 'ada@example.com' });

type Sent = Methods<typeof currentText>[typeof METHOD];

function sentIn(bodies: readonly Uint8Array[], at = -1): Sent {
  const call = current.codec.decodeCall(bodies.at(at) ?? new Uint8Array());
  assert.ok(call._ === METHOD);
  return call;
}

test('the verifier of any new password accepts that password, and no other', async () => {
  const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed());
  await fc.assert(
    fc.asyncProperty(texts, texts, async (password, other) => {
      const made = await newSettings(NONE, { password, hint: '' }, random);
      const { new_algo: kdf, new_password_hash: v } = made;
      const challenge = srpChallenge(kdf, v, random);
      const answerOf = (text: string) => srpAnswer(kdf, challenge.srp_B, passwordKeySync(kdf, text), random);
      assert.equal(srpAccepts(kdf, v, challenge, answerOf(password)), true);
      assert.equal(srpAccepts(kdf, v, challenge, answerOf(other)), other === password);
    }),
    { numRuns: 2 },
  );
});

test('a new password gets the salt of the server and 32 random bytes of ours, and v has 256 bytes', async () => {
  const caller = fake(question(NONE), done);
  assert.equal(await updatePassword(caller, { renewal, random: seeded('a salt') }), true);
  const { password, new_settings } = sentIn(caller.bodies);
  const salt1 = concat(OFFERED.salt1, seeded('a salt')(32));
  const kdf = { ...OFFERED, salt1 };
  assert.deepEqual(password, { _: 'inputCheckPasswordEmpty' });
  assert.deepEqual(new_settings, {
    _: 'account.passwordInputSettings',
    new_algo: { _: ALGO, ...kdf },
    new_password_hash: passwordVerifier(kdf, passwordKeySync(kdf, 'new one')),
    hint: 'h',
  });
  assert.equal(new_settings.new_password_hash?.length, 256);
});

test('a removal sends an empty hash, and an e-mail alone sends no password', async () => {
  const removal = fake(question(SET), done);
  await updatePassword(removal, { password: OLD, renewal: null, random });
  const { new_settings } = sentIn(removal.bodies);
  assert.deepEqual([new_settings.new_algo?._, new_settings.new_password_hash?.length], ['passwordKdfAlgoUnknown', 0]);
  const email = fake(question(SET), refusal(400, 'EMAIL_UNCONFIRMED_6', METHOD));
  const answered = await updatePassword(email, { password: OLD, email: 'ada@example.com', random });
  assert.deepEqual(answered, { length: 6 });
  const expected = { _: 'account.passwordInputSettings', email: 'ada@example.com' };
  assert.deepEqual(sentIn(email.bodies).new_settings, expected);
});

test('the length of a code is left out if it is none', async () => {
  for (const text of ['EMAIL_UNCONFIRMED', 'EMAIL_UNCONFIRMED_0', 'EMAIL_UNCONFIRMED_2147483647']) {
    const caller = fake(question(NONE), refusal(400, text, METHOD));
    const answered = await updatePassword(caller, { email: 'a@b.c', random });
    assert.deepEqual(answered, { length: undefined }, text);
  }
});

test('an expired challenge is asked for once more', async () => {
  const stale = refusal(400, 'SRP_ID_INVALID', METHOD);
  const [asked, email] = [question(NONE), 'a@b.c'];
  assert.equal(await updatePassword(fake(asked, stale, asked, asked, done), { email, random }), true);
  await assert.rejects(updatePassword(fake(asked, stale, asked, asked, stale, asked), { email, random }), stale);
});

describe('Telegram Passport', () => {
  /** 32 bytes whose sum is 239 modulo 255. */
  const secret = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 239 : 255));
  const id = le64(new Uint8Array(createHash('sha256').update(secret).digest()));
  const keyOf = (password: string, salt: Uint8Array) => pbkdf2Sync(password, salt, 100_000, 48, 'sha512');
  const cbc = (make: typeof createCipheriv | typeof createDecipheriv, key: Uint8Array, data: Uint8Array) =>
    new Uint8Array(make('aes-256-cbc', key.subarray(0, 32), key.subarray(32, 48)).setAutoPadding(false).update(data));
  const salt = random(40);
  const settingsWith = (secure_secret: Uint8Array, algo: 'PBKDF2HMACSHA512iter100000' | 'SHA512') =>
    answer('account.getPasswordSettings', {
      _: 'account.passwordSettings',
      secure_settings: {
        _: 'secureSecretSettings',
        secure_algo: { _: `securePasswordKdfAlgo${algo}`, salt },
        secure_secret,
        secure_secret_id: id,
      },
    });

  test('has a secret that is encrypted with the new password', async () => {
    const sealed = cbc(createCipheriv, keyOf(OLD, salt), secret);
    const settings = settingsWith(sealed, 'PBKDF2HMACSHA512iter100000');
    const caller = fake(question(SET), settings, question(SET), done);
    assert.equal(await updatePassword(caller, { password: OLD, renewal, random }), true);
    const { secure_algo, secure_secret, secure_secret_id } =
      sentIn(caller.bodies).new_settings.new_secure_settings ?? {};
    assert.ok(secure_algo?._ === 'securePasswordKdfAlgoPBKDF2HMACSHA512iter100000' && secure_secret !== undefined);
    assert.equal(secure_algo.salt.length, 40);
    assert.equal(secure_secret_id, id);
    assert.deepEqual(cbc(createDecipheriv, keyOf('new one', secure_algo.salt), secure_secret), secret);
  });

  test('may have a secret that an old client encrypted with SHA-512', async () => {
    const old = createHash('sha512')
      .update(concat(salt, Buffer.from(OLD), salt))
      .digest();
    const sealed = cbc(createCipheriv, old, secret);
    assert.deepEqual(await openPassport({ hash: 'sha512', salt }, OLD, sealed), secret);
    assert.equal(await openPassport({ hash: 'sha512', salt }, OLD, sealed.subarray(1)), undefined);
  });

  test('a secret that the password does not open stops the change', async () => {
    const caller = fake(question(SET), settingsWith(random(32), 'SHA512'), question(SET), done);
    await assert.rejects(updatePassword(caller, { password: OLD, renewal, random }), /Passport does not fit/);
    assert.equal(caller.asked.length, 2);
  });
});

describe('an answer that is lost', () => {
  /** Answers account.getPassword from what the update sent. `failure`: how the update ends. */
  function losing(failure: Error, after: (sent: Sent) => Question | Error): Caller {
    let sent: Sent | undefined;
    return {
      async call(layer, method, params) {
        const body = layer.codec.encodeCall(method, params);
        const decoded = current.codec.decodeCall(body);
        if (decoded._ === METHOD) {
          sent = decoded;
          throw failure;
        }
        if (decoded._ === 'account.getPasswordSettings') return layer.codec.decodeAnswer(method, private_);
        const state = sent === undefined ? NONE : after(sent); // without a password, there is no slow proof
        if (state instanceof Error) throw state;
        return layer.codec.decodeAnswer(method, question(state));
      },
    };
  }
  const made = ({ new_settings: { new_algo } }: Sent): Question => ({
    ...SET,
    ...(new_algo && { current_algo: new_algo }),
  });
  const removal: PasswordUpdate = { password: OLD, renewal: null, random };
  const end = (failure: Error, after: (sent: Sent) => Question | Error, update = removal) =>
    updatePassword(losing(failure, after), update);
  const isType = (type: string) => (error: unknown) => error instanceof NetworkError && error.type === type;
  const [isGone, isThere] = [() => NONE, () => SET];

  test('was true if the account has the salt that was sent, or no password any more', async () => {
    assert.equal(await end(lost, made, { ...removal, renewal }), true);
    assert.equal(await end(refusal(500, 'RPC_CALL_FAIL', METHOD), isGone), true);
  });

  test('was true if the client has sent it twice, and the second one came too late', async () => {
    for (const text of ['SRP_ID_INVALID', 'SRP_PASSWORD_CHANGED', 'PASSWORD_HASH_INVALID'])
      assert.equal(await end(refusal(400, text, METHOD), isGone), true, text);
  });

  test('is CHANGE_NOT_MADE if the account has its old password', async () => {
    await assert.rejects(end(lost, isThere), isType('CHANGE_NOT_MADE'));
    const wrong = refusal(400, 'PASSWORD_HASH_INVALID', METHOD);
    await assert.rejects(end(wrong, isThere), wrong);
  });

  test('is CHANGE_UNKNOWN if the server cannot be asked', async () => {
    await assert.rejects(
      end(lost, () => lost),
      isType('CHANGE_UNKNOWN'),
    );
  });

  test('is the interruption if there was one', async () => {
    const interrupted = new InterruptedError();
    await assert.rejects(end(interrupted, isThere), interrupted);
    await assert.rejects(
      end(lost, () => interrupted),
      interrupted,
    );
  });

  test('is a code that was sent, if a new address waits for it', async () => {
    const email: PasswordUpdate = { password: OLD, email: 'ada@example.com', random };
    const waiting: Question = { ...SET, email_unconfirmed_pattern: 'a***@example.com' };
    assert.deepEqual(await end(lost, () => waiting, email), { length: undefined });
    await assert.rejects(end(lost, isThere, email), isType('CHANGE_NOT_MADE'));
  });

  test('of the other changes is told by what the account has', async () => {
    const waiting = question({ ...SET, email_unconfirmed_pattern: 'a*', pending_reset_date: 9 });
    const settled = question({ ...SET, has_recovery: true });
    assert.equal(await confirmRecoveryEmail(fake(waiting, lost, settled), '1'), true);
    assert.equal(await cancelRecoveryEmail(fake(waiting, lost, settled)), true);
    assert.equal(await declineReset(fake(waiting, lost, settled)), true);
    assert.deepEqual(await resetPassword(fake(question(SET), lost, waiting)), { state: 'requested', date: 9 });
    assert.deepEqual(await resetPassword(fake(waiting, lost, question(NONE))), { state: 'done' });
    await assert.rejects(confirmRecoveryEmail(fake(waiting, lost, waiting), '1'), isType('CHANGE_NOT_MADE'));
    await assert.rejects(cancelRecoveryEmail(fake(settled, lost, settled)), isType('CHANGE_NOT_MADE'));
    await assert.rejects(declineReset(fake(settled, lost, settled)), isType('CHANGE_NOT_MADE'));
    await assert.rejects(resetPassword(fake(settled, lost, settled)), isType('CHANGE_NOT_MADE'));
    for (const [act, text] of [
      [(caller: Caller) => confirmRecoveryEmail(caller, '1'), 'EMAIL_HASH_EXPIRED'],
      [cancelRecoveryEmail, 'EMAIL_HASH_EXPIRED'],
      [declineReset, 'RESET_REQUEST_MISSING'],
    ] as const) {
      const missing: RpcError = refusal(400, text);
      await assert.rejects(act(fake(settled, missing, settled)), missing, 'nothing was pending');
    }
  });

  test('of a recovery is the user, if the account has the new password', async () => {
    const user = answer('users.getUsers', [ADA]);
    const right = fake(lost, question(NONE), user);
    assert.deepEqual(await recoverPassword(right, { code: '1', random }), ada);
    const wrong = fake(lost, question(SET));
    await assert.rejects(recoverPassword(wrong, { code: '1', random }), isType('CHANGE_NOT_MADE'));
  });
});

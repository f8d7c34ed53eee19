/**
 * Parameters from a hostile server. Bad ones would reveal the password to anyone who sees the verifier or the proof, so
 * nothing is sent.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recoverPassword } from '../../../src/auth/two-step/recovery.ts';
import { updatePassword } from '../../../src/auth/two-step/settings.ts';
import { KNOWN_PRIME } from '../../../src/crypto/dh.ts';
import { NetworkError, SecurityError } from '../../../src/errors.ts';
import { seeded } from '../../pair.ts';
import { answer, fake, SIGNED_IN } from '../fake.ts';
import { ALGO, NONE, OFFERED, OLD, type Question, question, SET } from './question.ts';

const composite = KNOWN_PRIME.map((byte, i) => (i === 100 ? byte ^ 4 : byte));
const renewal = { password: 'new one', hint: '' };
const random = seeded('salt');
const unknown = { _: 'passwordKdfAlgoUnknown' } as const;

const BAD_KDF: readonly (readonly [string, Partial<typeof OFFERED>, typeof SecurityError | typeof NetworkError])[] = [
  ['a p that is no prime', { p: composite, g: 4 }, SecurityError],
  ['a short p', { p: KNOWN_PRIME.subarray(1) }, SecurityError],
  ['a g that is 1', { g: 1 }, SecurityError],
  ['a g of the wrong residue', { g: 2 }, SecurityError],
  ['an empty salt', { salt2: new Uint8Array() }, NetworkError],
  ['a salt of a megabyte', { salt1: new Uint8Array(1 << 20) }, NetworkError],
];

for (const [what, part, error] of BAD_KDF) {
  test(`${what} for the new password is refused, and nothing is sent`, async () => {
    const asked = question({ ...NONE, new_algo: { _: ALGO, ...OFFERED, ...part } });
    const recovery = fake(asked, answer('auth.recoverPassword', SIGNED_IN));
    await assert.rejects(recoverPassword(recovery, { code: '1', renewal, random }), error);
    const update = fake(asked, answer('account.updatePasswordSettings', true));
    await assert.rejects(updatePassword(update, { renewal, random }), error);
    assert.deepEqual([recovery.asked.length, update.asked.length], [1, 1]);
  });

  test(`${what} for the current password is refused, and nothing is sent`, async () => {
    const caller = fake(question({ ...SET, current_algo: { _: ALGO, ...OFFERED, ...part } }));
    await assert.rejects(updatePassword(caller, { password: OLD, renewal: null, random }), error);
    assert.equal(caller.asked.length, 1);
  });
}

const BAD_QUESTIONS: readonly (readonly [string, Question, typeof SecurityError | typeof NetworkError])[] = [
  ['an unknown algorithm', { ...SET, current_algo: unknown }, NetworkError],
  ['a short B', { ...SET, srp_B: Uint8Array.of(1, 2, 3) }, SecurityError],
  ['a B that is p', { ...SET, srp_B: KNOWN_PRIME }, SecurityError],
  ['a long B', { ...SET, srp_B: new Uint8Array(257).fill(9) }, SecurityError],
];

for (const [what, value, error] of BAD_QUESTIONS)
  test(`${what} is refused, and no proof is sent`, async () => {
    const caller = fake(question(value));
    await assert.rejects(updatePassword(caller, { password: OLD, renewal: null, random }), error);
    assert.equal(caller.asked.length, 1);
  });

test('an unknown algorithm for new passwords is named, and does not matter for the current one', async () => {
  const asked = question({ ...SET, new_algo: unknown });
  const settings = answer('account.getPasswordSettings', { _: 'account.passwordSettings' });
  const change = fake(asked, settings, asked);
  await assert.rejects(updatePassword(change, { password: OLD, renewal, random }), /algorithm that this version/);
  assert.deepEqual(change.asked.at(-1)?.method, 'account.getPassword');
  const removal = fake(asked, answer('account.updatePasswordSettings', true));
  assert.equal(await updatePassword(removal, { password: OLD, renewal: null, random }), true);
});

test('a date before 1970 is refused', async () => {
  const caller = fake(question({ ...SET, pending_reset_date: -1 }));
  await assert.rejects(updatePassword(caller, { password: OLD, renewal: null, random }), NetworkError);
});

/**
 * A new password is hashed with parameters from the server. Bad ones would reveal it to anyone who sees the verifier.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recoverPassword } from '../../src/auth/two-step/recovery.ts';
import { KNOWN_PRIME } from '../../src/crypto/dh.ts';
import { SecurityError } from '../../src/errors.ts';
import { seeded } from '../pair.ts';
import { answer, fake, SIGNED_IN } from './fake.ts';

const composite = KNOWN_PRIME.map((byte, i) => (i === 100 ? byte ^ 4 : byte));

for (const [what, p, g] of [
  ['a p that is no prime', composite, 4],
  ['a short p', KNOWN_PRIME.subarray(1), 3],
  ['a g that is 1', KNOWN_PRIME, 1],
  ['a g of the wrong residue', KNOWN_PRIME, 2],
] as const)
  test(`${what} is refused, and nothing is sent`, async () => {
    const question = answer('account.getPassword', {
      _: 'account.password',
      new_algo: {
        _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow',
        salt1: new Uint8Array(8),
        salt2: new Uint8Array(16),
        g,
        p,
      },
      new_secure_algo: { _: 'securePasswordKdfAlgoUnknown' },
      secure_random: new Uint8Array(),
    });
    const caller = fake(question, answer('auth.recoverPassword', SIGNED_IN));
    const renewal = { password: 'new one', hint: '' };
    await assert.rejects(recoverPassword(caller, { code: '1', renewal, random: seeded('salt') }), SecurityError);
    assert.equal(caller.asked.length, 1);
  });

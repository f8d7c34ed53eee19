/** Hostile texts from a server at a terminal: in prompts, the terms of service, and the label of a wait. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { current } from '../../src/tl/layer.ts';
import { answerAsPlanned, encode, encodeError, encodePlain, HOSTILE, planned } from '../hostile.ts';
import { envOf, POSIX } from './cli.ts';
import { atTerminal } from './person.ts';

let sandbox: Sandbox;
before(async () => {
  answerAsPlanned();
  sandbox = await startSandbox();
});
after(() => sandbox.close());
beforeEach(() => planned.clear());

const KDF = {
  _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow',
  salt1: new Uint8Array(8),
  salt2: new Uint8Array(8),
  g: 3,
  p: new Uint8Array(256),
} as const;
const HINTED = current.codec.encode({
  _: 'account.password',
  has_password: true,
  current_algo: KDF,
  srp_B: new Uint8Array(256),
  srp_id: 1n,
  hint: HOSTILE,
  new_algo: KDF,
  new_secure_algo: { _: 'securePasswordKdfAlgoUnknown' },
  secure_random: new Uint8Array(0),
});
const TERMS = { _: 'help.termsOfService', id: { _: 'dataJSON', data: '{}' }, text: HOSTILE, entities: [] };

/** Checks that the output has the program's own escapes and none from the server. */
function checkRaw(raw: string): void {
  assert.ok(raw.includes('\ufffd]0;EVIL\ufffd'), raw);
  for (const each of ['\x1b]0;', '\x9b', '\x7f', '\u202e', '\u061c', '\u2028', '\u2066', 'A'.repeat(501)])
    assert.ok(!raw.replaceAll(/\r?\n/g, '').includes(each), JSON.stringify(each));
  assert.doesNotMatch(raw, /^FORGED/m);
}

describe('at a terminal', POSIX, () => {
  test('the hint of a password', async () => {
    planned.set('auth.signIn', [encodeError(401, 'SESSION_PASSWORD_NEEDED')]);
    planned.set('account.getPassword', [HINTED]);
    const person = atTerminal(['sign-in', '79991234567', '--hash', 'abc', '--code', '12345'], envOf(sandbox));
    await person.sees(/Password \(hint: /);
    person.types('\x03');
    checkRaw((await person.ended).raw);
  });

  test('the terms of service', async () => {
    planned.set('auth.signIn', [encode({ _: 'auth.authorizationSignUpRequired', terms_of_service: TERMS })]);
    const person = atTerminal(
      ['sign-in', '79991234567', '--hash', 'abc', '--code', '12345', '--first-name', 'Ada'],
      envOf(sandbox),
    );
    await person.sees(/accept them/);
    person.types('\x03');
    checkRaw((await person.ended).raw);
  });

  test('a login e-mail address, and the place where a code was sent', async () => {
    planned.set('auth.sendCode', [
      encode({
        _: 'auth.sentCode',
        type: { _: 'auth.sentCodeTypeSetUpEmailRequired' },
        phone_code_hash: 'abc',
      }),
    ]);
    planned.set('account.sendVerifyEmailCode', [
      encode({ _: 'account.sentEmailCode', email_pattern: HOSTILE, length: 6 }),
    ]);
    planned.set('account.verifyEmail', [
      encode({
        _: 'account.emailVerifiedLogin',
        email: HOSTILE,
        sent_code: {
          _: 'auth.sentCode',
          type: { _: 'auth.sentCodeTypeEmailCode', email_pattern: HOSTILE, length: 6 },
          phone_code_hash: 'abc',
        },
      }),
    ]);
    const person = atTerminal(['login', '79991234567'], envOf(sandbox));
    await person.sees(/\? E-mail address/);
    person.types('a@example.com\r');
    await person.sees(/\? Code from the e-mail/);
    person.types('123456\r');
    await person.sees(/different number/);
    person.types('\x03');
    checkRaw((await person.ended).raw);
  });

  test('the label of a countdown', async () => {
    planned.set('auth.sendCode', [encodeError(420, `${HOSTILE.slice(0, 60)}_WAIT_2`), encodePlain('auth.sendCode')]);
    const person = atTerminal(['send-code', '79991234567', '--wait-flood', '5'], envOf(sandbox));
    checkRaw((await person.ended).raw);
  });
});

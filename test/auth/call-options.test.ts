/**
 * Which calls may be sent twice after a lost connection, and which may continue with a new key if the server lost the
 * stored one. Both protect the account when a connection breaks, and no answer of a server shows them.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  confirmDevice,
  devices,
  endDevice,
  endOtherDevices,
  logOut,
  setDeviceTtl,
  whoAmI,
} from '../../src/auth/account.ts';
import { signInBot } from '../../src/auth/bot.ts';
import { sendCall } from '../../src/auth/call.ts';
import { cancelCode, resendCode, sendCode } from '../../src/auth/code.ts';
import { confirmEmail, proposeEmail, resetEmail } from '../../src/auth/email.ts';
import { checkPassword } from '../../src/auth/password.ts';
import { acceptLogin, signInByQr } from '../../src/auth/qr.ts';
import { signIn, signUp } from '../../src/auth/sign-in.ts';
import { recoverPassword, requestRecovery } from '../../src/auth/two-step/recovery.ts';
import type { ListeningCaller } from '../../src/tl/layer.ts';
import { seeded } from '../pair.ts';

class Refused extends Error {}

type Step = (caller: ListeningCaller) => Promise<unknown>;

/** The options of the first call of a step. */
async function firstCall(step: Step): Promise<readonly [method: string, allows: string]> {
  const seen: [string, string][] = [];
  const caller: ListeningCaller = {
    async call(_layer, method, _params, { startsAnew, repeatable } = {}) {
      const allows = [startsAnew === true && 'a fresh key', repeatable === true && 'a repetition'];
      seen.push([method, allows.filter((each) => each !== false).join(' and ') || 'neither']);
      throw new Refused();
    },
    onUpdate: () => () => {},
  };
  await assert.rejects(step(caller), Refused);
  return seen[0] ?? assert.fail('nothing was called');
}

const phone = '79991234567';
const issued = { phone, phone_code_hash: 'h' };
const application = { api_id: 1, api_hash: 'a' };
const qr = { ...application, onToken: () => {}, now: () => 0, signal: new AbortController().signal };
const password = { password: 'p', random: seeded('password') };

const steps: Readonly<Record<string, readonly [allows: string, Step]>> = {
  'auth.sendCode': ['a fresh key', (caller) => sendCode(caller, { phone, ...application })],
  'auth.importBotAuthorization': ['a fresh key', (caller) => signInBot(caller, { ...application, token: '1:a' })],
  'auth.exportLoginToken': ['a fresh key and a repetition', (caller) => signInByQr(caller, qr)],
  'users.getUsers': ['a repetition', whoAmI],
  'auth.logOut': ['a repetition', logOut],
  'account.getAuthorizations': ['a repetition', devices],
  'auth.resetAuthorizations': ['a repetition', endOtherDevices],
  'account.setAuthorizationTTL': ['a repetition', (caller) => setDeviceTtl(caller, 7)],
  'account.changeAuthorizationSettings': ['a repetition', (caller) => confirmDevice(caller, 1n)],
  'account.getPassword': ['a repetition', (caller) => checkPassword(caller, password)],
  'auth.signUp': ['neither', (caller) => signUp(caller, { ...issued, first_name: 'Ada', last_name: '' })],
  'account.resetAuthorization': ['neither', (caller) => endDevice(caller, 1n)],
  'auth.acceptLoginToken': ['neither', (caller) => acceptLogin(caller, new Uint8Array(1))],
  'auth.resendCode': ['neither', (caller) => resendCode(caller, issued)],
  'auth.cancelCode': ['neither', (caller) => cancelCode(caller, issued)],
  'auth.sendCall': ['neither', (caller) => sendCall(caller, { ...issued, method: 'sendCall', dropped: [] })],
  'auth.signIn': ['neither', (caller) => signIn(caller, { ...issued, code: '1' })],
  'auth.requestPasswordRecovery': ['neither', requestRecovery],
  'auth.recoverPassword': ['neither', (caller) => recoverPassword(caller, { ...password, code: '1' })],
  'account.sendVerifyEmailCode': ['neither', (caller) => proposeEmail(caller, issued, 'a@example.com')],
  'account.verifyEmail': ['neither', (caller) => confirmEmail(caller, issued, '1')],
  'auth.resetLoginEmail': ['neither', (caller) => resetEmail(caller, issued)],
};

for (const [method, [allows, step]] of Object.entries(steps))
  test(`${method} allows ${allows}`, async () => {
    assert.deepEqual(await firstCall(step), [method, allows]);
  });

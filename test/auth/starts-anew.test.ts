/** Which calls may go on under a fresh key where the server no longer knows the stored one: those that begin a sign-in, and no others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logOut, whoAmI } from '../../src/auth/account.ts';
import { signInBot } from '../../src/auth/bot.ts';
import { sendCall } from '../../src/auth/call.ts';
import { cancelCode, resendCode, sendCode } from '../../src/auth/code.ts';
import { signInByQr } from '../../src/auth/qr.ts';
import { signIn } from '../../src/auth/sign-in.ts';
import type { ListeningCaller } from '../../src/tl/layer.ts';

class Refused extends Error {}

/** Whether the first call of a step may start anew. */
async function startsAnew(step: (caller: ListeningCaller) => Promise<unknown>): Promise<boolean> {
  const seen: boolean[] = [];
  const caller: ListeningCaller = {
    async call(_layer, _method, _params, options = {}) {
      seen.push(options.startsAnew === true);
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

for (const [what, expected, step] of [
  ['auth.sendCode', true, (caller) => sendCode(caller, { phone, ...application })],
  ['auth.exportLoginToken', true, (caller) => signInByQr(caller, qr)],
  ['auth.importBotAuthorization', true, (caller) => signInBot(caller, { ...application, token: '1:a' })],
  ['auth.resendCode', false, (caller) => resendCode(caller, issued)],
  ['auth.cancelCode', false, (caller) => cancelCode(caller, issued)],
  ['auth.sendCall', false, (caller) => sendCall(caller, { ...issued, method: 'sendCall', dropped: [] })],
  ['auth.signIn', false, (caller) => signIn(caller, { ...issued, code: '1' })],
  ['users.getUsers', false, (caller) => whoAmI(caller)],
  ['auth.logOut', false, (caller) => logOut(caller)],
] as const satisfies readonly [string, boolean, (caller: ListeningCaller) => Promise<unknown>][])
  test(`${what} ${expected ? 'starts' : 'does not start'} anew`, async () => {
    assert.equal(await startsAnew(step), expected);
  });

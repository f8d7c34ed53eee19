/** Every error from the server as a shell sees it: exit code, message, JSON, and never a stack trace. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { checkFailure, envOf, said } from './cli.ts';
import { tgAuth } from './in-process.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

const CALLS = [
  ['9996629010', 10, 400, 'PHONE_NUMBER_INVALID'],
  ['9996629110', 10, 400, 'PHONE_NUMBER_BANNED'],
  ['9996629210', 10, 400, 'PHONE_NUMBER_FLOOD'],
  ['9996629011', 11, 400, 'PHONE_CODE_HASH_EMPTY'],
  ['9996629012', 12, 400, 'PHONE_CODE_EXPIRED'],
  ['9996629013', 13, 400, 'PHONE_CODE_INVALID'],
  ['9996629015', 15, 401, 'AUTH_KEY_UNREGISTERED'],
  ['9996629016', 16, 406, 'SEND_CODE_UNAVAILABLE'],
  ['9996629017', 17, 400, 'API_ID_INVALID'],
  ['9996629117', 17, 400, 'API_ID_PUBLISHED_FLOOD'],
  ['9996629018', 18, 406, 'UPDATE_APP_TO_LOGIN'],
  ['9996629120', 20, 420, 'FLOOD_WAIT_X'],
  ['9996629021', 21, 400, 'MOON_PHASE_INVALID_X'],
  ['9996629121', 21, 499, 'This error is not documented'],
] as const;

describe('send-call gets each error in the table of test numbers', { concurrency: 4 }, () => {
  for (const [phone, exit, code, type] of CALLS)
    test(`${phone} exits with ${exit}, ${code} ${type}`, async () => {
      const ended = await tgAuth(['send-call', phone, '--hash', 'abc', '--json'], envOf(sandbox));
      checkFailure(ended, exit, type);
      assert.equal(JSON.parse(ended.stdout).error.code, code);
    });

  test('a flood wait names its seconds', async () => {
    const ended = await tgAuth(['send-call', '9996619120', '--hash', 'abc', '--json'], envOf(sandbox));
    const { parameter, retryAfter } = JSON.parse(ended.stdout).error;
    assert.deepEqual([parameter, retryAfter], [76543, 76543]);
    assert.match(said(ended), /21 h 16 min/);
  });

  test('without --json stdout stays empty, and stderr says the same as the JSON, with the TL error in brackets', async () => {
    const [args, env] = [['send-call', '9996629013', '--hash', 'abc'], envOf(sandbox)];
    const { code, stdout, stderr } = await tgAuth(args, env);
    assert.deepEqual([code, stdout], [13, '']);
    assert.equal(stderr.replace(' (400 PHONE_CODE_INVALID)', ''), said(await tgAuth([...args, '--json', '-q'], env)));
    assert.match(stderr, /^✖ .* \(400 PHONE_CODE_INVALID\)$/m);
  });

  test('boolFalse is not an error: it prints false and exits with 1', async () => {
    const { code, stdout, stderr } = await tgAuth(['send-call', '9996629001', '--hash', 'abc'], envOf(sandbox));
    assert.deepEqual([code, stdout], [1, 'false\n']);
    assert.doesNotMatch(stderr, /✖/);
  });

  test('send-code has errors of its own', async () => {
    const payment = await tgAuth(['send-code', '9996629116', '--json'], envOf(sandbox));
    checkFailure(payment, 16, 'PAYMENT_REQUIRED');
    const email = await tgAuth(['send-code', '9996629216', '--json'], envOf(sandbox));
    checkFailure(email, 16, 'EMAIL_SETUP_REQUIRED');
    const nowhere = await tgAuth(['send-code', '9996629333', '--json'], envOf(sandbox));
    checkFailure(nowhere, 21, 'PHONE_MIGRATE_X');
  });

  test('PHONE_CODE_EXPIRED names an unknown hash as its likely cause', async () => {
    const env = envOf(sandbox);
    const args = ['send-call', '9996629012', '--json'];
    const other = await tgAuth([...args, '--hash', 'abc'], env);
    assert.match(said(other), /belongs to another session/);
    await tgAuth(['send-code', '9996629012'], env);
    const own = await tgAuth(args, env);
    checkFailure(own, 12, 'PHONE_CODE_EXPIRED');
    assert.doesNotMatch(said(own), /belongs to another session/);
  });
});

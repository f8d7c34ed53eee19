/** `explain`, run from a shell. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXIT, names } from '../../src/catalogue.ts';
import { checkFailure, said } from './cli.ts';
import { tgAuth } from './in-process.ts';

describe('explain', { concurrency: 3 }, () => {
  test('prints the meaning of a name, its causes and what to do', async () => {
    const { code, stdout, stderr } = await tgAuth(['explain', 'PHONE_CODE_EXPIRED']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^PHONE_CODE_EXPIRED\nThe code has expired\.\n/);
    assert.match(stdout, /shared in a Telegram chat stops working at once/);
    assert.match(stdout, /tg-auth send-code <phone>/);
    assert.match(stdout, /Exit code: 12\n$/);
  });

  test('reads the number in a name, in JSON too', async () => {
    const { stdout } = await tgAuth(['explain', '420', 'FLOOD_WAIT_76543', '--json']);
    const { ok, result, message, exitCode, retryAfter, why } = JSON.parse(stdout);
    assert.deepEqual([ok, result, exitCode, retryAfter], [true, 'FLOOD_WAIT_76543', 20, 76543]);
    assert.match(message, /wait 21 h 16 min/);
    assert.match(why[0], /after \d{4}-\d\d-\d\d \d\d:\d\d/);
  });

  test('explains transport errors, classes of errors, and exit codes', async () => {
    assert.match((await tgAuth(['explain', '--', '-404'])).stdout, /does not know the key of this session/);
    assert.match((await tgAuth(['explain', '406'])).stdout, /Repeating it unchanged will not help/);
    assert.match((await tgAuth(['explain', '12'])).stdout, /^12 {2}the code has expired\n {4}PHONE_CODE_EXPIRED/);
    assert.match((await tgAuth(['explain', '400 MOON_PHASE_INVALID'])).stdout, /rejected the request/);
    assert.match((await tgAuth(['explain', 'SOME_NEW_WAIT_90'])).stdout, /wait of 1 min 30 s/);
  });

  test('refuses a number that is neither an exit code nor an error_code', async () => {
    for (const number of ['99', '3', '1234', '79991234567']) {
      const ended = await tgAuth(['explain', number, '--json']);
      checkFailure(ended, 2, 'USAGE');
      assert.match(ended.stdout, /There is no (such )?exit code/);
      assert.ok(number.length < 5 || !ended.stdout.includes(number));
    }
    assert.match((await tgAuth(['explain', '143'])).stdout, /^143 {2}terminated\n$/);
  });

  test('lists every name below its exit codes without arguments', async () => {
    const { stdout } = await tgAuth(['explain']);
    const listed = [...stdout.matchAll(/^ {4}(\S+)$/gm)].map(([, name]) => name);
    assert.deepEqual([...new Set(listed)].sort(), [...names()].sort());
    assert.deepEqual([listed.length, new Set(names()).size], [names().length + 1, names().length]); // TIMEOUT
    for (const exit of new Set(Object.values(EXIT)))
      if (![0, 1, 2, EXIT.hungUp, EXIT.terminated].includes(exit))
        assert.match(stdout, new RegExp(`^${exit}  \\S`, 'm'), `${exit}`);
  });

  test('explains both errors that are called TIMEOUT: of Telegram and of tg-auth', async () => {
    const { stdout } = await tgAuth(['explain', 'TIMEOUT']);
    assert.match(
      stdout,
      /^TIMEOUT\nTelegram timed out[\s\S]*Exit code: 21\n\nTimed out after <seconds> s\.[\s\S]*: 30\n$/,
    );
    const { result, exitCode, also, next } = JSON.parse((await tgAuth(['explain', 'TIMEOUT', '--json'])).stdout);
    assert.deepEqual([result, exitCode, also[0].exitCode, also.length], ['TIMEOUT', 21, 30, 1]);
    assert.deepEqual(next, [{ say: 'Diagnose the connection', run: 'tg-auth doctor' }]);
    assert.match((await tgAuth(['explain', '30'])).stdout, /^ {4}TIMEOUT$/m);
  });

  test('suggests the nearest name for an unknown one', async () => {
    const ended = await tgAuth(['explain', 'PHONE_CODE_EXPIERD', '--json']);
    checkFailure(ended, 2, 'USAGE');
    assert.match(said(ended), /Did you mean PHONE_CODE_EXPIRED/);
  });
});

/** The next steps of commands that know more than the catalogue. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Env, envOf } from '../scripts/cli.ts';
import { answerOf, tgAuth } from '../scripts/in-process.ts';

let sandbox: Sandbox;
let env: Env;
before(async () => {
  sandbox = await startSandbox();
  env = envOf(sandbox);
});
after(() => sandbox.close());

async function signIn(phone: string, session: string): Promise<void> {
  await answerOf(['send-code', phone, '--session', session], env);
  await answerOf(['sign-in', phone, '--session', session, '--code', '22222'], env);
}

/** Runs a command. Returns its exit code and the commands of its next steps. */
async function steps(line: string, stdin = ''): Promise<readonly [code: number | null, ...runs: string[]]> {
  const { code, json } = await answerOf(line.split(' '), env, { input: stdin });
  return [code, ...json.next.map(({ run }) => run)];
}

describe('next', () => {
  test('after a wrong code names no other delivery method where there is none', async () => {
    await answerOf(['send-code', '+9996622006'], env);
    for (const code of ['111111', '1'])
      assert.deepEqual(await steps('sign-in +9996622006 --code -', code), [13, 'tg-auth sign-in +9996622006 --code -']);
    await answerOf(['send-code', '+9996622002'], env);
    assert.deepEqual(await steps('sign-in +9996622002 --code 11111'), [
      13,
      'tg-auth sign-in +9996622002 --code -',
      'tg-auth resend-code +9996622002',
    ]);
  });

  test('after a doubtful number repeats the command with each reading', async () => {
    const { code, json } = await answerOf(['sign-in', '8 800 555-35-35', '--code', '12345'], env);
    assert.equal(code, 2);
    assert.deepEqual(json.next[0], {
      say: 'If you mean +7 800 555-35-35 (stdin: the code)',
      run: 'tg-auth sign-in +78005553535 --code -',
    });
    assert.equal(json.next.length, 3);
  });

  test('names a session of its own for another account', async () => {
    await signIn('+9996625011', 'work');
    assert.deepEqual(await steps('login +9996625012 --session work'), [
      2,
      'tg-auth login +9996625012 --session +9996625012',
      'tg-auth logout --session work',
    ]);
    assert.deepEqual(await steps('login +9996625012 --session +9996625012'), [
      2,
      'tg-auth --session +9996625012 send-code +9996625012',
    ]);
  });

  test('of session show is what goes on with all that is pending', async () => {
    for (const phone of ['+9996621002', '+9996629216', '+9996625013'])
      await answerOf(['send-code', phone, '--session', 'all'], env);
    await answerOf(['sign-in', '+9996621002', '--session', 'all', '--code', '22222'], env);
    await answerOf(['login', '--qr', '--start', '--session', 'all'], env);
    const [code, ...runs] = await steps('session show all');
    assert.equal(code, 0);
    assert.deepEqual(runs.sort(), [
      'tg-auth login --qr --wait --session all',
      'tg-auth send-code +9996629216 --email - --session all',
      'tg-auth sign-in +9996621002 --password - --session all',
      'tg-auth sign-in +9996625013 --code - --session all',
    ]);
  });

  test('after a dry run sends the request, and after a hash of its own keeps it on stdin', async () => {
    assert.deepEqual(await steps('send-call +79991234567 --hash 2dc02d2cda9e615c84 --dry-run'), [
      0,
      'tg-auth send-call +79991234567 --hash -',
    ]);
    assert.deepEqual(await steps('send-call +79991234567 --hash 2dc02d2cda9e615c84'), [
      0,
      'tg-auth sign-in +79991234567 --hash - --code -',
    ]);
  });

  test('keeps the server and the data centre of flags', async () => {
    const { TG_AUTH_SERVER: server = '', TG_AUTH_SERVER_KEY: key = '' } = env;
    const [code, run] = await steps(`send-code +9996625014 --server ${server} --server-key ${key} --dc 2`);
    assert.deepEqual(
      [code, run],
      [0, `tg-auth --server ${server} --server-key ${key} --dc 2 sign-in +9996625014 --code -`],
    );
  });

  test('after a login link that has expired reads a new one from stdin', async () => {
    await signIn('+9996625015', 'phone');
    const { stdout } = await tgAuth(['login', '--qr', '--start', '--session', 'new'], env);
    const accept = ['devices', 'accept', '-', '--yes', '--session', 'phone'];
    assert.equal((await answerOf(accept, env, { input: stdout })).code, 0);
    const again = await answerOf(['devices', 'accept', stdout.trim(), '--yes', '--session', 'phone'], env);
    assert.deepEqual(again.json.next, [
      { say: 'Try again (stdin: the login link)', run: 'tg-auth --session phone devices accept - --yes' },
    ]);
  });

  test('after a QR code that nobody accepts in time shows another', async () => {
    const login = async (timeout: number): Promise<string[]> => {
      const { stdout } = await tgAuth(['login', '--qr', '--json', '--session', 'idle', '--timeout', `${timeout}`], env);
      const lines = stdout.trim().split('\n');
      return lines.length > 1 ? lines : login(2 * timeout); // too slow for the first code
    };
    const { error, next } = JSON.parse((await login(1)).at(-1) ?? '');
    assert.deepEqual([error.type, error.why[0]], ['TIMEOUT', 'No device has accepted the QR code.']);
    assert.deepEqual(next, [{ say: 'Show a new QR code', run: 'tg-auth --session idle login --qr' }]);
  });

  test('after an accepted code that the server has forgotten begins again', async () => {
    const own = await startSandbox();
    const there = envOf(own);
    const on = async (line: string, stdin = '') => {
      const { code, json } = await answerOf(line.split(' '), there, { input: stdin });
      return [code, json.next[0]?.run];
    };
    await on('send-code +9996621002');
    const again = 'tg-auth sign-in +9996621002 --password -';
    assert.deepEqual(await on('sign-in +9996621002 --code 22222'), [14, again]);
    assert.deepEqual(await on('login +9996621002'), [14, again]);
    own.reset();
    assert.deepEqual(await on('login +9996621002 --password -', 'sandbox'), [15, 'tg-auth login +9996621002']);
    assert.deepEqual(await on('login +9996621002'), [2, 'tg-auth send-code +9996621002']);
    await own.close();
  });

  test('after each step of a password is the next one, with the values in the order in which they are read', async () => {
    const on = async (line: string, stdin = '') => {
      const all = await steps(`${line} --session locked`, stdin);
      return all.map((each) => (typeof each === 'string' ? each.replace(' --session locked', '') : each));
    };
    await on('send-code +9996621003');
    assert.deepEqual(await on('sign-in +9996621003 --password -'), [
      2,
      'tg-auth sign-in +9996621003 --code - --password -',
    ]);
    await on('sign-in +9996621003 --code 22222');
    for (const line of ['whoami', 'devices', 'password remove --yes --password -'])
      assert.deepEqual(await on(line, 'sandbox'), [14, 'tg-auth sign-in +9996621003 --password -'], line);
    const recovery = 'tg-auth password recover --code - --new-password -';
    assert.deepEqual(await on('password recover'), [2, 'tg-auth password recover --send']);
    assert.deepEqual(await on('password recover --send'), [0, recovery]);
    assert.deepEqual(await on('password recover --new-password - --code -', '111111\nnew one\n'), [13, recovery]);
    assert.deepEqual(await on('password recover --code - --new-password -', '222222\nnew one\n'), [0]);

    const change = 'tg-auth password change --password - --new-password -';
    assert.deepEqual(await on('password set --new-password -', 'another'), [14, change]);
    assert.deepEqual(await on('password change --new-password -', 'another'), [2, change]);
    const forgot = 'tg-auth password recover';
    assert.deepEqual(await on('password change --password - --new-password -', 'wrong\nother\n'), [14, change, forgot]);
    for (const line of ['status --check', 'email bob@example.com']) {
      const again = `tg-auth password ${line} --password -`;
      assert.deepEqual(await on(`password ${line} --password -`, 'wrong'), [14, again, forgot]);
    }
    const remove = 'tg-auth password remove --password - --yes';
    assert.deepEqual(await on('password remove --yes --password -', 'wrong'), [14, remove, forgot]);
    const address = 'tg-auth password email - --password -';
    const confirm = 'tg-auth password email --code -';
    assert.deepEqual(await on('password email'), [2, address, confirm]);
    assert.deepEqual(await on('password email - --password -', 'bob@example.com\nnew one\n'), [0, confirm]);
    assert.deepEqual(await on('password email --resend'), [0, confirm]);
    assert.deepEqual(await on('password email --cancel'), [0]);
    assert.deepEqual(await on('password email --resend'), [21, address]);
    assert.deepEqual(await on('password remove --yes --password -', 'new one'), [0]);
    assert.deepEqual(await on('password status'), [0, 'tg-auth password set --new-password -']);
  });

  test('after a missing value reads it from stdin', async () => {
    assert.deepEqual(await steps('send-call --wait'), [2, 'tg-auth send-call - --wait']);
    assert.deepEqual(await steps('resend-code -', '+9996625016'), [2, 'tg-auth send-code +9996625016']);
    await answerOf(['send-code', '-'], env, { input: '+9996625016\n' });
    assert.deepEqual(await steps('sign-in +9996625016'), [2, 'tg-auth sign-in +9996625016 --code -']);
    assert.deepEqual(await steps('login +9996625016'), [2, 'tg-auth sign-in +9996625016 --code -']);
    assert.deepEqual(await steps('session delete'), [2, 'tg-auth session delete --yes']);
    assert.deepEqual(await steps('login --bot'), [2, 'tg-auth login --bot --token -']);
  });

  test('of a command for a signed-in account repeats it after a wrong password', async () => {
    await signIn('+9996621002', 'two');
    for (const command of ['whoami', 'devices ttl'])
      assert.deepEqual(await steps(`${command} --session two`), [
        14,
        'tg-auth --session two sign-in +9996621002 --password -',
      ]);
    await steps('sign-in +9996621002 --password - --session two', 'sandbox');
    for (const command of ['session clone ci', 'session clone --format telethon', 'password remove --yes']) {
      const again = `tg-auth --session two ${command} --password -`;
      const [code, run = ''] = await steps(`${command} --session two --password -`, 'wrong');
      assert.deepEqual([code, run.split(' ').sort()], [14, again.split(' ').sort()]);
      const secret = { ...env, TG_AUTH_PASSWORD: 'wrong' };
      const { json } = await answerOf([...command.split(' '), '--session', 'two'], secret);
      assert.equal(json.next[0]?.run, again);
    }
  });

  test('of session clone is how to use the clone, or another name or file', async () => {
    await signIn('+9996625017', 'src');
    assert.deepEqual(await steps('session clone copy --session src'), [0, 'tg-auth whoami --session copy']);
    const other = 'tg-auth --session src session clone copy-2';
    assert.deepEqual(await steps('session clone copy --session src'), [2, other]);
    const output = `session clone --output ${env.TG_AUTH_SERVER_KEY}`;
    assert.deepEqual(await steps(`${output} --session src`), [2, `tg-auth --session src ${output} --force`]);
    const end = 'session delete copy --session src';
    assert.deepEqual(await steps(end), [2, 'tg-auth --session src session delete copy --yes']);
    assert.deepEqual(await steps(`${end} --yes`), [0]);
    const token = `7000000002:${'t'.repeat(35)}`;
    assert.equal((await steps('login --bot --token - --session bot', token))[0], 0);
    assert.deepEqual(await steps('session clone --session bot'), [21, 'tg-auth login --bot --session bot-2']);
  });

  test('of a device without --yes confirms that device, whatever its row is then', async () => {
    await signIn('+9996625019', 'rows');
    const { json } = await answerOf(['devices', '--session', 'rows'], env);
    const [, phone] = Array.isArray(json.result) ? json.result : [];
    for (const command of ['terminate', 'confirm'])
      assert.deepEqual(await steps(`devices ${command} 2 --session rows`), [
        2,
        `tg-auth --session rows devices ${command} ${phone.hash} --yes`,
      ]);
  });

  test('for a session string reads the string again, and never acts on a stored session', async () => {
    await signIn('+9996625018', 'string');
    const { stdout } = await tgAuth(['session', 'export', '--session', 'string'], env);
    const string = stdout.trim();
    for (const [line, run] of [
      ['devices terminate 1 --yes', 'tg-auth logout --session-string -'],
      ['devices confirm 9 --yes', 'tg-auth devices --session-string -'],
      ['devices terminate 99999 --yes', 'tg-auth devices --session-string -'],
    ] as const) {
      const { json } = await answerOf([...line.split(' '), '--session-string', '-'], env, { input: string });
      assert.deepEqual([json.next[0]?.run, json.next[0]?.say.endsWith(' (stdin: the session string)')], [run, true]);
      assert.equal((await steps(`${line} --session-string ${string}`))[1], run);
    }
  });

  test('of a session that was used twice signs in again, with a new key', async () => {
    await signIn('+9996629215', 'twice');
    assert.deepEqual(await steps('whoami --session twice'), [15, 'tg-auth --session twice login']);
    sandbox.fault('rpc-error:406 AUTH_KEY_DUPLICATED@a1');
    assert.equal((await steps('send-code +9996629215 --session twice'))[0], 0);
    sandbox.fault();
  });
});

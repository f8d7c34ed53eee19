/** Whole logins by scripts: each step is a process without a terminal, all in one sandbox. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { cleanEnv, type Ended, folder, POSIX, tgAuth } from './cli.ts';

const TOKEN = `123456789:${'s'.repeat(35)}`;

interface ScriptRun extends Ended {
  /** The lines of stdout. */
  readonly lines: readonly string[];
  /** The TL methods that the sandbox was asked for. */
  readonly methods: readonly string[];
}

/** Runs a bash script with `set -euo pipefail` in a sandbox. */
async function runScript(text: string, options: readonly string[] = []): Promise<ScriptRun> {
  const place = folder();
  const [file, log] = [join(place, 'login.sh'), join(place, 'requests.log')];
  writeFileSync(log, '');
  writeFileSync(file, `#!/usr/bin/env bash\nset -euo pipefail\ncd "${place}"\n${text}\n`);
  chmodSync(file, 0o700);
  const ended = await tgAuth(['sandbox', '--log', log, ...options, '--', file], cleanEnv({ TOKEN }), '');
  const events = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const methods = events.filter(({ event }) => event === 'request').map(({ method }) => method);
  return { ...ended, lines: ended.stdout.trimEnd().split('\n'), methods };
}

describe('a script', { concurrency: 2, ...POSIX }, () => {
  test('asks for a code and a call, signs in with a password, and exports the session', async () => {
    const { code, lines, stderr } = await runScript(`
      hash=$(tg-auth send-code +9996621002)
      tg-auth send-call +9996621002 --hash "$hash"
      export TG_AUTH_PASSWORD=sandbox
      id=$(tg-auth sign-in +9996621002 --hash "$hash" --code 22222)
      tg-auth whoami
      for format in tg-auth telethon pyrogram gramjs mtcute mtkruto; do
        string=$(tg-auth session export --format $format --quiet)
        TG_AUTH_SESSION_STRING="$string" tg-auth whoami | cut -f1
        printf %s "$string" | tg-auth session import - --session "from-$format" --quiet
      done
      test "$(tg-auth whoami --session from-mtkruto | cut -f1)" = "$id"
      tg-auth logout
      tg-auth whoami || echo "exit $?"
      tg-auth logout`);
    assert.equal(code, 0, stderr);
    const [called, who = '', ...rest] = lines;
    const [id = ''] = who.split('\t');
    assert.equal(called, 'true');
    assert.match(who, /^\d+\tTest 21002 \(@sandbox21002\)\t\+9996621002$/);
    const formats = ['tg-auth', 'telethon', 'pyrogram', 'gramjs', 'mtcute', 'mtkruto'];
    const exports = formats.flatMap((format) => [id, `from-${format}`]);
    assert.deepEqual(rest, [...exports, 'true', 'exit 15', 'true']);
    assert.doesNotMatch(stderr, /password.*sandbox|is sandbox/);
  });

  test('signs up a new number with a name and --accept-terms', async () => {
    const { code, lines, stderr, methods } = await runScript(`
      tg-auth send-code +9996621001 -q >/dev/null
      tg-auth sign-in +9996621001 --code 22222 || echo "exit $?"
      tg-auth sign-in +9996621001 --code 22222 --first-name Ada || echo "exit $?"
      tg-auth sign-in +9996621001 --code 22222 --first-name Ada --last-name Lovelace --accept-terms --json
      tg-auth whoami | cut -f2,3`);
    assert.equal(code, 0, stderr);
    const [nameless, unaccepted, json = '', who] = lines;
    assert.deepEqual([nameless, unaccepted, who], ['exit 10', 'exit 2', 'Ada Lovelace\t+9996621001']);
    const { method, ok, firstName } = JSON.parse(json);
    assert.deepEqual([ok, method, firstName], [true, 'auth.signUp', 'Ada']);
    assert.match(stderr, /has no account yet/);
    assert.match(stderr, /terms of service:\n {2}This is a sandbox/);
    assert.ok(methods.includes('help.acceptTermsOfService'));
  });

  test('gives the password in a later step, from stdin', async () => {
    const { code, lines, stderr } = await runScript(`
      tg-auth send-code +9996621002 -q >/dev/null
      echo 22222 | tg-auth sign-in +9996621002 --code - || echo "exit $?"
      echo wrong | tg-auth sign-in +9996621002 --password - || echo "exit $?"
      tg-auth sign-in +9996621002 --password sandbox || echo "exit $?"
      echo sandbox | tg-auth sign-in +9996621002 --password - >/dev/null
      printf '22222\\nsandbox\\n' > answers
      tg-auth send-code +9996621002 -q --session same >/dev/null
      tg-auth sign-in +9996621002 --code 22222 --session same || echo "exit $?"
      echo sandbox | tg-auth sign-in +9996621002 --code 22222 --password - --session same --json
      tg-auth send-code +9996621002 -q --session twice >/dev/null
      tg-auth sign-in +9996621002 --code - --session twice < answers || echo "exit $?"
      tg-auth sign-in +9996621002 --code - --password - --session twice --json < answers
      tg-auth send-code +9996621002 -q --session other >/dev/null
      tg-auth sign-in +9996621002 --code - --password - --session other --json < answers`);
    assert.equal(code, 0, stderr);
    const [needed, wrong, plain, same, again, twice, more, once] = lines;
    assert.deepEqual([needed, wrong, plain, same, twice], ['exit 14', 'exit 14', 'exit 2', 'exit 14', 'exit 14']);
    for (const json of [again, more, once]) assert.equal(JSON.parse(json ?? '').method, 'auth.checkPassword');
    assert.match(stderr, /SESSION_PASSWORD_NEEDED/);
    assert.match(stderr, /PASSWORD_HASH_INVALID/);
    assert.match(stderr, /other users can read/);
  });

  test('retries an outdated password question once', async () => {
    const { code, stderr, methods } = await runScript(`
      tg-auth send-code +9996621004 -q >/dev/null
      TG_AUTH_PASSWORD=sandbox tg-auth sign-in +9996621004 --code 22222`);
    assert.equal(code, 0, stderr);
    assert.equal(methods.filter((method) => method === 'auth.checkPassword').length, 2);
  });

  test('recovers a forgotten password by e-mail', async () => {
    const { code, lines, stderr } = await runScript(`
      tg-auth send-code +9996621003 -q >/dev/null
      tg-auth sign-in +9996621003 --code 22222 || echo "exit $?"
      tg-auth password recover || echo "exit $?"
      tg-auth password recover --send
      TG_AUTH_NEW_PASSWORD='brand-new secret' tg-auth password recover --code 1 || echo "exit $?"
      echo 'brand-new secret' | tg-auth password recover --code 222222 --new-password - --remove-password || echo "exit $?"
      tg-auth password recover --code 222222 --send || echo "exit $?"
      TG_AUTH_NEW_PASSWORD='brand-new secret' tg-auth password recover --code 222222 --hint h >/dev/null
      tg-auth send-code +9996621003 -q --session other >/dev/null
      TG_AUTH_PASSWORD='brand-new secret' tg-auth sign-in +9996621003 --code 22222 --session other | wc -l
      tg-auth whoami --session third || echo "exit $?"`);
    assert.equal(code, 0, stderr);
    assert.deepEqual(
      lines.map((line) => line.trim()),
      ['exit 14', 'exit 2', 's***@example.com', 'exit 13', 'exit 2', 'exit 2', '1', 'exit 15'],
    );
  });

  test('recovers it at the data centre of the account, after a request for another number', async () => {
    const { code, lines, stderr } = await runScript(`
      tg-auth send-code +9996611003 -q >/dev/null
      tg-auth send-code +9996620000 -q >/dev/null
      tg-auth sign-in +9996611003 --code 11111 || echo "exit $?"
      tg-auth password recover --send
      tg-auth password recover --code 111111 --remove-password >/dev/null
      tg-auth whoami | cut -f3
      tg-auth session show | grep pending`);
    assert.equal(code, 0, stderr);
    assert.deepEqual(lines.slice(0, 3), ['exit 14', 's***@example.com', '+9996611003']);
    assert.match(
      lines.slice(3).join('\n'),
      /^pending: phone \+9996620000, [^\n]*$/,
      'only the code of the other number is left',
    );
  });

  test('sends an SMS, cancels a code, and explains why the hash of another session has expired', async () => {
    const { code, lines, stderr } = await runScript(`
      hash=$(tg-auth send-code +9996622001 -q)
      tg-auth send-sms +9996622001
      tg-auth cancel-code +9996622001
      tg-auth sign-in +9996622001 --hash "$hash" --code 22222 || echo "exit $?"
      tg-auth sign-in +9996622001 --hash "$hash" --code 22222 --session fresh || echo "exit $?"
      tg-auth send-sms +9996622001 --dry-run --hash abc`);
    assert.equal(code, 0, stderr);
    assert.deepEqual(lines.slice(0, 4), ['true', 'true', 'exit 12', 'exit 12']);
    assert.match(lines[4] ?? '', /^0DA9F3E8/i);
    assert.match(stderr, /belongs to another session/);
  });

  test('gets an SMS from a server that has dropped auth.sendSms', async () => {
    const { code, lines, stderr, methods } = await runScript(
      `tg-auth send-code +9996622001 -q >/dev/null
       tg-auth send-sms +9996622001 --json`,
      ['--layer', 'current'],
    );
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(lines[0] ?? '').type, 'sms');
    assert.deepEqual(methods.slice(-2), ['auth.sendSms', 'auth.resendCode']);
  });

  test('reports a session that was ended elsewhere, and deletes what is left of it', async () => {
    const numbers = [9115, 9215, 9315].map((yyyy) => `+999662${yyyy}`);
    const { code, lines, stderr } = await runScript(`
      for phone in ${numbers.join(' ')}; do
        tg-auth send-code $phone -q >/dev/null
        tg-auth sign-in $phone --code 22222 >/dev/null
        tg-auth whoami || echo "exit $?"
        tg-auth logout
      done`);
    assert.equal(code, 0, stderr);
    assert.deepEqual(lines, ['exit 15', 'true', 'exit 15', 'true', 'exit 15', 'true']);
    for (const name of ['SESSION_REVOKED', 'AUTH_KEY_DUPLICATED', 'USER_DEACTIVATED']) assert.ok(stderr.includes(name));
  });

  test('is signed in at once if no code is needed', async () => {
    const { code, lines } = await runScript(
      'tg-auth send-code +9996622017 || echo "exit $?"\ntg-auth whoami | cut -f3',
    );
    assert.deepEqual([code, lines], [0, ['exit 16', '+9996622017']]);
  });

  test('sends a code from an e-mail as such', async () => {
    const { code, stderr } = await runScript(`
      tg-auth send-code +9996622006 -q >/dev/null
      tg-auth sign-in +9996622006 --code 222222`);
    assert.equal(code, 0, stderr);
  });
});

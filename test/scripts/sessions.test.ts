/** `session`: managing the stored sessions from a shell and at a terminal. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { VECTORS } from '../session/formats/samples.ts';
import { checkFailure, cleanEnv, type Env, envOf, lasting, POSIX, said, tgAuth as tgAuthApart, times } from './cli.ts';
import { tgAuth } from './in-process.ts';
import { atTerminal } from './person.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

/** An environment with a signed-in session. */
async function signedIn(more: Env = {}, phone = '9996620000'): Promise<Env> {
  const env = envOf(sandbox, more);
  await tgAuth(['send-code', phone], env);
  assert.equal((await tgAuth(['sign-in', phone, '--code', '22222'], env)).code, 0);
  return env;
}

describe('stored sessions', { concurrency: 2 }, () => {
  test('are listed, shown without secrets, renamed and deleted', async () => {
    const env = await signedIn();
    await tgAuth(['send-code', '9996620001', '--session', 'other'], env);
    const rows = 'default\tTest 20000 (@sandbox20000) +9996620000\tsigned in\n';
    const other = 'other\t+9996620001\tcode requested, not signed in\n';
    assert.equal((await tgAuth(['session', 'list'], env)).stdout, rows + other);
    const [first] = JSON.parse((await tgAuth(['session', '--json'], env)).stdout).result;
    assert.deepEqual([first.session, first.current, first.state], ['default', true, 'signed-in']);
    const elsewhere = await tgAuth(['session', 'list', '--test'], { ...env, TG_AUTH_SERVER: '' });
    assert.equal(elsewhere.stdout, '');
    assert.match(elsewhere.stderr, /Other sessions belong to the network server-[0-9a-f]{16}/);

    const shown = await tgAuth(['session', 'show'], env);
    assert.match(shown.stdout, /^session: default\n[\s\S]*^user: \d+$[\s\S]*^encrypted: false$/m);
    const { pending } = JSON.parse((await tgAuth(['session', 'show', 'other', '--json'], env)).stdout).result;
    assert.deepEqual([pending[0].phone, pending[0].type], ['+9996620001', 'app']);
    assert.equal(pending[0].phone_code_hash, undefined);

    checkFailure(await tgAuth(['session', 'rename', 'other', 'default', '--json'], env), 32, 'STORE_EXISTS');
    assert.equal((await tgAuth(['session', 'rename', 'other', 'work'], env)).stdout, 'work\n');
    checkFailure(await tgAuth(['session', 'delete', 'other', '--yes', '--json'], env), 32, 'STORE_MISSING');
    checkFailure(await tgAuth(['session', 'delete', 'work', '--json'], env), 2, 'USAGE');
    const deleted = await tgAuth(['session', 'delete', 'work', '--yes'], env);
    assert.deepEqual([deleted.stdout, deleted.stderr], ['true\n', '✔ Deleted session "work" from this machine.\n']);
    assert.equal((await tgAuth(['session', 'list'], env)).stdout, rows);
    const server = env.TG_AUTH_SERVER ?? '';
    const left = await tgAuth(['session', 'delete', '--server', server], { ...env, TG_AUTH_SERVER: '' });
    assert.ok(
      left.stderr.startsWith(
        '! Telegram keeps this session signed in.\n' +
          `  To end it there too:  tg-auth --server ${server} logout --session default\n`,
      ),
      left.stderr,
    );
  });

  test('are listed with their state, without a passphrase or a connection', POSIX, async () => {
    const env = await signedIn({}, '9996620000');
    const at = (name: string) => ({ ...env, TG_AUTH_SESSION: name });
    await tgAuth(['send-code', '9996621002'], at('half'));
    await tgAuth(['sign-in', '9996621002', '--code', '22222'], at('half'));
    await tgAuth(['session', 'rename', 'default', 'sealed'], env);
    await tgAuth(['session', 'passphrase', '--new', '-'], at('sealed'), 'correct horse\n');
    await tgAuth(['send-code', '9996629115'], at('ended'));
    await tgAuth(['cancel-code', '9996629115'], at('ended'));
    await tgAuth(['send-code', '9996620000'], at('broken'));
    const store = join(env.XDG_STATE_HOME ?? '', 'tg-auth');
    const [file = ''] = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => /broken/.test(name));
    writeFileSync(join(store, file), '{');
    const list = ['session', 'list', '--server', '127.0.0.1:1'];
    assert.deepEqual((await tgAuth(list, env)).stdout.split('\n'), [
      'broken\t-\tunreadable',
      'ended\t-\tsigned out',
      'half\t+9996621002\tcode accepted, password needed',
      'sealed\t-\tencrypted, passphrase needed',
      '',
    ]);
    const person = await atTerminal(list, env).ended;
    assert.match(person.screen, /^half {4}\+9996621002 {2}code accepted, password needed$/m);
    const states = JSON.parse((await tgAuth([...list, '--json'], env)).stdout).result;
    assert.deepEqual(
      states.map(({ state, phone }: Record<string, unknown>) => [state, phone]),
      [
        ['unreadable', null],
        ['signed-out', null],
        ['password-pending', '+9996621002'],
        ['encrypted', null],
      ],
    );
    const sealed = await tgAuth(['session', 'delete', 'sealed', '--yes'], env);
    assert.doesNotMatch(sealed.stderr, /keeps this session signed in\./);
  });

  test('are encrypted, opened with TG_AUTH_PASSPHRASE, and decrypted', async () => {
    const env = await signedIn();
    const sealed = { ...env, TG_AUTH_PASSPHRASE: 'correct horse' };
    const put = await tgAuth(['session', 'passphrase', '--new', '-'], env, 'correct horse\n');
    assert.deepEqual([put.code, put.stdout], [0, 'true\n'], put.stderr);
    checkFailure(await tgAuth(['whoami', '--json'], env), 32, 'STORE_SEALED');
    checkFailure(await tgAuth(['whoami', '--json'], { ...env, TG_AUTH_PASSPHRASE: 'x' }), 32, 'STORE_PASSPHRASE_WRONG');
    assert.equal((await tgAuth(['whoami'], sealed)).code, 0);
    assert.match((await tgAuth(['session', 'show'], sealed)).stdout, /^encrypted: true$/m);
    assert.equal((await tgAuth(['session', 'passphrase', '--remove'], sealed)).code, 0);
    assert.equal((await tgAuth(['whoami'], env)).code, 0);
    checkFailure(await tgAuth(['session', 'passphrase', '--new', 'x', '--json'], env), 2, 'USAGE');
    const both = ['session', 'passphrase', '--new', '-', '--remove', '--json'];
    checkFailure(await tgAuth(both, env, 'correct horse\n'), 2, 'USAGE');
  });

  test('are named in the advice of a failure', async () => {
    const env = await signedIn();
    await tgAuth(['session', 'rename', 'default', 'work'], env);
    const { stderr: asked } = await tgAuth(['send-code', '9996620001', '--session', 'new'], env);
    assert.match(asked, /: {2}tg-auth --session new send-call \+9996620001$/m);
    const { stderr: revoked } = await tgAuth(['whoami', '--session', 'none'], env);
    assert.match(revoked, /: {2}tg-auth --session none login$/m);
    await tgAuth(['session', 'passphrase', '--session', 'work', '--new', '-'], env, 'correct horse\n');
    const wrong: Env = { ...env, TG_AUTH_PASSPHRASE: 'x' };
    for (const args of [
      ['whoami', '--session', 'work'],
      ['session', 'show', 'work'],
    ])
      assert.match((await tgAuth(args, wrong)).stderr, /: {2}tg-auth --session work session delete$/m);
    const { TG_AUTH_SERVER: server = '', TG_AUTH_SERVER_KEY: key = '', ...bare } = wrong;
    const { stderr } = await tgAuth(['whoami', '--session', 'work', '--server', server, '--server-key', key], bare);
    assert.ok(
      stderr.includes(`:  tg-auth --session work --server ${server} --server-key ${key} session delete\n`),
      stderr,
    );
    assert.match((await tgAuth(['session', 'show', 'none'], env)).stderr, /: {2}tg-auth session list$/m);
    assert.match((await tgAuth(['whoami'], { ...env, TG_AUTH_SESSION: 'none' })).stderr, /: {2}tg-auth login$/m);
  });

  test('are encrypted from the start if TG_AUTH_PASSPHRASE is set', async () => {
    const env = await signedIn({ TG_AUTH_PASSPHRASE: 'from the start' });
    checkFailure(await tgAuth(['whoami', '--json'], { ...env, TG_AUTH_PASSPHRASE: '' }), 32, 'STORE_SEALED');
    assert.equal((await tgAuth(['logout'], env)).stdout, 'true\n');
    assert.equal((await tgAuth(['session', 'list'], env)).stdout, '');
  });

  test(`serve ${times(5, 20)} commands in turn, even if encrypted`, async () => {
    const env = cleanEnv({ TG_AUTH_PASSPHRASE: 'correct horse' });
    await tgAuth(['session', 'import', '-'], env, VECTORS[0]?.strings.telethon);
    const shows = Array.from({ length: times(5, 20) }, () => tgAuthApart(['session', 'show', '--timeout', '300'], env));
    for (const { code, stderr } of await Promise.all(shows)) assert.equal(code, 0, stderr);
  });

  test('are not created if the server fails a check of the key exchange', async () => {
    for (const fault of ['server-nonce', 'dh-hash', 'dh-nonce', 'params-fail']) {
      const forger = await lasting(startSandbox({ faults: [`${fault}@every-h2`] }));
      const env = envOf(forger);
      const { code, stderr } = await tgAuth(['send-code', '9996620000'], env);
      assert.equal(code, fault === 'params-fail' ? 30 : 31, stderr);
      assert.equal((await tgAuth(['session', 'list'], env)).stdout, '');
    }
  });

  test('prompt for the passphrase three times', POSIX, async () => {
    const env = await signedIn();
    const put = atTerminal(['session', 'passphrase'], env);
    await put.sees(/\? New passphrase/);
    put.types('swordfish\r');
    await put.sees(/New passphrase again/);
    put.types('swordfisch\r');
    await put.sees(/passphrases differ/);
    put.types('\x15swordfish\r');
    assert.equal((await put.ended).code, 0);

    const person = atTerminal(['whoami'], env);
    await person.sees(/\? Session passphrase/);
    person.types('wrong\r');
    await person.sees(/Wrong passphrase[\s\S]*\? Session passphrase/);
    person.types('swordfish\r');
    const { code, screen } = await person.ended;
    assert.equal(code, 0, screen);
    assert.doesNotMatch(screen, /swordfish/);

    const other = atTerminal(['whoami'], env);
    for (let i = 0; i < 3; i++) {
      await other.sees(new RegExp(`(Wrong passphrase[\\s\\S]*){${i}}\\? Session passphrase`));
      other.types('guess\r');
    }
    assert.equal((await other.ended).code, 32);
  });

  test('remember the time until which the server asked to wait', async () => {
    const env = envOf(sandbox);
    checkFailure(await tgAuth(['send-code', '9996629120', '--json'], env), 20, 'FLOOD_WAIT_X');
    const again = await tgAuth(['send-code', '9996629120', '--json'], env);
    assert.match(
      said(again),
      /asked you to wait until \d{4}-.*\(21 h.*\) before the next auth\.sendCode for \+9996629120/,
    );
    assert.match(
      (await tgAuth(['session', 'show'], env)).stdout,
      /^waits: method auth\.sendCode, phone \+9996629120, until \d+/m,
    );
    assert.doesNotMatch((await tgAuth(['send-code', '9996620002'], env)).stderr, /asked you to wait/);
  });
});

/** `session clone` in scripts and at a terminal. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { endDevice, endOtherDevices, whoAmI } from '../../src/auth/account.ts';
import { type Sandbox, type SandboxEvent, startSandbox } from '../../src/sandbox/index.ts';
import { sessionOf } from '../../src/session/formats/convert.ts';
import { readSessionString } from '../../src/session/formats/index.ts';
import type { Session } from '../../src/session/session.ts';
import { BIN, checkFailure, type Env, POSIX, start } from './cli.ts';
import { runs, tgAuth } from './in-process.ts';
import { atTerminal } from './person.ts';
import { opened, otherDevices, seal, signedIn, stored, storedAs, withSession } from './stored.ts';

let sandbox: Sandbox;
const listeners = new Set<(event: SandboxEvent) => void>();
before(async () => {
  const onEvent = (event: SandboxEvent) => {
    for (const listener of listeners) listener(event);
  };
  sandbox = await startSandbox({ onEvent });
});
after(() => sandbox.close());

/** How many sessions the account of `default` has, without its phone. */
async function sessionCount(env: Env): Promise<number> {
  return 1 + (await otherDevices(sandbox, storedAs(env))).length;
}

/** The id of a session's user, as the server knows it. */
async function userOf(session: Session): Promise<bigint> {
  return (await withSession(sandbox, session, whoAmI)).id;
}

describe('session clone', { concurrency: 2, ...POSIX }, () => {
  test('stores a second session, and either lives on when the other is terminated', async () => {
    const env = await signedIn(sandbox, '9996620021');
    const { code, stdout, stderr } = await tgAuth(['session', 'clone', 'ci', '--json'], env);
    assert.equal(code, 0, stderr);
    const { result, session, source, hash, user, format } = JSON.parse(stdout);
    assert.deepEqual([result, session, source, user, format], ['ci', 'ci', 'default', '20021', null]);
    assert.match(
      stderr,
      /^✔ Cloned the session as "ci", signed in as Test 20021 .*\. Both sessions stay signed in\.$/m,
    );
    assert.equal(await runs(['session', 'clone', '-q'], env), 'default-2');
    const original = storedAs(env);
    await withSession(sandbox, original, (client) => endDevice(client, BigInt(hash)));
    await assert.rejects(userOf(storedAs(env, 'ci')), { type: 'AUTH_KEY_UNREGISTERED' });
    await withSession(sandbox, storedAs(env, 'default-2'), endOtherDevices);
    await assert.rejects(userOf(original), { type: 'SESSION_REVOKED' });
    assert.equal(await userOf(storedAs(env, 'default-2')), 20021n);
  });

  test('exports a session and stores nothing; ends it if the string cannot be written', async () => {
    const env = await signedIn(sandbox, '9996620022');
    const clone = ['session', 'clone'];
    const file = join(env.HOME ?? '', 'clone.txt');
    assert.equal(await runs([...clone, '--output', file], env), file);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const string = await runs([...clone, '--format', 'gramjs'], env);
    const { network } = storedAs(env);
    for (const each of [string, readFileSync(file, 'utf8')])
      assert.equal(await userOf({ ...storedAs(env), ...sessionOf(readSessionString(each), network) }), 9996620022n);
    for (const shell of ['"$@" > /dev/full', '{ "$@"; echo $? >&2; } | true']) {
      const words = ['-c', shell, 'sh', process.execPath, BIN, ...clone, '--format', 'gramjs'];
      const { stderr } = await start('/bin/sh', words, env).ended;
      assert.match(stderr, /✖ Cannot write to stdout: [\s\S]*signed out again/);
    }
    assert.equal(await sessionCount(env), 3);
    assert.deepEqual([...stored(env).keys()], ['default']);
  });

  test('asks for the password of an account on another data centre, and ends the clone on Ctrl-C', async () => {
    const env = await signedIn(sandbox, '9996611002');
    const failure = await tgAuth(['session', 'clone', 'ci', '--json'], env);
    checkFailure(failure, 14, 'SESSION_PASSWORD_NEEDED');
    assert.match(JSON.parse(failure.stdout).next[0].run, /^tg-auth session clone ci --password -$/);
    const person = atTerminal(['session', 'clone', 'ci'], env);
    await person.sees(/\? Password \(hint: the name of this server\)/);
    person.types('wrong\r');
    await person.sees(/Wrong password[\s\S]*\? Password/);
    person.types('sandbox\r');
    const { code, screen } = await person.ended;
    assert.equal(code, 0, screen);
    assert.match(screen, /^ci$/m);
    const stopped = atTerminal(['session', 'clone', 'second'], env);
    await stopped.sees(/\? Password/);
    stopped.types('\x03');
    assert.equal((await stopped.ended).code, 130);
    assert.equal(await sessionCount(env), 2);
    assert.deepEqual([...stored(env).keys()].sort(), ['ci', 'default']);
  });

  test('encrypts the clone of an encrypted session with the same passphrase', async () => {
    const env = await signedIn(sandbox, '9996620023');
    await seal(sandbox, env, 'correct horse');
    const person = atTerminal(['session', 'clone', 'ci', '--pfs'], env);
    await person.sees(/\? Session passphrase/);
    person.types('correct horse\r');
    assert.equal((await person.ended).code, 0, person.screen);
    await assert.rejects(opened(sandbox, env, 'ci'), { type: 'STORE_SEALED' });
    assert.equal((await opened(sandbox, env, 'ci', 'correct horse')).user?.id, 20023n);
  });

  test('goes on with a clone that was killed', async () => {
    const env = await signedIn(sandbox, '9996620024');
    const { child, ended } = start(process.execPath, [BIN, 'session', 'clone', 'ci'], env, '');
    const kill = (event: SandboxEvent) => {
      if (event.event === 'request' && event.method === 'auth.acceptLoginToken') child.kill('SIGKILL');
    };
    listeners.add(kill);
    await ended;
    listeners.delete(kill);
    assert.deepEqual(storedAs(env, 'ci').clone, { user: 9996620024n });
    const again = await tgAuth(['session', 'clone', 'ci'], env);
    assert.deepEqual([again.stdout, again.code], ['ci\n', 0], again.stderr);
    assert.match(again.stderr, /^Going on with the unfinished clone "ci"\.$/m);
    assert.equal(storedAs(env, 'ci').user?.name, 'Test 20024 (@sandbox20024)');
    assert.equal(storedAs(env, 'ci').clone, undefined);
    assert.equal(await sessionCount(env), 2);
  });
});

/** The password commands at a terminal. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Env, envOf, lasting, POSIX, tgAuth } from './cli.ts';
import { atTerminal } from './person.ts';

const PHONE = '9996620001';

let sandbox: Sandbox;
let env: Env;
before(async () => {
  sandbox = await lasting(startSandbox());
  env = envOf(sandbox);
  await tgAuth(['send-code', PHONE], env);
  assert.equal((await tgAuth(['sign-in', PHONE, '--code', '22222'], env)).code, 0);
});

describe('at a terminal', POSIX, () => {
  test('a new password is typed twice and never shown, and its e-mail is confirmed', async () => {
    const person = atTerminal(['password', 'set', '--hint', 'swordfish', '--email', 'ada@example.com'], env);
    await person.sees(/\? New password/);
    person.types('swordfish\r');
    await person.sees(/The hint must not be the password/);
    person.types('\x15from the start\r');
    await person.sees(/\? New password again/);
    person.types('from the stary\r');
    await person.sees(/The passwords differ/);
    person.types('\x15from the start\r');
    await person.sees(/sent a code to a\*\*\*@example\.com\. Nothing changes until you enter it/);
    await person.sees(/\? Code from the e-mail/);
    person.types('111111\r');
    await person.sees(/Wrong code from the e-mail/);
    person.types('222222\r');
    const { code, screen } = await person.ended;
    assert.equal(code, 0, screen);
    assert.match(screen, /✔ Set the password\.\s+true/);
    assert.doesNotMatch(screen, /from the star/);
  });

  test('the current password is checked before a new one is asked for', async () => {
    const person = atTerminal(['password', 'change'], env);
    await person.sees(/\? Password \(hint: swordfish\)/);
    person.types('from the stary\r');
    await person.sees(/Wrong password\.\s+\? Password/);
    person.types('from the start\r');
    await person.sees(/\? New password/);
    person.types(' correct horse\r');
    await person.sees(/\? New password again/);
    person.types(' correct horse\r');
    const { code, screen } = await person.ended;
    assert.equal(code, 0, screen);
    assert.match(screen, /✔ Changed the password\.\s+true/);
  });

  test('a removal is confirmed first', async () => {
    const person = atTerminal(['password', 'remove'], { ...env, TG_AUTH_PASSWORD: ' correct horse' });
    await person.sees(/Remove the password from this account\?/);
    person.types('y\r');
    const { code, screen } = await person.ended;
    assert.equal(code, 0, screen);
    assert.match(screen, /✔ Removed the password\.\s+true/);
  });

  test('after Ctrl-C the code from the e-mail can still be entered', async () => {
    const secret = { TG_AUTH_NEW_PASSWORD: 'from the start' };
    const person = atTerminal(['password', 'set', '--email', 'ada@example.com'], { ...env, ...secret });
    await person.sees(/\? Code from the e-mail/);
    person.types('\x03');
    const { code, screen } = await person.ended;
    assert.equal(code, 130, screen);
    assert.match(screen, /Interrupted\.\s+Enter the code from the e-mail: +tg-auth password email$/);
  });
});

/** Terminals that can draw little: TERM=dumb, and narrow ones. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { cleanEnv, type Env, envOf, POSIX, runs, tgAuth } from './cli.ts';
import { atTerminal, type Person } from './person.ts';

const ESC = '\x1b';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

const dumb = (): Env => envOf(sandbox, { TERM: 'dumb' });

describe('TERM=dumb', POSIX, () => {
  test('asks plain questions, again after a mistake, and writes no escape sequences', async () => {
    const person = atTerminal(['login'], dumb());
    await person.sees(/^Phone number: $|^Phone number:$/m);
    person.types('+7 999 ABC\r');
    await person.sees(/is not a phone number/);
    person.types('9996621234\r');
    await person.sees(/^Code \(or c = call me.*n = different number\):/m);
    person.types('22222\r');
    const { code, screen, raw } = await person.ended;
    assert.equal(code, 0, screen);
    assert.ok(!raw.includes(ESC), JSON.stringify(raw));
    assert.match(screen, /✔ Signed in/);
  });

  test('a key asks for something else', async () => {
    const person = atTerminal(['login', '9996621234'], dumb());
    await person.sees(/^Code \(/m);
    person.types('n\r');
    await person.sees(/^Phone number:/m);
    person.types('\x04');
    assert.equal((await person.ended).code, 130);
  });

  test('a secret stays hidden', async () => {
    const person = atTerminal(['login', '--bot'], dumb());
    await person.sees(/^Bot token:/m);
    person.types(`2000:x\x7f${'s'.repeat(35)}\r`);
    const { code, screen, raw } = await person.ended;
    assert.equal(code, 0, screen);
    assert.ok(!raw.includes('sss') && !raw.includes(ESC), JSON.stringify(raw));
  });

  for (const [how, key] of [
    ['Ctrl-C', '\x03'],
    ['Ctrl-D', '\x04'],
  ] as const)
    test(`${how} at a question exits with 130`, async () => {
      for (const [args, question] of [
        [['send-call'], /^Phone number:/m],
        [['login', '--bot'], /^Bot token:/m],
      ] as const) {
        const person = atTerminal(args, dumb());
        await person.sees(question);
        person.types(key);
        const { code, screen, raw } = await person.ended;
        assert.equal(code, 130, screen);
        assert.ok(!raw.includes(ESC));
      }
    });

  test('shows the link of a QR code, not the code', async () => {
    const person = atTerminal(['login', '--qr'], dumb());
    await person.sees(/The QR code is not shown: TERM=dumb\.\s[\s\S]*tg:\/\/login\?token=/);
    assert.doesNotMatch(person.screen, /[▀▄█]/);
    person.types('\x03');
    assert.ok(!(await person.ended).raw.includes(ESC));
  });
});

describe('at 40 columns', POSIX, () => {
  /** A command to paste, or one long word such as a link: the terminal breaks it, and copying joins it again. */
  const PASTED = /^ *((tg-auth|sudo|hash=|TG_AUTH_\w+=|echo|ssh) ?.*|\S+)$/;
  function wraps({ broken, screen }: Person): void {
    assert.deepEqual(
      broken.filter((line) => !PASTED.test(line)),
      [],
      screen,
    );
  }

  test('messages, prompts and answers for people wrap at words', async () => {
    const env = envOf(sandbox);
    const person = atTerminal(['login', '9996621234'], env, 40);
    await person.sees(/^\? Code[\s\S]*<n> different number$/m);
    person.types('1\r');
    await person.sees(/must have 5 characters/);
    wraps(person);
    person.types('\x7f22222\r');
    assert.equal((await person.ended).code, 0, person.screen);
    wraps(person);
    for (const args of [
      ['devices'],
      ['session', 'list'],
      ['session', 'show'],
      ['doctor'],
      ['login'],
      ['logout', 'x'],
    ]) {
      const each = atTerminal(args, env, 40);
      await each.ended;
      wraps(each);
    }
    const devices = atTerminal(['devices'], env, 40);
    assert.match((await devices.ended).screen, /^1\n {2}hash {4}0\n {2}active {2}this session\n {2}app {5}Application/);
  });

  test('the help wraps at words', async () => {
    const pages = [[], ['--help'], ['help', 'options'], ['help', 'exit-codes'], ['send-call', '--help']];
    for (const args of [
      ...pages,
      ['sandbox', '--help'],
      ['session', 'export', '--help'],
      ['explain', 'STORE_DENIED'],
    ]) {
      const person = atTerminal(args, cleanEnv(), 40);
      assert.equal((await person.ended).code, 0);
      wraps(person);
    }
  });

  test('plain questions of TERM=dumb wrap, too', async () => {
    const person = atTerminal(['login', '9996621234'], dumb(), 40);
    await person.sees(/number\): ?$/);
    wraps(person);
    person.types('\x04');
    await person.ended;
  });

  test('a countdown stays on one line', async () => {
    const env = envOf(sandbox);
    await runs(['send-code', '9996621234'], env);
    const person = atTerminal(['send-call', '9996621234', '--wait'], env, 40);
    await person.sees(/[-\\|/] Waiting for the next delivery.*: (\d+ min ?)?(\d+ s)?$/m);
    wraps(person);
    person.types('\x03');
    await person.ended;
  });
});

test('what is not written to a terminal is not wrapped', POSIX, async () => {
  const env = envOf(sandbox, { COLUMNS: '40' });
  await runs(['sign-in', '9996621234', '--hash', await runs(['send-code', '9996621234'], env), '--code', '22222'], env);
  assert.match(await runs(['devices'], env), /^ROW {2}HASH {2,}ACTIVE {2,}APP {2,}DEVICE {2,}FROM$/m);
  const { stderr } = await tgAuth(['logout', 'x'], env);
  assert.match(stderr, /^✖ Too many arguments for 'logout'\. Expected 0 arguments but got 1\.$/m);
});

test('a QR code that is wider than the terminal is not drawn', POSIX, async () => {
  const narrow = atTerminal(['login', '--qr'], envOf(sandbox), 36);
  await narrow.sees(/37 columns\s+needed[\s\S]*tg:\/\/login\?token=/);
  assert.doesNotMatch(narrow.screen, /[▀▄█]/);
  narrow.types('\x03');
  await narrow.ended;
  const wide = atTerminal(['login', '--qr'], envOf(sandbox), 37);
  await wide.sees(/[▀▄█]{20}/);
  wide.types('\x03');
  await wide.ended;
});

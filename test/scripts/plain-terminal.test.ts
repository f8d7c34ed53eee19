/** Terminals that can draw little: TERM=dumb, and narrow ones. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Env, envOf, POSIX } from './cli.ts';
import { atTerminal } from './person.ts';

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
    await person.sees(/tg:\/\/login\?token=/);
    assert.doesNotMatch(person.screen, /[▀▄█]/);
    person.types('\x03');
    assert.ok(!(await person.ended).raw.includes(ESC));
  });
});

test('a QR code that is wider than the terminal is not drawn', POSIX, async () => {
  const narrow = atTerminal(['login', '--qr'], envOf(sandbox), 36);
  await narrow.sees(/37 columns needed[\s\S]*tg:\/\/login\?token=/);
  assert.doesNotMatch(narrow.screen, /[▀▄█]/);
  narrow.types('\x03');
  await narrow.ended;
  const wide = atTerminal(['login', '--qr'], envOf(sandbox), 37);
  await wide.sees(/[▀▄█]{20}/);
  wide.types('\x03');
  await wide.ended;
});

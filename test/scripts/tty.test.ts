/** At a terminal: prompts, and Ctrl-C. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { BIN, cleanEnv, envOf, POSIX, start } from './cli.ts';
import { Person, atTerminal as tgAuth } from './person.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

describe('send-call alone', POSIX, () => {
  test('asks for the number and the hash, again after a mistake, and calls', async () => {
    const person = tgAuth(['send-call'], envOf(sandbox));
    await person.sees(/\? Phone number/);
    person.types('+7 999 ABC\r');
    await person.sees(/is not a phone number/);
    person.types('\x15+7 999 123-45-67\r');
    await person.sees(/\? phone_code_hash/);
    person.types('\r');
    await person.sees(/hash is empty/);
    person.types('2dc02d2cda9e615c84\r');
    const { code, screen } = await person.ended;
    assert.equal(code, 0, screen);
    assert.match(screen, /✔ .*calling \+79991234567/);
    assert.match(screen, /^true$/m);
  });

  test('asks about a number with a national prefix', async () => {
    const person = tgAuth(['send-call', '8 999 123-45-67', '--hash', '2dc02d2cda9e615c84'], envOf(sandbox));
    await person.sees(/Did you mean \+7 999 123-45-67\?/);
    person.types('n\r');
    await person.sees(/\? Phone number/);
    person.types('+7 8 999 123-45-67\r');
    await person.sees(/Phone number \+7 8.*Did you mean/s);
    person.types('y\r');
    const { code, screen } = await person.ended;
    assert.equal(code, 0, screen);
    assert.match(screen, /✔ .*calling \+79991234567/);
  });

  test('asks about a number without its country code', async () => {
    const args = ['send-code', '--sandbox', '(212) 555-0123'];
    const person = tgAuth(args);
    await person.sees(/Did you mean \+1 212 555 0123\?/);
    person.types('n\r');
    await person.sees(/\? Phone number/);
    person.types('079 1234 5678\r');
    await person.sees(/Did you mean \+447912345678\?/);
    person.types('n\r');
    await person.sees(/Did you mean \+917912345678\?/);
    person.types('y\r');
    const { code, screen } = await person.ended;
    assert.equal(code, 0, screen);
    assert.match(screen, /Telegram sent the code/);
    const piped = await start(process.execPath, [BIN, ...args], cleanEnv()).ended;
    assert.equal(piped.code, 2);
    assert.match(piped.stderr, /may be \+12125550123 or \+2125550123\.\n.* \+1 212 555 0123$/m);
  });

  test('needs no credentials for its first prompt', async () => {
    const person = tgAuth(['send-call']);
    await person.sees(/\? Phone number/);
    person.types('\x03');
    assert.equal((await person.ended).code, 130);
  });

  test('draws its prompts on stderr and writes only the answer to stdout', async () => {
    const command = `out=$("${process.execPath}" "${BIN}" send-call); echo "[$out]"`;
    const person = new Person('/bin/sh', ['-c', command], envOf(sandbox));
    await person.sees(/\? Phone number/);
    person.types('79991234567\r');
    await person.sees(/\? phone_code_hash/);
    person.types('2dc02d2cda9e615c84\r');
    assert.match((await person.ended).screen, /^\[true\]$/m);
  });

  for (const [how, args, env] of [
    ['--no-input', ['--no-input'], {}],
    ['CI', [], { CI: 'true' }],
  ] as const)
    test(`does not prompt with ${how}`, async () => {
      const { code, screen } = await tgAuth(['send-call', ...args], envOf(sandbox, env)).ended;
      assert.equal(code, 2);
      assert.match(screen, /✖ Phone number required: (--no-input|CI) is set\./);
    });
});

describe('Ctrl-C', POSIX, () => {
  /** What a program must not leave behind on a terminal: a hidden cursor, colours, the alternate screen. */
  function isClean(raw: string): void {
    const [show, hide] = [raw.lastIndexOf('\x1b[?25h'), raw.lastIndexOf('\x1b[?25l')];
    assert.ok(show >= hide, 'the cursor is shown');
    assert.ok(!raw.includes('\x1b[?1049h') || raw.includes('\x1b[?1049l'));
  }

  test('at a prompt exits with 130, restores the terminal, and shows no stack trace', async () => {
    const command = `"${process.execPath}" "${BIN}" send-call; echo "exit $?"; stty -a`;
    const person = new Person('/bin/sh', ['-c', command], envOf(sandbox));
    await person.sees(/\? Phone number/);
    person.types('+7999');
    await person.sees(/\+7999/);
    person.types('\x03');
    const { screen, raw } = await person.ended;
    assert.match(screen, /^exit 130$/m);
    assert.match(screen, /✖ Interrupted\./);
    assert.doesNotMatch(screen, /^\s+at /m);
    assert.match(screen, /[^-]icanon/, 'canonical mode');
    assert.match(screen, /[^-]echo\b/, 'echo');
    isClean(raw);
  });

  test('during a request exits with 130 and erases the spinner', async () => {
    const silent = await startSandbox({ faults: ['silence@every-a1'] });
    const person = tgAuth(['send-call', '79991234567', '--hash', 'abc'], envOf(silent));
    await person.sees(/[-\\|/] Asking for a call to \+79991234567/);
    person.types('\x03');
    const { code, screen, raw } = await person.ended;
    await silent.close();
    assert.equal(code, 130);
    assert.equal(screen.replace('^C', ''), '✖ Interrupted.');
    isClean(raw);
  });

  test('during a countdown exits with 130', async () => {
    const args = ['send-call', '9996629120', '--hash', 'abc', '--wait-flood', '80000'];
    const person = tgAuth(args, envOf(sandbox));
    await person.sees(/FLOOD_WAIT_76543.*21 h 1\d min/);
    person.types('\x03');
    const { code, screen } = await person.ended;
    assert.equal(code, 130);
    assert.match(screen, /✖ Interrupted\./);
  });

  test('goes to the program in a sandbox', async () => {
    const guest = 'trap "echo received; exit 9" INT; echo ready; while :; do sleep 0.1; done';
    const person = tgAuth(['sandbox', '--', 'sh', '-c', guest]);
    await person.sees(/ready/);
    person.types('\x03');
    const { code, screen } = await person.ended;
    assert.equal(code, 9);
    assert.equal(screen.match(/received/g)?.length, 1, screen);
  });
});

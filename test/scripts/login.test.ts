/** `login` at a terminal, from the first prompt to the end. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import jsqr from 'jsqr';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Env, envOf, lasting, POSIX } from './cli.ts';
import { tgAuth } from './in-process.ts';
import { atTerminal, type Person } from './person.ts';

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox.close());

const TOKEN = `987654321:${'t'.repeat(35)}`;

/** Starts `login` and enters the phone number. */
async function begins(env: Env, phone: string): Promise<Person> {
  const person = atTerminal(['login'], env);
  await person.sees(/\? Phone number/);
  person.types(`${phone}\r`);
  return person;
}

async function succeeds(person: Person, who: RegExp): Promise<string> {
  const { code, screen } = await person.ended;
  assert.equal(code, 0, screen);
  assert.match(screen, who);
  assert.match(screen, /^\d+$/m);
  return screen;
}

/** Ctrl-C ends it with 130, with the cursor shown and no stack trace. */
async function isInterrupted(person: Person): Promise<void> {
  person.types('\x03');
  const { code, screen, raw } = await person.ended;
  assert.equal(code, 130, screen);
  assert.match(screen, /✖ Interrupted\./);
  assert.doesNotMatch(screen, /^\s+at /m);
  assert.ok(raw.lastIndexOf('\x1b[?25h') >= raw.lastIndexOf('\x1b[?25l'), 'the cursor is shown');
}

describe('login with a code', { concurrency: 2, ...POSIX }, () => {
  test('accepts the code and the password after wrong ones; a second login has nothing to do', async () => {
    const env = envOf(sandbox);
    const person = await begins(env, '+9996621002');
    await person.sees(/\bapps\b/);
    await person.sees(/at\s+once/);
    await person.sees(/<c> call me \(in (1 min|\d+ s)\) {3}<n> different number/);
    person.types('00000\r');
    await person.sees(/Wrong code[\s\S]*\? Code/);
    person.types('22222\r');
    await person.sees(/\? Password \(hint: the name of this server\)/);
    person.types('wrong\r');
    await person.sees(/Wrong password[\s\S]*\? Password/);
    person.types('sandbox\r');
    const screen = await succeeds(person, /✔ Signed in as Test 21002 \(@sandbox21002\)/);
    assert.doesNotMatch(screen, /sandbox$/m, 'the password is hidden');

    const again = await tgAuth(['login', '--qr'], env);
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stderr, /Already signed in as Test 21002/);
    await succeeds(atTerminal(['login', '+9996621002'], env), /Already signed in/);
    const other = await atTerminal(['login', '+9996620000'], env).ended;
    assert.equal(other.code, 2);
    assert.match(other.screen, /already signed in as \+9996621002/);
  });

  test('offers each delivery method when it is next, once, and leaves no line for a key', async () => {
    const person = await begins(envOf(sandbox), '+9996622013');
    await person.sees(/\? Code\s+<c> call me {3}<n> different number\s*$/);
    person.types('c');
    await person.sees(
      /Telegram is calling \+9996622013\. A voice will read out the code.*\s+\? Code\s+<r> resend as an SMS {3}<n>/,
    );
    person.types('r');
    await person.sees(/by SMS\.\s+\? Code\s+<n> different number\s*$/);
    person.types('n');
    await person.sees(/by SMS\.\s+\? Phone number/);
    person.types('+9996620000\r');
    await person.sees(/<c> call me \(in/);
    person.types('22222\r');
    const screen = await succeeds(person, /Signed in as Test 20000/);
    assert.deepEqual(screen.match(/^✔ Code.*$/gm), ['✔ Code 22222']);
  });

  test('asks for one challenge for each password', async () => {
    const methods: string[] = [];
    const counting = await lasting(
      startSandbox({ onEvent: (event) => event.event === 'request' && methods.push(event.method) }),
    );
    const person = await begins(envOf(counting), '+9996621002');
    await person.sees(/\? Code/);
    person.types('22222\r');
    await person.sees(/\? Password/);
    person.types('wrong\r');
    await person.sees(/Wrong password[\s\S]*\? Password/);
    person.types('sandbox\r');
    await succeeds(person, /Signed in as/);
    const count = (method: string) => methods.filter((each) => each === method).length;
    assert.deepEqual([count('account.getPassword'), count('auth.checkPassword')], [2, 2]);
  });

  test('takes the code out of a pasted message, and refuses one of the wrong length', async () => {
    const person = await begins(envOf(sandbox), '+9996620000');
    await person.sees(/<c> call me/);
    person.types('2222\r');
    await person.sees(/The code must have 5 characters, not 4\./);
    person.types('\x15');
    person.types('code \u0662\u0662\u0662\u0662\u0662, do not share it\r');
    await succeeds(person, /Signed in as Test 20000/);
  });

  test('counts down to the next delivery method', async () => {
    const minute = await begins(envOf(sandbox), '+9996620000');
    await minute.sees(/call me \(in (1 min|\d+ s)\)/);
    const [, first = ''] = /call me \(in (.+?)\)/.exec(minute.screen) ?? [];
    await minute.sees(new RegExp(`call me \\(in (?!${first}\\))\\d+ s\\)`));
    await isInterrupted(minute);
    const seconds = await begins(envOf(sandbox), '+9996622014');
    await seconds.sees(/call me {3}<n>/);
    await isInterrupted(seconds);
  });

  test('counts down a short wait that the server asks for, and repeats the request', async () => {
    let now = Date.now(); // stands still: the server asks until the test has seen it
    const still = await lasting(startSandbox({ now: () => now }));
    const person = await begins(envOf(still), '+9996622014');
    await person.sees(/<c> call me/);
    person.types('c');
    await person.sees(/Waiting as the server asks \(FLOOD_WAIT_3\): \d s/);
    now += 3000;
    await person.sees(/Telegram is calling[^!]*\? Code/);
    assert.doesNotMatch(person.screen, /Waiting as/);
    await isInterrupted(person);
  });

  test('shows the time at which a request with a long wait may be repeated', async () => {
    const person = await begins(envOf(sandbox), '+9996629220');
    await person.sees(/\? Code/);
    person.types('22222\r');
    await person.sees(/Too many requests: wait 1 h\.\s+Try again after [\d:]+\.[\s\S]*\? Code/);
    await isInterrupted(person);
  });

  test('no longer offers a delivery method that the server refused', async () => {
    const person = await begins(envOf(sandbox), '+9996629016');
    await person.sees(/<c> call me/);
    person.types('c');
    await person.sees(/no other delivery method[\s\S]*\? Code\s+<n> different number\s*$/);
    await isInterrupted(person);
  });

  test('uses digits as keys for a code that is a word', async () => {
    const person = await begins(envOf(sandbox), '+9996622008');
    await person.sees(/<1> call me \(in .*\) {3}<3> different number/);
    person.types('sandbox\r');
    await succeeds(person, /Signed in as/);
  });

  test('offers no other delivery method where there is none, and still accepts the code', async () => {
    const person = await begins(envOf(sandbox), '+9996622012');
    await person.sees(/\? Code\s+<n> different number/);
    person.types('c');
    await person.sees(/\? Code c/);
    person.types('\x7f');
    person.types('22222\r');
    await succeeds(person, /Signed in as/);
  });

  test('replaces an expired code', async () => {
    let now = Date.now();
    const aging = await startSandbox({ now: () => now });
    const person = await begins(envOf(aging), '+9996629112');
    await person.sees(/\? Code/);
    now += 3000; // the lifetime of its code
    person.types('22222\r');
    await person.sees(/has expired[\s\S]*\? Code/);
    person.types('22222\r');
    await succeeds(person, /Signed in as/);
    await aging.close();
  });

  test('signs up a new number', async () => {
    const person = await begins(envOf(sandbox), '+9996621001');
    await person.sees(/\? Code/);
    person.types('22222\r');
    await person.sees(/\? First name/);
    person.types('\r');
    await person.sees(/First name required/);
    person.types('Ada\r');
    await person.sees(/\? Last name/);
    person.types('\r');
    await person.sees(/This is a sandbox[\s\S]*\? Do you accept them/);
    person.types('y\r');
    await succeeds(person, /Signed in as Ada\./);
  });

  test('sets up a login e-mail', async () => {
    const person = await begins(envOf(sandbox), '+9996629216');
    await person.sees(/\? E-mail address/);
    person.types('ada@example.com\r');
    await person.sees(/\? Code from the e-mail/);
    person.types('222222\r');
    await person.sees(/by SMS[\s\S]*\? Code/);
    person.types('22222\r');
    await succeeds(person, /Signed in as/);
  });

  test('ends with Ctrl-D on an empty line, with a connection open', async () => {
    const env = envOf(sandbox);
    const coding = await begins(env, '+9996621002');
    await coding.sees(/\? Code/);
    coding.types('\x04');
    assert.equal((await coding.ended).code, 130);
    const proving = atTerminal(['sign-in', '+9996621002', '--code', '22222'], env);
    await proving.sees(/\? Password/);
    proving.types('x\x04\x7f\x04');
    const { code, screen } = await proving.ended;
    assert.equal(code, 130);
    assert.match(screen, /✖ Interrupted\./);
  });

  test('leaves a code for sign-in after Ctrl-C at each prompt', async () => {
    const env = envOf(sandbox);
    const first = atTerminal(['login'], env);
    await first.sees(/\? Phone number/);
    await isInterrupted(first);
    const second = await begins(env, '+9996621003');
    await second.sees(/\? Code/);
    second.types('22');
    await second.sees(/\? Code 22/);
    await isInterrupted(second);
    const third = atTerminal(['sign-in', '+9996621003'], env);
    await third.sees(/\? Code/);
    third.types('22222\r');
    await third.sees(/\? Password/);
    await isInterrupted(third);
    const again = await begins(env, '+9996621003');
    await again.sees(/\? Code/);
    again.types('22222\r');
    await again.sees(/\? Password/);
    await isInterrupted(again);
    const fourth = atTerminal(['sign-in', '+9996621003'], env);
    await fourth.sees(/\? Password/);
    fourth.types('sandbox\r');
    await succeeds(fourth, /Signed in as Test 21003/);
  });

  test('needs a terminal, and names the commands for a script', async () => {
    const { code, stderr } = await tgAuth(['login', '+9996620000'], envOf(sandbox));
    assert.equal(code, 2);
    assert.match(stderr, /send-code \+9996620000.*sign-in/);
  });

  test('refuses a malformed number before it connects', async () => {
    const env = envOf(sandbox);
    await tgAuth(['send-code', '9996620000'], env);
    const person = atTerminal(['login', '+999662000O', '-v'], env);
    const { code, screen } = await person.ended;
    assert.equal(code, 2);
    assert.match(screen, /is not a phone number/);
    assert.doesNotMatch(screen, /users\.getUsers/);
  });
});

test('password recover asks again for a wrong code, before it asks for the new password', POSIX, async () => {
  const env = envOf(sandbox);
  await tgAuth(['send-code', '9996631003'], env);
  assert.equal((await tgAuth(['sign-in', '9996631003', '--code', '33333'], env)).code, 14);
  await tgAuth(['password', 'recover', '--send'], env);
  const wrong = await atTerminal(['password', 'recover', '--code', '111111'], env).ended;
  assert.equal(wrong.code, 13, wrong.screen);
  const person = atTerminal(['password', 'recover'], env);
  await person.sees(/sent a code to s\*\*\*@example\.com\.\s+\? Code from the e-mail/);
  person.types('111111\r');
  await person.sees(/Wrong code from the e-mail\.\s+\? Code from the e-mail/);
  person.types('333333\r');
  await person.sees(/\? New password/);
  person.types('swordfish\r');
  await person.sees(/\? New password again/);
  person.types('swordfish\r');
  await succeeds(person, /Signed in as Test 31003/);
});

describe('login --qr', POSIX, () => {
  /** Reads the QR code from the screen as a camera would: each cell holds two modules, one above the other. */
  function scan(person: Person): string | undefined {
    const rows = person.cells().filter((cells) => cells.some(({ char }) => char === '▀'));
    const width = Math.max(...rows.map((cells) => cells.filter(({ char }) => char === '▀').length));
    const scale = 4;
    const [w, h] = [width * scale, rows.length * 2 * scale];
    const pixels = new Uint8ClampedArray(w * h * 4).fill(255);
    for (const [y, cells] of rows.entries())
      for (const [x, { fg, bg }] of cells.slice(0, width).entries())
        for (const [half, color] of [fg, bg].entries())
          if (color === 0)
            for (let i = 0; i < scale * scale; i++) {
              const at = ((y * 2 + half) * scale + Math.floor(i / scale)) * w + x * scale + (i % scale);
              pixels.fill(0, at * 4, at * 4 + 3);
            }
    return jsqr.default(pixels, w, h)?.data;
  }

  test('shows a code that a camera can read, and ends once a phone has accepted it', async () => {
    const person = atTerminal(['login', '--qr', '--color'], envOf(sandbox));
    await person.sees(/tg:\/\/login\?token=[\w-]+/);
    await person.sees(/Press Ctrl-C to stop/);
    const [link = ''] = /tg:\/\/login\?token=[\w-]+/.exec(person.screen) ?? [];
    assert.equal(scan(person), link);
    sandbox.scan(link, '9996620000');
    const screen = await succeeds(person, /✔ Signed in as Test 20000/);
    assert.doesNotMatch(screen, /tg:\/\/login/, 'the used code is removed from the screen');
  });

  test('follows the account to another data centre, and asks for the password there', async () => {
    const person = atTerminal(['login', '--qr'], envOf(sandbox));
    await person.sees(/Press Ctrl-C to stop/);
    const [link = ''] = /tg:\/\/login\?token=[\w-]+/.exec(person.screen) ?? [];
    sandbox.scan(link, '9996611002');
    await person.sees(/\? Password/);
    person.types('sandbox\r');
    await succeeds(person, /Signed in as Test 11002/);
  });

  test('stores the data centre at which the password can be recovered', async () => {
    const env = envOf(sandbox);
    const person = atTerminal(['login', '--qr', '--no-input'], env);
    await person.sees(/Press Ctrl-C to stop/);
    const [link = ''] = /tg:\/\/login\?token=[\w-]+/.exec(person.screen) ?? [];
    sandbox.scan(link, '9996611003');
    assert.equal((await person.ended).code, 14);
    assert.equal((await tgAuth(['password', 'recover', '--send'], env)).stdout, 's***@example.com\n');
  });

  test('works without a terminal, and can be accepted by another session', async () => {
    const env = envOf(sandbox, { TG_AUTH_PASSWORD: 'sandbox' });
    await tgAuth(['send-code', '9996620000', '--session', 'phone'], env);
    await tgAuth(['sign-in', '9996620000', '--code', '22222', '--session', 'phone'], env);
    const { start, BIN } = await import('./cli.ts');
    const running = start(process.execPath, [BIN, 'login', '--qr', '--json', '-q'], env, '');
    let seen = '';
    const link = await new Promise<string>((resolve) => {
      running.child.stderr?.on('data', (text: string) => {
        seen += text;
        const [found] = /tg:\/\/login\?token=[\w-]+(?=\s)/.exec(seen) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    const accept = ['devices', 'accept', link, '--session', 'phone'];
    assert.equal((await tgAuth(accept, env)).code, 2, 'it needs a confirmation');
    assert.deepEqual((await tgAuth([...accept, '--yes'], env)).stdout, 'true\n');
    const { code, stdout } = await running.ended;
    assert.equal(code, 0, seen);
    assert.equal(JSON.parse(stdout).method, 'auth.exportLoginToken');
    assert.equal((await tgAuth([...accept, '--yes', '--json'], env)).code, 21, 'a link works once');
  });

  test('ends with Ctrl-C', async () => {
    const person = atTerminal(['login', '--qr'], envOf(sandbox));
    await person.sees(/Press Ctrl-C to stop/);
    await isInterrupted(person);
  });
});

describe('login --bot', POSIX, () => {
  test('hides the token, or reads it from stdin or the environment, but not from an argument', async () => {
    const person = atTerminal(['login', '--bot'], envOf(sandbox));
    await person.sees(/\? Bot token/);
    person.types('12345\r');
    await person.sees(/not a bot token|Invalid bot token/);
    person.types(`\x15${TOKEN}\r`);
    const screen = await succeeds(person, /Signed in as Bot \(@sandbox_987654321_bot\)/);
    assert.doesNotMatch(screen, /ttttt/);

    const piped = await tgAuth(['login', '--bot', '--token', '-'], envOf(sandbox), `${TOKEN}\n`);
    assert.deepEqual([piped.code, piped.stdout], [0, '987654321\n'], piped.stderr);
    const env = envOf(sandbox, { TG_AUTH_BOT_TOKEN: TOKEN });
    assert.equal((await tgAuth(['login', '--bot'], env)).stdout, '987654321\n');
    assert.match((await tgAuth(['whoami'], env)).stdout, /^987654321\tBot/);
    const plain = await tgAuth(['login', '--bot', '--token', TOKEN], envOf(sandbox));
    assert.equal(plain.code, 2);
    assert.doesNotMatch(plain.stderr, /ttttt/);
  });

  test('refuses a session of another account than that of the token', async () => {
    const env = envOf(sandbox, { TG_AUTH_BOT_TOKEN: TOKEN });
    await tgAuth(['send-code', '9996620000'], env);
    await tgAuth(['sign-in', '9996620000', '--code', '22222'], env);
    const person = await tgAuth(['login', '--bot'], env);
    assert.deepEqual([person.code, person.stdout], [2, '']);
    assert.match(person.stderr, /already signed in as \+9996620000/);
    await tgAuth(['logout'], env);
    const first = await tgAuth(['login', '--bot'], env);
    const again = await tgAuth(['login', '--bot', '--token', '-'], env, `${TOKEN}\n`);
    assert.deepEqual([again.code, again.stdout], [0, first.stdout]);
    const other = await tgAuth(['login', '--bot', '--token', '-'], env, `1${TOKEN}\n`);
    assert.deepEqual([other.code, other.stdout], [2, '']);
    const { TG_AUTH_BOT_TOKEN: _, ...without } = env;
    assert.equal((await tgAuth(['login', '--bot'], without)).stdout, first.stdout, 'no token is needed');
    const human = await atTerminal(['login', '+9996620000'], env).ended;
    assert.match(human.screen, /already signed in as Bot /);
  });

  test('ends with Ctrl-C', async () => {
    const person = atTerminal(['login', '--bot'], envOf(sandbox));
    await person.sees(/\? Bot token/);
    await isInterrupted(person);
  });
});

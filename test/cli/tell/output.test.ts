/** The two output streams, on buffers. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Globals } from '../../../src/cli/settings/setting.ts';
import { aboutSession, type Failure, failureOf } from '../../../src/cli/tell/failure.ts';
import { hasColor, Output, PLAIN, painter, type Style } from '../../../src/cli/tell/output.ts';
import { NetworkError, RpcError, UsageError } from '../../../src/errors.ts';
import { printable } from '../../../src/printable.ts';

class Buffered {
  readonly isTTY: boolean;
  text = '';
  constructor(isTTY = false) {
    this.isTTY = isTTY;
  }
  write(text: string): void {
    this.text += text;
  }
}

function output(style: Partial<Style> = {}, isTTY = false, now = () => 0) {
  const [stdout, stderr] = [new Buffered(), new Buffered(isTTY)];
  const out = new Output(
    { stdout, stderr },
    { json: false, quiet: false, verbose: false, paint: PLAIN, ...style },
    now,
  );
  return { out, stdout, stderr };
}

const FAILURE: Failure = {
  exitCode: 12,
  code: 400,
  type: 'PHONE_CODE_EXPIRED',
  text: 'PHONE_CODE_EXPIRED',
  parameter: null,
  message: 'Too late.',
  why: ['Codes die.'],
  next: [{ say: 'Ask again', run: 'tg-auth send-code +7999' }],
  retryAfter: null,
};

describe('colours', () => {
  const rows: readonly (readonly [string, boolean, boolean | undefined, Record<string, string>, boolean])[] = [
    ['a terminal', true, undefined, {}, true],
    ['a pipe', false, undefined, {}, false],
    ['--color', false, true, { NO_COLOR: '1' }, true],
    ['--no-color', true, false, { FORCE_COLOR: '1' }, false],
    ['NO_COLOR', true, undefined, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', true, undefined, { NO_COLOR: '' }, true],
    ['FORCE_COLOR', false, undefined, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR before NO_COLOR', false, undefined, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0', true, undefined, { FORCE_COLOR: '0' }, false],
    ['a dumb terminal', true, undefined, { TERM: 'dumb' }, false],
  ];
  for (const [what, isTTY, flag, env, expected] of rows)
    test(what, () => assert.equal(hasColor({ isTTY }, flag, env), expected));

  test('come from chalk', async () => {
    assert.equal((await painter(true)).red('x'), '\x1b[31mx\x1b[39m');
    assert.equal((await painter(false)).red('x'), 'x');
  });
});

describe('streams', () => {
  test('the answer goes to stdout, informational lines to stderr', () => {
    const { out, stdout, stderr } = output();
    out.success('It rings.');
    out.hint('Answer it.');
    out.answer('true', { result: true });
    assert.equal(stdout.text, 'true\n');
    assert.equal(stderr.text, '✔ It rings.\n  Answer it.\n');
  });

  test('--json writes one object instead', () => {
    const { out, stdout, stderr } = output({ json: true, toStep: ({ say, run }) => ({ say, run: `${run} --test` }) });
    out.command = 'session list';
    out.hint('Enter it only here.');
    out.hint({ say: 'Sign in', run: 'tg-auth login' });
    out.answer('', { result: [] });
    assert.equal(
      stdout.text,
      '{"ok":true,"command":"session list","method":null,"result":[],"next":[{"say":"Sign in","run":"tg-auth login --test"}]}\n',
    );
    assert.equal(stderr.text, '  Enter it only here.\n  Sign in:  tg-auth login --test\n');
  });

  test('--quiet shows only failures', () => {
    const { out, stderr } = output({ quiet: true });
    out.success('It rings.');
    out.warn('It may not.');
    out.countdown('Waiting', 3);
    out.failure(FAILURE);
    assert.equal(
      stderr.text,
      '✖ Too late. (400 PHONE_CODE_EXPIRED)\n  Codes die.\n  Ask again:  tg-auth send-code +7999\n',
    );
  });

  test('only --verbose traces', () => {
    const [silent, verbose] = [output(), output({ verbose: true })];
    silent.out.trace('→ ping');
    verbose.out.trace('→ ping');
    assert.deepEqual([silent.stderr.text, verbose.stderr.text], ['', '→ ping\n']);
    verbose.out.trace('← 400 \x1b[2J');
    assert.equal(verbose.stderr.text, '→ ping\n← 400 �[2J\n');
  });

  test('a failure in JSON has these keys in this order', () => {
    const { out, stdout, stderr } = output({ json: true });
    out.failure(FAILURE);
    assert.equal(stderr.text, '', 'it is not told twice');
    assert.equal(
      stdout.text,
      '{"ok":false,"command":null,"exitCode":12,"error":{"type":"PHONE_CODE_EXPIRED","code":400,"parameter":null,' +
        '"message":"Too late.","why":["Codes die."],"retryAfter":null},' +
        '"next":[{"say":"Ask again","run":"tg-auth send-code +7999"}]}\n',
    );
  });

  test('a server cannot control the terminal', () => {
    assert.equal(printable('a\x1b[2Jb\x07\u009b'), 'a�[2Jb��');
    const { out, stderr } = output();
    out.failure({ ...FAILURE, text: 'X\x1b]0;evil\x07' });
    assert.ok(!stderr.text.includes('\x1b') && !stderr.text.includes('\x07'));
  });

  test('nor through names and addresses in messages', () => {
    const { out, stderr } = output({ verbose: true });
    for (const tell of ['say', 'success', 'hint', 'warn', 'trace'] as const) out[tell]('Ada\x1b[2J');
    out.success('Signed in as Ada.\n✔ Signed in as Eve.');
    out.say('Terms:\n  one\x07\n  two');
    assert.equal(
      stderr.text,
      'Ada�[2J\n✔ Ada�[2J\n  Ada�[2J\n! Ada�[2J\nAda�[2J\n' +
        '✔ Signed in as Ada.�✔ Signed in as Eve.\nTerms:\n  one�\n  two\n',
    );
  });
});

describe('the changing line', () => {
  test('is drawn only on a terminal, and erased before anything else', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    const { out, stdout, stderr } = output({}, true);
    const drawn = () => stderr.text;
    out.busy('Asking');
    assert.equal(drawn(), '', 'not at once, because most work is fast');
    t.mock.timers.tick(300);
    assert.equal(drawn(), '\r\x1b[K- Asking\r\x1b[K\\ Asking');
    out.answer('true', {});
    const before = drawn();
    assert.ok(before.endsWith('\r\x1b[K'));
    assert.equal(stdout.text, 'true\n');
    t.mock.timers.tick(1000);
    assert.equal(drawn(), before);
  });

  test('counts down', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] });
    let now = 0;
    const { out, stderr } = output({}, true, () => now);
    out.countdown('Waiting', 90);
    now = 30_000;
    t.mock.timers.tick(150);
    assert.ok(stderr.text.endsWith('- Waiting: 1 min'));
  });

  test('is one plain line in a log', () => {
    const { out, stderr } = output();
    out.busy('Asking');
    out.countdown('Waiting', 90);
    assert.equal(stderr.text, 'Waiting: 1 min 30 s\n');
  });
});

describe('the words of a failure', () => {
  const noCauses = new Map<string, string>();

  test('templates are filled with facts and clock times', () => {
    const error = new RpcError(420, 'FLOOD_WAIT_90', 'auth.sendCall');
    const failure = failureOf(error, { phone: '+7999' }, noCauses, Date.UTC(2026, 0, 1));
    assert.deepEqual([failure.exitCode, failure.retryAfter, failure.text], [20, 90, 'FLOOD_WAIT_90']);
    assert.match(failure.message, /1 min 30 s/);
    assert.match(failure.why.join('\n'), /\d\d:\d\d:30/);
  });

  test('a long wait names its date', () => {
    const error = new RpcError(420, 'FLOOD_WAIT_86400', 'auth.sendCall');
    assert.match(failureOf(error, {}, noCauses, Date.UTC(2026, 0, 1, 12)).why.join('\n'), /2026-01-02 \d\d:\d\d\./);
  });

  test('a likely cause that the command knows comes first', () => {
    const error = new RpcError(400, 'PHONE_CODE_EXPIRED', 'auth.sendCall');
    const causes = new Map([['PHONE_CODE_EXPIRED', 'Another session asked.']]);
    const { why, next } = failureOf(error, { phone: '+7999' }, causes, 0);
    assert.equal(why[0], 'Another session asked.');
    assert.deepEqual(next, [{ say: 'Ask for a new one', run: 'tg-auth send-code +7999' }]);
  });

  test('local errors and usage errors have no TL error in brackets', () => {
    const refused = failureOf(new NetworkError('CONNECTION_REFUSED', { host: 'h', port: 1 }), {}, noCauses, 0);
    assert.deepEqual([refused.exitCode, refused.code, refused.text], [30, null, null]);
    const usage = failureOf(
      new UsageError("'{x}' is not JSON.", { next: { say: 'Try', run: 'tg-auth send-code {phone}' } }),
      { phone: '+7' },
      noCauses,
      0,
    );
    const next = [{ say: 'Try', run: 'tg-auth send-code +7' }];
    assert.deepEqual([usage.message, usage.next], ["'{x}' is not JSON.", next]);
  });

  test('its commands use the same session', () => {
    const runIn = (run: string, globals: Globals) => aboutSession({ say: 'Try another tg-auth login', run }, globals);
    const run = 'tg-auth logout';
    const work = { session: 'work', test: true, json: true };
    assert.deepEqual(runIn(run, {}), { say: 'Try another tg-auth login', run });
    assert.deepEqual(runIn(run, work), {
      say: 'Try another tg-auth login',
      run: 'tg-auth --session work --test logout',
    });
    assert.equal(runIn('tg-auth x --sandbox', work).run, 'tg-auth x --sandbox');
    assert.equal(runIn('tg-auth send-call +7', { sandbox: true }).run, 'tg-auth --sandbox send-call +7');
    assert.equal(runIn('tg-auth sandbox', { server: '127.0.0.1:1' }).run, 'tg-auth sandbox');
    assert.equal(runIn('npm install --global tg-auth@latest', work).run, 'npm install --global tg-auth@latest');
    assert.equal(runIn('tg-auth logout --session other', work).run, 'tg-auth --test logout --session other');
    assert.ok(runIn(run, { 'server-key': "it's a.pem" }).run.includes("tg-auth --server-key 'it'\\''s a.pem' logout"));
  });

  test('an internal error has no phone number, and at most 500 characters', () => {
    const { message } = failureOf(new Error(`for +79991234567: ${'x'.repeat(9999)}`), {}, new Map(), 0);
    assert.match(message, /Error: for \+…: x{300,}…$/);
    assert.doesNotMatch(message, /\d{5}|x{501}/);
  });

  test('anything else is an internal error, to be reported', () => {
    const bug = failureOf(new TypeError('x is undefined'), {}, noCauses, 0);
    assert.equal(bug.exitCode, 70);
    assert.match(bug.message, /^Internal error in tg-auth: TypeError: x is undefined/);
    assert.match(bug.why.join('\n'), /https:\/\//);
    assert.equal(failureOf('a string', {}, noCauses, 0).exitCode, 70);
  });
});

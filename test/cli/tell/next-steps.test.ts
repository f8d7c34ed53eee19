/** What a failure advises: a command that runs as it is, or nothing where nothing is left to do. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LOCAL } from '../../../src/catalogue/local.ts';
import { EXIT, fillStep, type LocalType, named, names } from '../../../src/catalogue.ts';
import { COMMANDS } from '../../../src/cli/commands/index.ts';
import { parse } from '../../../src/cli/program.ts';
import { failureOf } from '../../../src/cli/tell/failure.ts';
import { repeated, stepsAfter, withPrompts, withStdin } from '../../../src/cli/tell/next-steps.ts';
import { PLAIN } from '../../../src/cli/tell/output.ts';
import { InternalError, InterruptedError, NetworkError, RpcError, UsageError } from '../../../src/errors.ts';

const FACTS = { phone: '+79991234567', again: 'tg-auth send-code {phone}', session: 'default' };
const isLocal = (name: string): name is LocalType => Object.hasOwn(LOCAL, name);

function order(line: string) {
  const found = parse(line.split(' '), { paint: PLAIN, columns: 80 });
  assert.ok('command' in found, line);
  return found;
}

function againAfter(line: string): string {
  const { command, input, globals } = order(line);
  const again = repeated(command, input, globals, 'linux');
  return fillStep({ say: '', run: '{again}' }, { again, phone: '+79991234567' })?.run ?? '';
}

function after(error: unknown, rest: Partial<Parameters<typeof stepsAfter>[2]> = {}) {
  const failure = failureOf(error, FACTS, new Map(), 0);
  return stepsAfter(error, failure, { command: 'send-code', json: true, facts: FACTS, ...rest }).map(({ run }) => run);
}

describe('after a failure', () => {
  test('each error of the catalogue has a command, unless it says that nothing is left to do', () => {
    for (const name of names()) {
      const entry = named(name);
      assert.ok(entry);
      const error =
        isLocal(name) && entry === LOCAL[name] ? new NetworkError(name) : new RpcError(400, name, 'auth.sendCall');
      const steps = after(error);
      assert.equal(steps.length === 0, entry.ends === true, name);
      for (const run of steps) {
        assert.doesNotMatch(run, /[{}]|NAME|<phone>|PHONE/, name);
        const words = run.startsWith('tg-auth ') && !run.includes('&&') ? run.split(' ').slice(1) : [];
        if (words.length > 0) parse(words, { paint: PLAIN, columns: 80 });
      }
    }
  });

  test('the command knows better, and which ones cannot help', () => {
    const wrong = new RpcError(400, 'PHONE_CODE_INVALID', 'auth.signIn');
    assert.deepEqual(after(wrong), ['tg-auth sign-in +79991234567 --code -', 'tg-auth resend-code +79991234567']);
    assert.deepEqual(after(wrong, { useless: new Set(['resend-code']) }), ['tg-auth sign-in +79991234567 --code -']);
    const steps = new Map([['PHONE_CODE_INVALID', [{ say: 'Go on', run: 'tg-auth whoami {phone}' }]]]);
    assert.deepEqual(after(wrong, { steps }), ['tg-auth whoami +79991234567']);
  });

  test('without a step of its own, it fits the exit code', () => {
    assert.deepEqual(after(new UsageError('Wrong.')), ['tg-auth send-code --help']);
    assert.deepEqual(after(new UsageError('Wrong.'), { command: null }), ['tg-auth --help']);
    assert.deepEqual(after(new NetworkError('DC_UNKNOWN', { dc: 9 })), ['tg-auth doctor']);
    assert.deepEqual(after(new InternalError('x')), ['tg-auth --version --verbose']);
    assert.deepEqual(after(new InterruptedError()), ['tg-auth send-code +79991234567']);
    assert.deepEqual(after(new InterruptedError(), { json: false }), [], 'a person knows');
    assert.deepEqual(after(new RpcError(420, 'FLOOD_WAIT_3', 'auth.signIn')), ['tg-auth send-code +79991234567']);
    assert.deepEqual(after(new RpcError(400, 'NO_SUCH_ERROR', 'auth.signIn')), []);
  });

  test('a method without a successor needs a newer tg-auth', () => {
    const old = (method: string) => after(new RpcError(406, 'UPDATE_APP_TO_LOGIN', method));
    assert.deepEqual(old('auth.sendCode'), ['npm install --global tg-auth@latest']);
    assert.deepEqual(old('auth.sendCall'), ['tg-auth send-call +79991234567 --method resendCode']);
  });

  test('a usage error has its exit code', () => assert.equal(new UsageError('Wrong.').exit, EXIT.usage));
});

describe('the repeated command', () => {
  const rows = [
    ['send-code 8999 --json', 'tg-auth send-code +79991234567'],
    ['sign-in 7999 --code 12345 --hash abc', 'tg-auth sign-in +79991234567 --hash - --code -'],
    ['sign-in 7999 --first-name Ada --accept-terms', 'tg-auth sign-in +79991234567 --first-name Ada --accept-terms'],
    ['send-code 7999 --email-code 123', 'tg-auth send-code +79991234567 --email-code -'],
    ['send-call 7999 --method resendCode --wait', 'tg-auth send-call +79991234567 --method resendCode --wait'],
    ['whoami --session-string 1BVtsOK8Bu', 'tg-auth whoami --session-string -'],
    ['session rename a b', 'tg-auth session rename a b'],
    [
      'devices accept tg://login?token=DF6vZcD66YwZFvxi5FpKyBL3LKeSzZTjSp4PoEJlb6E --yes',
      'tg-auth devices accept - --yes',
    ],
    ['sandbox --dcs 3 -- login.sh it', 'tg-auth sandbox --dcs 3 -- login.sh it'],
    ['sandbox audit --each 9 -- sh -e login.sh', 'tg-auth sandbox audit --each 9 -- sh -e login.sh'],
    ['sandbox -- curl a1b2c3d4e5f6a7b8c9d0', 'tg-auth sandbox -- COMMAND'],
  ] as const;
  for (const [line, expected] of rows) test(line, () => assert.equal(againAfter(line), expected));

  test('keeps the secrets of every command out', () => {
    for (const { name, options = [] } of COMMANDS)
      for (const { flags, help } of options)
        if (/or - for stdin|must be -/.test(help) && !/name>/.test(flags)) {
          const [option = ''] = flags.split(' ');
          const value = flags.endsWith('<->') ? '-' : 'swordfish';
          const words = name === 'devices accept' ? [] : [...name.split(' '), option, value];
          assert.match(againAfter(words.join(' ')), new RegExp(`${option} -( |$)`), name);
        }
  });
});

describe('a value on stdin', () => {
  const step = (say: string, run: string) => ({ say, run });
  const rows = [
    ['tg-auth sign-in +7999 --code - --accept-terms', 'the code', 'tg-auth sign-in +7999 --accept-terms'],
    ['tg-auth sign-in --hash - --code -', 'the phone_code_hash, then the code, on separate lines', 'tg-auth sign-in'],
    ['tg-auth sign-in --first-name -', 'the first name', 'tg-auth sign-in'],
    ['tg-auth --session a send-code -', 'the phone number', 'tg-auth --session a send-code'],
    ['tg-auth devices accept - --yes', 'the login link', 'tg-auth devices accept - --yes'],
    ['tg-auth session import -', 'the session string', 'tg-auth session import'],
    ['tg-auth whoami --session-string -', 'the session string', 'tg-auth whoami --session-string -'],
  ] as const;
  for (const [run, values, asked] of rows)
    test(`is named for a program and asked of a person: ${run}`, () => {
      assert.deepEqual(withStdin(step('Go on', run)), step(`Go on (stdin: ${values})`, run));
      assert.deepEqual(withPrompts(step('Go on', run)), step('Go on', asked));
    });

  test('belongs to another program after --', () => {
    const step = { say: 'Try again', run: 'tg-auth sandbox -- sh -c cat -' };
    assert.deepEqual([withPrompts(step), withStdin(step)], [step, step]);
  });

  test('is not named where there is none', () => {
    const plain = step('Go on', 'tg-auth devices terminate --yes -5');
    assert.deepEqual([withStdin(plain), withPrompts(plain)], [plain, plain]);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { parse } from '../../../src/cli/program.ts';
import { refuseLongDashes } from '../../../src/cli/settings/long-dash.ts';
import { PLAIN } from '../../../src/cli/tell/output.ts';
import { UsageError } from '../../../src/errors.ts';
import { adviceOf } from '../../advice.ts';

suite('a long dash is named, with the right spelling', () => {
  const wrong: [word: string, right: string][] = [
    ['—qr', '--qr'],
    ['–hash', '--hash'],
    ['−−json', '--json'],
    ['–-code=hunter', '--code'],
    ['-–code', '--code'],
    ['‐‐wait', '--wait'],
    ['―api-id', '--api-id'],
    ['－－json', '--json'],
    ['–q', '-q'],
    ['—v', '-v'],
  ];
  for (const [word, right] of wrong)
    test(word, () =>
      assert.throws(
        () => refuseLongDashes(['login', word, 'x'], () => undefined),
        (error) =>
          error instanceof UsageError &&
          error.exit === 2 &&
          /long dash/.test(error.message) &&
          adviceOf(error) === `Write it as:  ${right}` &&
          !error.message.includes('hunter'),
      ),
    );
});

test('a mistyped option of the command or of all commands is named too', () => {
  for (const [line, advice] of [
    ['whoami —sesion work', 'Did you mean --session?'],
    ['send-call 79991234567 –hsah=hunter2', 'Did you mean --hash?'],
    ['session export —fromat gramjs', 'Did you mean --format?'],
    ['whoami —session work', 'Write it as:  --session'],
    ['whoami —xyzzy', 'Write it as:  --xyzzy'],
    ['whoami —fromat', 'Write it as:  --fromat'],
  ] as const)
    assert.throws(
      () => parse(line.split(' '), { paint: PLAIN, columns: 80 }),
      (error) => error instanceof UsageError && adviceOf(error) === advice,
      line,
    );
});

test('other words are left alone', () => {
  for (const argv of [
    ['login', '--qr', '-q'],
    ['sandbox', '--', 'sh', '—qr'],
    ['sign-in', '+7999', '--first-name', 'Ada – Byron'],
    ['—', '–5', '-'],
    ['semi-detached—house'],
    [`–${'secret'.repeat(5)}`],
  ])
    refuseLongDashes(argv, () => undefined);
});

test('any option with any long dash is named', () => {
  const name = fc.stringMatching(/^[a-z]{2,8}(-[a-z]{2,8})?$/);
  const dash = fc.constantFrom(
    '\u2010',
    '\u2011',
    '\u2012',
    '\u2013',
    '\u2014',
    '\u2015',
    '\u2212',
    '\ufe58',
    '\uff0d',
  );
  fc.assert(
    fc.property(name, dash, fc.boolean(), (option, long, twice) => {
      assert.throws(
        () => refuseLongDashes([`${long}${twice ? long : ''}${option}`], () => undefined),
        (error) => error instanceof UsageError && adviceOf(error) === `Write it as:  --${option}`,
      );
    }),
  );
});

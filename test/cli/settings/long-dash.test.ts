import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { refuseLongDashes } from '../../../src/cli/settings/long-dash.ts';
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
        () => refuseLongDashes(['login', word, 'x']),
        (error) =>
          error instanceof UsageError &&
          error.exit === 2 &&
          /long dash/.test(error.message) &&
          adviceOf(error) === `Write it as:  ${right}` &&
          !error.message.includes('hunter'),
      ),
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
    refuseLongDashes(argv);
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
        () => refuseLongDashes([`${long}${twice ? long : ''}${option}`]),
        (error) => error instanceof UsageError && adviceOf(error) === `Write it as:  --${option}`,
      );
    }),
  );
});

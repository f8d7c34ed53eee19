/** How test:peers drives a library that fails. The driver here is a small program that fails on demand. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder } from '../../scripts/cli.ts';
import { drive, linesOf } from './drive.ts';
import type { Journey } from './journeys.ts';
import type { Library } from './libraries.ts';

/** Appends each step to a log. Ends or refuses at the step that its argument names, the first time or always. */
const DRIVER = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const [log, how, step, often] = process.argv.slice(2);
for await (const line of createInterface({ input: process.stdin })) {
  const { do: asked } = JSON.parse(line);
  const isFirst = !existsSync(log) || !readFileSync(log, 'utf8').includes(\` \${step}\\n\`);
  appendFileSync(log, \`\${process.pid} \${asked}\\n\`);
  const fails = asked === step && (often === 'always' || isFirst);
  if (fails && how === 'ends') process.exit(3);
  process.stdout.write(fails ? '{"error":"NOT_NOW"}\\n' : '{"ok":{}}\\n');
}
`;

const step = (name: 'open' | 'me' | 'logOut', after?: Journey): Journey => ({
  name,
  ...(after && { after }),
  run: async ({ driver }) => void (await driver.ask({ do: name })),
});

/** Drives it through three journeys, of which the third continues the first. Adds the steps of each process. */
async function driven(how: 'ends' | 'refuses', at: string, often: 'once' | 'always') {
  const own = folder();
  const [file, log] = [join(own, 'driver.mjs'), join(own, 'log')];
  writeFileSync(file, DRIVER);
  const library: Library = { name: 'It', version: '1', told: '', transports: [], install: () => Promise.reject() };
  const open = step('open');
  const journeys = [open, step('me'), step('logOut', open)];
  const result = await drive(library, [process.execPath, file, log, how, at, often], 'full', own, {
    journeys,
  });
  const steps: Record<string, string[]> = {};
  for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
    const [pid = '', name = ''] = line.split(' ');
    steps[pid] = [...(steps[pid] ?? []), name];
  }
  return { ...result, lines: linesOf(result), steps: Object.values(steps).toSorted() };
}

const ALL_OK = { open: 'ok', me: 'ok', logOut: 'ok' };

test('a journey that fails is made once more, from a new driver', async () => {
  const { outcomes, lines, steps } = await driven('refuses', 'me', 'once');
  assert.deepEqual(outcomes, ALL_OK);
  assert.deepEqual(lines, ['It full me: ok at the second try; the first: NOT_NOW', 'It full: ok open, me, logOut']);
  assert.deepEqual(steps, [
    ['me', 'open', 'logOut'],
    ['open', 'me'],
  ]);
});

test('a journey that continues another is made again with that one', async () => {
  const { outcomes, failures, steps } = await driven('ends', 'logOut', 'once');
  assert.deepEqual([outcomes, failures], [ALL_OK, { logOut: ['The driver ended: exit 3'] }]);
  assert.deepEqual(steps, [
    ['open', 'logOut'],
    ['open', 'me', 'logOut'],
  ]);
});

test('a driver that ends twice in a journey does not fail the journeys after it', async () => {
  const { outcomes, lines, steps } = await driven('ends', 'me', 'always');
  assert.deepEqual(outcomes, { ...ALL_OK, me: 'failed' });
  assert.deepEqual(lines, [
    'It full me: FAILED twice: The driver ended: exit 3; The driver ended: exit 3',
    'It full: FAILED me; ok open, logOut',
  ]);
  assert.deepEqual(steps, [['me'], ['open', 'logOut'], ['open', 'me']]);
});
